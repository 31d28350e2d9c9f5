"""Which codes of a workspace are asked for: in a list, by a program, or for an edit of many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from pitchbar.codes.labels.models import CodeLabel, Label
from pitchbar.codes.labels.names import key_of
from pitchbar.codes.models import ACTIVE, ARCHIVED, Code
from pitchbar.core import clock

_is_active = Code.status == ACTIVE


def _has_started(now: datetime) -> ColumnElement[bool]:
    return or_(Code.starts_at.is_(None), Code.starts_at <= now)


def _has_ended(now: datetime) -> ColumnElement[bool]:
    return and_(Code.ends_at.is_not(None), Code.ends_at <= now)


# By its name in an address. "active" is whatever is not archived: it takes a place of the plan.
_STATES: Mapping[str, Callable[[datetime], ColumnElement[bool]]] = {
    "active": lambda _now: _is_active,
    "leading": lambda now: and_(_is_active, _has_started(now), ~_has_ended(now)),
    "scheduled": lambda now: and_(_is_active, Code.starts_at > now),
    "ended": lambda now: and_(_is_active, _has_started(now), _has_ended(now)),
    "archived": lambda _now: Code.status == ARCHIVED,
}
STATES = (*_STATES, "all")


@dataclass(frozen=True)
class CodeFilter:
    """What is empty or None holds nothing back.

    Attributes:
        search: in name, short code, destination, campaign and labels.
        status: one of `STATES`.
        label_id, label_name: the label that they carry; a name is taken whatever its case.
    """

    search: str = ""
    status: str = "all"
    campaign: str = ""
    label_id: int | None = None
    label_name: str = ""

    def apply(self, query: Select[Any]) -> Select[Any]:
        if self.status in _STATES:
            query = query.where(_STATES[self.status](clock.now()))
        if self.campaign:
            query = query.where(Code.campaign == self.campaign)
        if self.label_id is not None:
            query = query.where(_carries(CodeLabel.label_id == self.label_id))
        if self.label_name:
            query = query.where(_carries_label(Label.name_key == key_of(self.label_name)))
        return query.where(self._is_found()) if self.search else query

    def _is_found(self) -> ColumnElement[bool]:
        columns = (
            Code.name,
            Code.short_code,
            Code.domain_short_code,
            Code.destination_url,
            Code.campaign,
        )
        words = [column.icontains(self.search, autoescape=True) for column in columns]
        label = Label.name_key.contains(key_of(self.search), autoescape=True)
        return or_(*words, _carries_label(label))


def _carries(which: ColumnElement[bool]) -> ColumnElement[bool]:
    carried = select(CodeLabel.code_id).where(CodeLabel.workspace_id == Code.workspace_id, which)
    return exists(carried.where(CodeLabel.code_id == Code.id).correlate(Code))


def _carries_label(which: ColumnElement[bool]) -> ColumnElement[bool]:
    named = select(Label.id).where(Label.workspace_id == Code.workspace_id, which).correlate(Code)
    return _carries(CodeLabel.label_id.in_(named))
