"""Facts that come by the thousand, such as scans: told within the transaction that stores them, by
its connection, as there is no session.

Whoever tells asks first who wants them, so that a workspace to which nobody listens costs a look
into memory.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection


@dataclass(frozen=True)
class Facts:
    """What happened in one workspace within one transaction, under the name of an outward event.

    `items` are plain JSON; `visitors` says whose each of them is, as a fingerprint, empty for
    nobody's: it is never told to others. `at` is when they were stored.
    """

    name: str
    workspace_id: int
    items: Sequence[dict[str, Any]]
    visitors: Sequence[str]
    at: datetime


class Listener(Protocol):
    def wanted(self, connection: Connection, name: str, workspace_ids: Collection[int]) -> set[int]:
        """Those of the workspaces that want facts of that name."""

    def tell(self, connection: Connection, facts: Sequence[Facts]) -> None:
        """Writes by that connection; an error undoes the transaction."""


_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    if listener not in _listeners:
        _listeners.append(listener)


def wanted(connection: Connection, name: str, workspace_ids: Collection[int]) -> set[int]:
    """Those of the workspaces that somebody listens to."""
    found: set[int] = set()
    for listener in _listeners:
        found |= listener.wanted(connection, name, workspace_ids)
    return found


def tell(connection: Connection, facts: Sequence[Facts]) -> None:
    for listener in _listeners:
        listener.tell(connection, facts)
