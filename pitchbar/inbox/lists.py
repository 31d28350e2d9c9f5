"""The lists of the inbox: what an address asks for, and the conversations that it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from pitchbar.chat.models import ENDED, OPEN, Conversation, Lead
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.core.pagination import decode_cursor, encode_cursor
from pitchbar.extensions import db
from pitchbar.inbox.models import Tag, TagUse
from pitchbar.inbox.searching import matching_ids

LISTS = {
    "mine": "Mine",
    "waiting": "Waiting",
    "open": "Open",
    "snoozed": "Snoozed",
    "unanswered": "Unanswered",
    "closed": "Closed",
    "all": "All",
}
PER_PAGE = 30
_MOST_COUNTED = 99
_LONGEST_SEARCH = 200


class NewestWaiting(NamedTuple):
    """The conversation whose visitor asked for a person last, and has none yet."""

    public_id: UUID
    human_requested_at: datetime


@dataclass(frozen=True)
class Asked:
    """As the address says it; what cannot be is left out."""

    list: str = "open"
    agent: int = 0
    tag: str = ""
    code: int = 0
    campaign: str = ""
    lead: bool = False
    q: str = ""
    after: str = ""

    @property
    def args(self) -> dict[str, Any]:
        """What stands in the address, without where the page starts."""
        all_args = {
            "list": self.list if self.list != "open" else "",
            "agent": self.agent,
            "tag": self.tag,
            "code": self.code,
            "campaign": self.campaign,
            "lead": "1" if self.lead else "",
            "q": self.q,
        }
        return {name: value for name, value in all_args.items() if value}

    @property
    def is_filtered(self) -> bool:
        return self.is_narrowed or bool(self.q)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.agent or self.tag or self.code or self.campaign or self.lead)

    def of_list(self, name: str) -> "Asked":
        return replace(self, list=name, after="")


def read_asked(args: Mapping[str, str]) -> Asked:
    name = args.get("list", "")
    return Asked(
        list=name if name in LISTS else "open",
        agent=_id(args.get("agent", "")),
        tag=_plain(args.get("tag", ""))[:40],
        code=_id(args.get("code", "")),
        campaign=_plain(args.get("campaign", ""))[:255],
        lead=args.get("lead", "") == "1",
        q=" ".join(_plain(args.get("q", "")).split())[:_LONGEST_SEARCH],
        after=args.get("after", "")[:100],
    )


def _plain(text: str) -> str:
    """What no database takes can stand nowhere in it."""
    return text.replace("\x00", "")


def _id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def list_conversations(
    workspace_id: int, person_id: int, asked: Asked
) -> tuple[Sequence[Conversation], str]:
    """Those that were spoken in last come first, and the cursor of the next page, if there is."""
    query = select(Conversation).where(
        Conversation.workspace_id == workspace_id, *_of_list(asked.list, person_id)
    )
    query = query.where(*_filters(workspace_id, asked))
    start = _start(asked.after)
    if start is not None:
        place = tuple_(Conversation.last_message_at, Conversation.id)
        query = query.where(place < tuple_(*start))
    ordered = query.order_by(Conversation.last_message_at.desc(), Conversation.id.desc())
    found = db.session.scalars(ordered.limit(PER_PAGE + 1)).all()
    shown = found[:PER_PAGE]
    return shown, write_cursor(shown[-1]) if len(found) > PER_PAGE else ""


def count_lists(workspace_id: int, person_id: int) -> dict[str, str]:
    """Of the two that call for somebody, and no further than it is shown: empty for none."""
    return {
        "mine": count_mine(workspace_id, person_id),
        "waiting": count_waiting(workspace_id),
    }


def count_mine(workspace_id: int, person_id: int) -> str:
    return count_words(_count(workspace_id, *_of_list("mine", person_id)))


def count_waiting(workspace_id: int) -> str:
    return count_words(_count(workspace_id, *_of_list("waiting", 0)))


def find_newest_waiting(workspace_id: int) -> NewestWaiting | None:
    waiting = select(Conversation.public_id, Conversation.human_requested_at).where(
        Conversation.workspace_id == workspace_id, *_of_list("waiting", 0)
    )
    newest = waiting.order_by(Conversation.human_requested_at.desc()).limit(1)
    row = db.session.execute(newest).one_or_none()
    return NewestWaiting(row.public_id, row.human_requested_at) if row else None


def count_words(count: int) -> str:
    return f"{_MOST_COUNTED}+" if count > _MOST_COUNTED else str(count or "")


def _count(workspace_id: int, *conditions: ColumnElement[bool]) -> int:
    some = select(Conversation.id).where(Conversation.workspace_id == workspace_id, *conditions)
    limited = some.limit(_MOST_COUNTED + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(limited)) or 0


def _of_list(name: str, person_id: int) -> tuple[Any, ...]:
    is_open = Conversation.status == OPEN
    # Also where the schedule is late.
    is_here = or_(Conversation.snoozed_until.is_(None), Conversation.snoozed_until <= clock.now())
    return {
        "mine": (Conversation.taken_over_by == person_id, is_open, is_here),
        "waiting": (
            Conversation.human_requested_at.is_not(None),
            Conversation.taken_over_by.is_(None),
            is_open,
        ),
        "open": (is_open, is_here),
        "snoozed": (Conversation.snoozed_until > clock.now(),),
        "unanswered": (Conversation.is_unanswered,),
        "closed": (Conversation.status == ENDED,),
        "all": (),
    }[name]


def _filters(workspace_id: int, asked: Asked) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.agent:
        found.append(Conversation.agent_id == min(asked.agent, MAX_ID))
    if asked.code:
        found.append(Conversation.code_id == min(asked.code, MAX_ID))
    if asked.campaign:
        # As the codes carry it today: a conversation keeps its code alone.
        of_it = select(Code.id).where(
            Code.workspace_id == workspace_id, Code.campaign == asked.campaign
        )
        found.append(Conversation.code_id.in_(of_it))
    if asked.tag:
        used = select(TagUse.conversation_id).join(Tag, Tag.id == TagUse.tag_id)
        mine = and_(Tag.workspace_id == workspace_id, Tag.name == asked.tag)
        found.append(Conversation.id.in_(used.where(mine)))
    if asked.lead:
        left = select(Lead.conversation_id).where(Lead.workspace_id == workspace_id)
        found.append(Conversation.id.in_(left))
    if asked.q:
        found.append(Conversation.id.in_(matching_ids(workspace_id, asked.q)))
    return found


def write_cursor(last: Conversation) -> str:
    return encode_cursor(f"{last.last_message_at.timestamp():.6f} {last.id}")


def read_place(text: str) -> tuple[datetime, int]:
    """Raises ValueError."""
    at, _, number = text.partition(" ")
    try:
        return datetime.fromtimestamp(float(at), UTC), min(_id(number), MAX_ID)
    except (OverflowError, OSError):
        raise ValueError("not a place") from None


def _start(cursor: str) -> tuple[datetime, int] | None:
    """None also for a cursor that is not ours: then the list starts at its beginning."""
    try:
        return read_place(decode_cursor(cursor)) if cursor else None
    except ValueError:
        return None
