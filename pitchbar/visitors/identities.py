"""Who is the same person, as far as it can be known: by the browser that chats, by the address that
was left, and by the scan that led there. Nothing is guessed beyond that: whoever has no thread to a
conversation stays nobody.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, union

from pitchbar.chat.models import Conversation
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.leads.models import LeadConversation
from pitchbar.scans.accepted import time_of_scan
from pitchbar.scans.models import WHOLE_WORKSPACE, Scan, ScanDay
from pitchbar.scans.ranges import start_of_day
from pitchbar.workspaces.models import Workspace

MOST_CONVERSATIONS, MOST_SCANS = 50, 100
_ROUNDS = 4
# A day on which a workspace has more scans is looked through around the scan alone.
_MANY_SCANS, _AROUND = 100_000, timedelta(hours=1)


@dataclass(frozen=True)
class Identity:
    """`scans` led to their conversations; `others` the same phone made on those days."""

    conversations: Sequence[Conversation]
    leads: dict[int, int]
    scans: Sequence[Scan]
    others: Sequence[Scan]


def identify(workspace: Workspace, conversation_ids: Collection[int]) -> Identity:
    """Of whoever had these conversations."""
    ids = _joined(workspace, set(conversation_ids))
    mine = select(Conversation).where(
        Conversation.workspace_id == workspace.id, Conversation.id.in_(ids)
    )
    conversations = db.session.scalars(mine.order_by(Conversation.id)).all()
    scans = _scans(workspace, {one.scan_id for one in conversations if one.scan_id})
    return Identity(
        conversations,
        _leads_of([one.id for one in conversations]),
        scans,
        _of_same_phone(workspace, scans),
    )


def conversations_of_lead(lead_id: int) -> list[int]:
    """The newest of them."""
    query = (
        select(LeadConversation.conversation_id)
        .where(LeadConversation.lead_id == lead_id)
        .order_by(LeadConversation.conversation_id.desc())
        .limit(MOST_CONVERSATIONS)
    )
    return list(db.session.scalars(query))


def _joined(workspace: Workspace, ids: set[int]) -> set[int]:
    """With all conversations of the same browsers, and of the leads who left their address there,
    until there are no more.
    """
    for _ in range(_ROUNDS):
        browsers = select(Conversation.visitor_id).where(
            Conversation.workspace_id == workspace.id, Conversation.id.in_(ids)
        )
        leads = select(LeadConversation.lead_id).where(LeadConversation.conversation_id.in_(ids))
        linked = select(LeadConversation.conversation_id).where(LeadConversation.lead_id.in_(leads))
        mine = select(Conversation.id).where(Conversation.workspace_id == workspace.id)
        # Not one condition with "or": it would be asked of every conversation there is.
        either = union(
            mine.where(Conversation.visitor_id.in_(browsers)),
            mine.where(Conversation.id.in_(linked)),
        ).subquery()
        newest = select(either.c.id).order_by(either.c.id.desc()).limit(MOST_CONVERSATIONS)
        found = set(db.session.scalars(newest))
        if found <= ids:
            break
        ids = ids | found
    return ids


def _leads_of(conversation_ids: Sequence[int]) -> dict[int, int]:
    """By the conversation."""
    query = select(LeadConversation.conversation_id, LeadConversation.lead_id).where(
        LeadConversation.conversation_id.in_(conversation_ids)
    )
    return {row.conversation_id: row.lead_id for row in db.session.execute(query)}


def _scans(workspace: Workspace, ids: Collection[UUID]) -> Sequence[Scan]:
    """Ids tell their time, and so in which part of the table a scan is."""
    if not ids:
        return []
    times, second = [time_of_scan(one) for one in ids], timedelta(seconds=1)
    span = Scan.scanned_at.between(min(times) - second, max(times) + second)
    query = select(Scan).where(Scan.id.in_(ids), Scan.workspace_id == workspace.id, span)
    return db.session.scalars(query.order_by(Scan.scanned_at)).all()


def _of_same_phone(workspace: Workspace, scans: Sequence[Scan]) -> list[Scan]:
    """A fingerprint is that of one day: on another, nobody can tell."""
    found: dict[UUID, Scan] = {}
    known = {scan.id for scan in scans}
    days: dict[tuple[datetime, datetime], set[str]] = {}
    for scan in scans:
        if scan.visitor:
            days.setdefault(_span(workspace, scan.scanned_at), set()).add(scan.visitor)
    for (start, end), visitors in days.items():
        query = select(Scan).where(
            Scan.workspace_id == workspace.id,
            Scan.scanned_at >= start,
            Scan.scanned_at < end,
            Scan.visitor.in_(visitors),
        )
        for scan in db.session.scalars(query.order_by(Scan.scanned_at).limit(MOST_SCANS)):
            if scan.id not in known:
                found[scan.id] = scan
    return list(found.values())


def _span(workspace: Workspace, at: datetime) -> tuple[datetime, datetime]:
    day = clock.local_date(at, workspace.time_zone)
    hits = db.session.scalar(
        select(ScanDay.hits).where(
            ScanDay.workspace_id == workspace.id,
            ScanDay.code_id == WHOLE_WORKSPACE,
            ScanDay.day == day,
        )
    )
    start = start_of_day(day, workspace.time_zone)
    end = start_of_day(day + timedelta(days=1), workspace.time_zone)
    if (hits or 0) <= _MANY_SCANS:
        return start, end
    return max(start, at - _AROUND), min(end, at + _AROUND)
