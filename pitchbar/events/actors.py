from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who does something, and from where.

    `kind` is "person", "token" (a program with an API token), "visitor" (of a page
    with a chat), or "system" (a job or a command).
    """

    kind: str
    id: int | None
    name: str
    ip: str = ""
    user_agent: str = ""


SYSTEM = Actor("system", None, "Pitchbar")
