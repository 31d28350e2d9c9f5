"""What a person did, step by step: a page of it, newest last, and where the page before starts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from pitchbar.chat.models import Conversation, Message
from pitchbar.chat.models import Lead as SentForm
from pitchbar.conversions.models import Conversion
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.visitors.identities import Identity
from pitchbar.workspaces.models import Workspace

PER_PAGE = 40

# In the order in which they stand where they happen in the same moment.
KINDS = SCAN, START, PAGE, MESSAGE, REQUEST, FORM, PURCHASE = (
    *("scan", "start", "page", "message", "request", "form", "purchase"),
)


@dataclass(frozen=True)
class Step:
    """`told` is what it is about: a scan, a conversation, a page, a message, a form, a conversion.
    `is_other`: a scan of the same phone that led to no conversation.
    """

    at: datetime
    kind: str
    id: str
    told: Any
    is_other: bool = False

    @property
    def key(self) -> tuple[datetime, int, str]:
        return self.at, KINDS.index(self.kind), self.id


@dataclass(frozen=True)
class Steps:
    """Oldest first; `earlier` is where the page before starts, empty where there is none."""

    items: Sequence[Step]
    earlier: str


@dataclass(frozen=True)
class Place:
    at: datetime
    rank: int
    id: str

    @property
    def key(self) -> tuple[datetime, int, str]:
        return self.at, self.rank, self.id


def list_steps(
    workspace: Workspace, identity: Identity, before: Place | None = None, limit: int = PER_PAGE
) -> Steps:
    """One page. Messages and conversions may be many, so no more of them are read than fit."""
    found = [
        *_of_memory(identity),
        *_messages(identity, before, limit + 1),
        *_conversions(workspace, identity, before, limit + 1),
    ]
    if before is not None:
        found = [step for step in found if step.key < before.key]
    found.sort(key=lambda step: step.key)
    shown = found[-limit:]
    return Steps(shown, write_place(shown[0]) if len(found) > limit else "")


def write_place(step: Step) -> str:
    return f"{step.at.isoformat()}~{KINDS.index(step.kind)}~{step.id}"


def read_place(text: str) -> Place | None:
    """None where the address names no place."""
    at, _, rest = text[:120].partition("~")
    rank, _, step_id = rest.partition("~")
    try:
        place = Place(datetime.fromisoformat(at), int(rank), step_id)
    except ValueError:
        return None
    is_known = place.at.tzinfo is not None and 0 <= place.rank < len(KINDS)
    return place if is_known and len(step_id) == 32 else None


def _of_memory(identity: Identity) -> Iterator[Step]:
    for scan in identity.scans:
        yield _of_scan(scan)
    for scan in identity.others:
        yield replace(_of_scan(scan), is_other=True)
    for conversation in identity.conversations:
        yield from _of_conversation(conversation)
    yield from _forms(identity)


def _of_scan(scan: Scan) -> Step:
    return Step(scan.scanned_at, SCAN, scan.id.hex, scan)


def _of_conversation(one: Conversation) -> Iterator[Step]:
    yield Step(one.started_at, START, _number(one.id), one)
    for n, page in enumerate(one.pages or []):
        # The first is where the chat began, which stands there.
        if page["url"] == one.page_url and n == 0:
            continue
        at = datetime.fromisoformat(page["at"])
        yield Step(at, PAGE, f"{one.id:024}{n:08}", page["url"])
    if one.human_requested_at:
        yield Step(one.human_requested_at, REQUEST, _number(one.id), one)


def _forms(identity: Identity) -> Iterator[Step]:
    ids = [one.id for one in identity.conversations]
    query = select(SentForm).where(SentForm.conversation_id.in_(ids))
    for form in db.session.scalars(query):
        yield Step(form.created_at, FORM, _number(form.id), form)


def _messages(identity: Identity, before: Place | None, limit: int) -> Iterator[Step]:
    ids = [one.id for one in identity.conversations]
    query = select(Message).where(Message.conversation_id.in_(ids))
    if before is not None:
        query = query.where(_earlier(Message, Message.created_at, before, KINDS.index(MESSAGE)))
    newest = query.order_by(Message.created_at.desc(), Message.id.desc()).limit(limit)
    for message in db.session.scalars(newest):
        yield Step(message.created_at, MESSAGE, message.id.hex, message)


def _conversions(
    workspace: Workspace, identity: Identity, before: Place | None, limit: int
) -> Iterator[Step]:
    """Of the very scans that led to conversations: what another scan of the same phone led to may
    be somebody else's.
    """
    ids = {one.scan_id for one in identity.conversations if one.scan_id}
    query = select(Conversion).where(
        Conversion.scan_id.in_(ids), Conversion.workspace_id == workspace.id
    )
    if before is not None:
        at = Conversion.occurred_at
        query = query.where(_earlier(Conversion, at, before, KINDS.index(PURCHASE)))
    newest = query.order_by(Conversion.occurred_at.desc(), Conversion.id.desc()).limit(limit)
    for one in db.session.scalars(newest) if ids else ():
        yield Step(one.occurred_at, PURCHASE, one.id.hex, one)


def _earlier(model: Any, at: Any, before: Place, rank: int) -> ColumnElement[bool]:
    if rank < before.rank:
        return at <= before.at  # type: ignore[no-any-return]  # a comparison of columns
    if rank > before.rank:
        return at < before.at  # type: ignore[no-any-return]  # a comparison of columns
    try:
        step_id = UUID(hex=before.id)
    except ValueError:
        return at < before.at  # type: ignore[no-any-return]  # a comparison of columns
    return or_(at < before.at, and_(at == before.at, model.id < step_id))


def _number(value: int) -> str:
    return f"{value:032}"
