"""What a code may lead to beside an address that somebody types: pages of features above the codes,
which register here. A code's destination stays an address.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class Offered:
    """`key` names it in addresses of our own pages."""

    key: str
    label: str
    url: str


Lister = Callable[[Workspace], Sequence[Offered]]
_listers: list[Lister] = []


def offer_destinations(lister: Lister) -> None:
    if lister not in _listers:
        _listers.append(lister)


def list_offered(workspace: Workspace) -> list[Offered]:
    return [one for lister in _listers for one in lister(workspace)]
