"""What others hear of conversations, within the transaction that writes it down.

    hooks.on_turn_kept(note_gap)

Those of turns are called once for each, by the job that keeps it; an error undoes the transaction,
and the job is tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pitchbar.chat.models import Conversation, Lead, Message


@dataclass(frozen=True)
class KeptTurn:
    """Attributes:
    answer: None where no agent answered, as a person had taken over.
    threshold: below which score the agent refuses.
    fell_back: why a model that is there did not answer; empty otherwise.
    """

    conversation: Conversation
    question: Message
    answer: Message | None
    threshold: float = 0.0
    fell_back: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


@dataclass(frozen=True)
class KnownLead:
    """Somebody who left an address, as others know them: `is_new` the first time only."""

    id: int
    is_new: bool


LeadListener = Callable[[Conversation, Lead], KnownLead]
TurnListener = Callable[[KeptTurn], None]
FeedbackListener = Callable[[Conversation, Message], None]

RequestListener = Callable[[Conversation], None]

_turn_listeners: list[TurnListener] = []
_feedback_listeners: list[FeedbackListener] = []
_request_listeners: list[RequestListener] = []
_lead_listeners: list[LeadListener] = []


def on_turn_kept(listener: TurnListener) -> None:
    if listener not in _turn_listeners:
        _turn_listeners.append(listener)


def on_feedback(listener: FeedbackListener) -> None:
    """Of a visitor, for one answer: the message's `feedback` is "up", "down", or None again."""
    if listener not in _feedback_listeners:
        _feedback_listeners.append(listener)


def on_person_requested(listener: RequestListener) -> None:
    """A visitor asks for a person, and nobody of the team is there yet."""
    if listener not in _request_listeners:
        _request_listeners.append(listener)


def person_requested(conversation: Conversation) -> None:
    for listener in _request_listeners:
        listener(conversation)


def on_lead_kept(listener: LeadListener) -> None:
    """Each time a visitor sends the form, the conversation is locked."""
    if listener not in _lead_listeners:
        _lead_listeners.append(listener)


def lead_kept(conversation: Conversation, lead: Lead, *, is_new: bool) -> KnownLead:
    """As the last listener knows them; without any, by the form alone."""
    known = KnownLead(lead.id, is_new)
    for listener in _lead_listeners:
        known = listener(conversation, lead)
    return known


def turn_kept(turn: KeptTurn) -> None:
    for listener in _turn_listeners:
        listener(turn)


def feedback_given(conversation: Conversation, message: Message) -> None:
    for listener in _feedback_listeners:
        listener(conversation, message)
