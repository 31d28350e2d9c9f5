"""What codes and campaigns started: conversations, leads and revenue, beside their scans."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from pitchbar.chat.models import Conversation
from pitchbar.codes.models import Code
from pitchbar.conversions.models import NO_CURRENCY, Conversion, ConversionDay
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.leads.models import Lead, LeadConversation
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanDay
from pitchbar.scans.ranges import start_of_day
from pitchbar.workspaces.models import Workspace

SPANS = {7: "7 days", 30: "30 days", 90: "90 days"}
MOST_ROWS = 100
_LATEST = 6


@dataclass
class Started:
    """`worth` are minor units by currency."""

    people: int = 0
    conversations: int = 0
    leads: int = 0
    conversions: int = 0
    worth: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Started") -> None:
        self.people += other.people
        self.conversations += other.conversations
        self.leads += other.leads
        self.conversions += other.conversions
        for currency, minor in other.worth.items():
            self.worth[currency] = self.worth.get(currency, 0) + minor

    @property
    def has_any(self) -> bool:
        return bool(self.conversations or self.leads)


@dataclass(frozen=True)
class Row:
    """Of a code, or of the codes of a campaign (`code_id` is None then)."""

    name: str
    code_id: int | None
    started: Started


@dataclass(frozen=True)
class Caller:
    """Somebody whom a code led to a conversation; `lead` is None where they left no address."""

    conversation: Conversation
    lead: Lead | None
    conversions: Sequence[Conversion]


def first_moment(workspace: Workspace, days: int) -> datetime:
    today = clock.local_date(clock.now(), workspace.time_zone)
    return start_of_day(today - timedelta(days=days - 1), workspace.time_zone)


def load_started(
    workspace: Workspace, days: int, code_ids: Collection[int] | None = None
) -> dict[int, Started]:
    """By code; None: of all."""
    since = first_moment(workspace, days)
    day = clock.local_date(since, workspace.time_zone)
    found: dict[int, Started] = defaultdict(Started)

    def narrowed(column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        return true() if code_ids is None else column.in_(code_ids)

    scans = (
        select(ScanDay.code_id, func.sum(ScanDay.people))
        .where(ScanDay.workspace_id == workspace.id, ScanDay.day >= day)
        .where(narrowed(ScanDay.code_id))
        .group_by(ScanDay.code_id)
    )
    for scanned in db.session.execute(scans):
        found[scanned[0]].people = int(scanned[1] or 0)
    for model, name in ((Conversation, "conversations"), (Lead, "leads")):
        at = Conversation.started_at if model is Conversation else Lead.created_at
        counted = (
            select(func.coalesce(model.code_id, WHOLE_WORKSPACE), func.count())
            .where(model.workspace_id == workspace.id, at >= since, model.code_id.is_not(None))
            .where(narrowed(model.code_id))
            .group_by(model.code_id)
        )
        for row in db.session.execute(counted):
            setattr(found[row[0]], name, row[1])
    sums = (
        select(
            ConversionDay.code_id,
            ConversionDay.currency,
            func.sum(ConversionDay.conversions),
            func.sum(ConversionDay.value_minor),
        )
        .where(ConversionDay.workspace_id == workspace.id, ConversionDay.day >= day)
        .where(narrowed(ConversionDay.code_id))
        .group_by(ConversionDay.code_id, ConversionDay.currency)
    )
    for code_id, currency, count, minor in db.session.execute(sums):
        one = found[code_id]
        one.conversions += int(count or 0)
        if currency != NO_CURRENCY:
            one.worth[currency] = int(minor or 0)
    found.pop(WHOLE_WORKSPACE, None)
    return dict(found)


def list_codes(workspace: Workspace, days: int) -> list[Row]:
    """Those that started most first."""
    started = load_started(workspace, days)
    rows = [
        Row(code.name, code.id, one)
        for code in _codes(workspace, started)
        if (one := started[code.id])
    ]
    return _ranked(rows)


def list_campaigns(workspace: Workspace, days: int) -> list[Row]:
    """By the campaign that a code carries today."""
    started = load_started(workspace, days)
    sums: dict[str, Started] = defaultdict(Started)
    for code in _codes(workspace, started):
        if code.campaign:
            sums[code.campaign].add(started[code.id])
    return _ranked([Row(name, None, one) for name, one in sums.items()])


def list_latest(workspace: Workspace, code_id: int) -> list[Caller]:
    """The last people whom a code led to a conversation."""
    query = (
        select(Conversation)
        .where(Conversation.workspace_id == workspace.id, Conversation.code_id == code_id)
        .order_by(Conversation.started_at.desc())
        .limit(_LATEST)
    )
    conversations = db.session.scalars(query).all()
    leads = _leads([one.id for one in conversations])
    bought = _bought(workspace, [one.scan_id for one in conversations if one.scan_id])
    return [
        Caller(one, leads.get(one.id), bought.get(one.scan_id, []) if one.scan_id else [])
        for one in conversations
    ]


def _codes(workspace: Workspace, started: Mapping[int, Started]) -> Sequence[Code]:
    wanted = [code_id for code_id, one in started.items() if one.has_any or one.people]
    mine = select(Code).where(Code.workspace_id == workspace.id, Code.deleted_at.is_(None))
    return db.session.scalars(mine.where(Code.id.in_(wanted))).all()


def _ranked(rows: list[Row]) -> list[Row]:
    def rank(row: Row) -> tuple[int, int, int, str]:
        one = row.started
        return -one.leads, -one.conversations, -one.people, row.name

    return sorted(rows, key=rank)[:MOST_ROWS]


def _leads(conversation_ids: Sequence[int]) -> dict[int, Lead]:
    query = (
        select(LeadConversation.conversation_id, Lead)
        .join(Lead, Lead.id == LeadConversation.lead_id)
        .where(LeadConversation.conversation_id.in_(conversation_ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _bought(workspace: Workspace, scan_ids: Sequence[UUID]) -> dict[UUID, list[Conversion]]:
    found: dict[UUID, list[Conversion]] = defaultdict(list)
    query = select(Conversion).where(
        Conversion.workspace_id == workspace.id, Conversion.scan_id.in_(scan_ids)
    )
    for one in db.session.scalars(query.order_by(Conversion.occurred_at).limit(100)):
        found[one.scan_id].append(one)
    return found
