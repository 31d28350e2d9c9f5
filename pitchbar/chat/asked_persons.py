"""A visitor asks for a person of the team."""

from datetime import datetime, timedelta

from pitchbar.chat import hooks
from pitchbar.chat.changes import tell_changed
from pitchbar.chat.models import OPEN, Conversation
from pitchbar.chat.outward import tell_human_requested
from pitchbar.chat.settings import ChatSettings
from pitchbar.chat.visitors import A_VISITOR
from pitchbar.events.services import record_event
from pitchbar.settings import current_settings


def ask_for_person(conversation: Conversation, at: datetime) -> None:
    """Once is enough. Whoever asks again after nobody came in time waits anew; who has a person
    already asks for nothing.
    """
    before = conversation.human_requested_at
    if conversation.taken_over_by is not None:
        return
    wait = timedelta(seconds=current_settings()[ChatSettings].chat_person_wait_seconds)
    if before is not None and at < before + wait:
        return
    conversation.human_requested_at = at
    conversation.handed_over_at = conversation.handed_over_at or at
    conversation.status, conversation.ended_at = OPEN, None
    conversation.snoozed_until = None
    tell_changed(conversation)
    if before is not None:
        return
    record_event("conversation.human_requested", conversation, by=A_VISITOR)
    tell_human_requested(conversation)
    hooks.person_requested(conversation)
