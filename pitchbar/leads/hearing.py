"""When a lead's score may be another one: after turns, requests for a person, and conversions."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from pitchbar.chat.hooks import KeptTurn
from pitchbar.chat.models import Conversation
from pitchbar.conversions.stored import Row
from pitchbar.events.services import Event
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.leads.models import LeadConversation
from pitchbar.leads.tasks import score_lead

_AT_ONCE = 500


def note_turn(turn: KeptTurn) -> None:
    _rate_later(turn.conversation.id)


def note_request(event: Event) -> None:
    """For a person."""
    _rate_later(int(event.subject.id))


def note_conversions(connection: Connection, rows: Sequence[Row]) -> None:
    """Hears of stored conversions, in their transaction."""
    for lead_id in _leads_of(connection, [row["scan_id"] for row in rows]):
        enqueue(score_lead, lead_id, on=connection, unique=_key(lead_id))


def _rate_later(conversation_id: int) -> None:
    lead_id = db.session.scalar(
        select(LeadConversation.lead_id).where(LeadConversation.conversation_id == conversation_id)
    )
    if lead_id is not None:
        enqueue(score_lead, lead_id, unique=_key(lead_id))


def _leads_of(connection: Connection, scans: Sequence[object]) -> Iterator[int]:
    """Each once."""
    found: set[int] = set()
    for start in range(0, len(scans), _AT_ONCE):
        query = (
            select(LeadConversation.lead_id)
            .join(Conversation, Conversation.id == LeadConversation.conversation_id)
            .where(Conversation.scan_id.in_(scans[start : start + _AT_ONCE]))
        )
        found.update(connection.scalars(query))
    yield from sorted(found)


def _key(lead_id: int) -> str:
    return f"leads.score_lead:{lead_id}"
