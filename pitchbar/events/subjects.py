from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Subject:
    """What an event is about. Without a workspace, it stands in the operators' audit log."""

    kind: str
    id: int | str
    name: str
    workspace_id: int | None = None


class HasSubject(Protocol):
    """A model that says itself how it is named in events."""

    @property
    def subject(self) -> Subject: ...
