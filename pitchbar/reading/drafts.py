from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """What a reader found in a file: `characters_in` of text and markup, before anything was left
    out; `declared` language, as the file says it.
    """

    markdown: str
    characters_in: int
    title: str = ""
    declared: str = ""
    notes: tuple[str, ...] = ()
