"""What filters name, as rows hold it: codes and rules by number, labels and domains by what they
are called, browsers and systems in each of the spellings that older releases wrote.

What is gone, or never was, matches nothing, and is no error; a code, a rule or a domain that is
gone still has its old scans, by its number.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from pitchbar.analytics.dimensions import Dimension
from pitchbar.analytics.filters import Filter
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.names import key_of
from pitchbar.core.database import MAX_ID
from pitchbar.core.device_names import browser_spellings, system_spellings
from pitchbar.domains.models import Domain
from pitchbar.extensions import db

Stored = str | int
_SPELLINGS: Mapping[str, Callable[[str], set[str]]] = {
    "os": system_spellings,
    "browser": browser_spellings,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter by stored values: texts, or numbers of codes, labels, rules and domains.

    Attributes:
        included: one of these; None where all are.
        excluded: none of these.
        includes_none, excludes_none: the same of rows without a value.
    """

    dimension: Dimension
    included: tuple[Stored, ...] | None
    excluded: tuple[Stored, ...]
    includes_none: bool
    excludes_none: bool


def resolve(workspace_id: int, filters: Sequence[Filter]) -> tuple[Condition, ...]:
    return tuple(_resolve(workspace_id, one) for one in filters)


def _resolve(workspace_id: int, given: Filter) -> Condition:
    find = _finder(workspace_id, given)
    return Condition(
        given.dimension,
        _found(find, given.included) if given.included else None,
        _found(find, given.excluded),
        "" in given.included,
        "" in given.excluded,
    )


def _found(find: Callable[[str], Iterable[Stored]], values: Sequence[str]) -> tuple[Stored, ...]:
    found = {one: None for value in values if _can_be_stored(value) for one in find(value)}
    return tuple(found)


def _can_be_stored(value: str) -> bool:
    # Halves of surrogate pairs are no text that a database knows; an empty one stands for none.
    return value != "" and value.encode("utf-8", "ignore").decode() == value


def _finder(workspace_id: int, given: Filter) -> Callable[[str], Iterable[Stored]]:
    kind = given.dimension.kind
    if kind == "label":
        labels = _labels_by_key(workspace_id)
        return lambda value: labels.get(key_of(value), ())
    if kind == "domain":
        domains = _domains_by_host(workspace_id)
        return lambda value: domains.get(value.lower()) or _number(value)
    if kind in ("code", "rule"):
        return _number
    return _SPELLINGS.get(given.dimension.key, lambda value: {value})


def _number(value: str) -> tuple[int, ...]:
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        return ()
    number = int(value)
    # One number is written in one way.
    return (number,) if 0 < number <= MAX_ID and str(number) == value else ()


def _labels_by_key(workspace_id: int) -> Mapping[str, tuple[int, ...]]:
    query = select(Label.name_key, Label.id).where(Label.workspace_id == workspace_id)
    return {key: (label_id,) for key, label_id in db.session.execute(query)}


def _domains_by_host(workspace_id: int) -> Mapping[str, tuple[int, ...]]:
    query = select(Domain.host, Domain.id).where(Domain.workspace_id == workspace_id)
    return {host: (domain_id,) for host, domain_id in db.session.execute(query)}
