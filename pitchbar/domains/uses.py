"""What is on a domain. Domains know nothing of the features above; who puts something on one says
so here, and is named before the domain is removed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pitchbar.domains.models import Domain
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class Use:
    """Something with an address on a domain; `is_present` where it has no newer one."""

    name: str
    url: str
    address: str
    is_present: bool


@dataclass(frozen=True)
class Users:
    """`count` gives how many things there are by domain id; `list` names those of one domain."""

    count: Callable[[Workspace], dict[int, int]]
    list: Callable[[Workspace, Domain], Sequence[Use]]


_users: list[Users] = []


def register_users(users: Users) -> None:
    if users not in _users:
        _users.append(users)


def count_uses(workspace: Workspace) -> Counter[int]:
    total: Counter[int] = Counter()
    for users in _users:
        total.update(users.count(workspace))
    return total


def list_uses(workspace: Workspace, domain: Domain) -> list[Use]:
    return [use for users in _users for use in users.list(workspace, domain)]
