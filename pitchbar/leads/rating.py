"""Brings a lead's score up to date with what is known of them now. The caller commits."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from pitchbar.chat.models import VISITOR, Conversation, Message
from pitchbar.conversions.models import Conversion
from pitchbar.extensions import db
from pitchbar.leads.models import Lead, LeadConversation
from pitchbar.leads.scoring import Known, asks_for_price, reasons_for, score_of

# The last messages of a lead, of which the beginning is looked at.
_MOST_TEXTS, _MOST_CHARACTERS = 300, 500


def rate_lead(lead: Lead) -> None:
    """An update that changes nothing is none."""
    reasons = reasons_for(_known(lead))
    if reasons != lead.reasons:
        lead.reasons = reasons
    lead.score = score_of(reasons)
    if (spoke_at := _last_message_at(lead)) is not None:
        lead.last_at = max(lead.last_at, spoke_at)
    db.session.flush()


def conversations_of(lead: Lead) -> Any:
    """Ids, as a query."""
    return select(LeadConversation.conversation_id).where(LeadConversation.lead_id == lead.id)


def _known(lead: Lead) -> Known:
    mine = conversations_of(lead)
    rows = db.session.execute(
        select(
            Conversation.id,
            Conversation.human_requested_at,
            Conversation.scan_id,
            Conversation.code_id,
        ).where(Conversation.id.in_(mine))
    ).all()
    asked = (Message.conversation_id.in_([row.id for row in rows]), Message.role == VISITOR)
    texts = db.session.scalars(
        select(func.substr(Message.text, 1, _MOST_CHARACTERS))
        .where(*asked)
        .order_by(Message.id.desc())
        .limit(_MOST_TEXTS)
    ).all()
    scans = [row.scan_id for row in rows if row.scan_id]
    bought = select(Conversion.id).where(
        Conversion.scan_id.in_(scans), Conversion.workspace_id == lead.workspace_id
    )
    return Known(
        email=lead.email,
        name=lead.name,
        phone=lead.phone,
        questions=len(texts),
        conversations=len(rows),
        asked_price=any(asks_for_price(text) for text in texts),
        asked_person=any(row.human_requested_at for row in rows),
        by_code=any(row.code_id for row in rows),
        purchased=bool(scans) and db.session.scalar(bought.limit(1)) is not None,
    )


def _last_message_at(lead: Lead) -> datetime | None:
    return db.session.scalar(
        select(func.max(Conversation.last_message_at)).where(
            Conversation.id.in_(conversations_of(lead))
        )
    )
