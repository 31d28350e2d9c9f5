"""What lists there are: whoever sends mail that nobody asked for just now declares its list."""

from collections.abc import Callable
from dataclasses import dataclass

Describe = Callable[[int, str], str]
"""Of the workspace's id, and what stands behind the colon of the key: what the mail is, in words
that follow "no more mail about"; empty when there is no such thing (any more).
"""


@dataclass(frozen=True)
class ListKind:
    """`wider` is the key of the list that holds this one: who refuses that refuses all in it.
    `short` stands on a button, in place of a description that is too long for one.
    """

    name: str
    describe: Describe
    wider: str = ""
    short: str = ""


_kinds: dict[str, ListKind] = {}


def declare_list(name: str, describe: Describe, *, wider: str = "", short: str = "") -> None:
    """`name` is the key, or what stands before the colon of one like "alert:12"."""
    _kinds[name] = ListKind(name, describe, wider, short)


def find_kind(list_key: str) -> ListKind | None:
    return _kinds.get(list_key.partition(":")[0])


def describe_list(workspace_id: int, list_key: str) -> str:
    """Empty for a list that is gone."""
    kind = find_kind(list_key)
    return kind.describe(workspace_id, list_key.partition(":")[2]) if kind else ""


def short_words(workspace_id: int, list_key: str) -> str:
    """What stands on the button that leaves the list; empty for a list that is gone."""
    kind, words = find_kind(list_key), describe_list(workspace_id, list_key)
    return (kind.short or words) if kind and words else ""


def with_wider(list_key: str) -> tuple[str, ...]:
    """The list itself, and the ones that hold it."""
    kind = find_kind(list_key)
    return (list_key, *with_wider(kind.wider)) if kind and kind.wider else (list_key,)
