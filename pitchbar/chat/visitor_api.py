"""What visitors do beside asking: leave an address, want a person, say what they think, and go."""

from uuid import UUID

from pitchbar.agents.hours import is_open
from pitchbar.api.endpoints import endpoint
from pitchbar.chat.access import Caller, opens_widget, visitor_limit_key
from pitchbar.chat.answering import started
from pitchbar.chat.blueprint import TOPIC, limit_leads, widget_blueprint
from pitchbar.chat.changes import tell_typing
from pitchbar.chat.errors import NotOffered, UnknownMessage
from pitchbar.chat.payloads import Started
from pitchbar.chat.services import (
    clear_conversation,
    erase_visitor,
    give_feedback,
    keep_lead,
    request_person,
)
from pitchbar.chat.starting import new_conversation
from pitchbar.chat.visitor_payloads import (
    KeptLead,
    NewLead,
    Opinion,
    PersonRequest,
    RequestedPerson,
    WidgetEvent,
)
from pitchbar.chat.visitors import A_VISITOR
from pitchbar.chat.widget_events import count_event
from pitchbar.core import clock

bp = widget_blueprint("widget_visitor_api")


@bp.post("/leads")
@limit_leads(visitor_limit_key)
@opens_widget
@endpoint(TOPIC, body=NewLead, response=KeptLead, status=201, errors=(413, 415, 422))
def create_lead(caller: Caller, payload: NewLead) -> KeptLead:
    """Leave an address

    One of each conversation: what is sent again takes the place of what was sent before. Where the
    agent has a `consent`, it says `consented` once, unless a message did; else 403
    `consent_needed`.
    """
    if not caller.agent.config.lead_form.is_offered:
        raise NotOffered
    lead = keep_lead(caller, payload, A_VISITOR)
    return KeptLead(id=lead.id, captured_at=lead.created_at)


@bp.post("/events")
@opens_widget
@endpoint(TOPIC, body=WidgetEvent, status=204, errors=(413, 415, 422))
def create_event(caller: Caller, payload: WidgetEvent) -> None:
    """Tell what the visitor did

    Counted by day; nothing of whom it was is kept.
    """
    if payload.kind == "typing":
        tell_typing(caller.agent.workspace_id, caller.token.conversation, "visitor")
        return
    day = clock.local_date(clock.now(), caller.time_zone)
    count_event(caller.agent.workspace_id, caller.agent.agent_id, day, payload.kind)


@bp.post("/request-human")
@opens_widget
@endpoint(TOPIC, body=PersonRequest, response=RequestedPerson, errors=(413, 415, 422))
def create_request(caller: Caller, payload: PersonRequest) -> RequestedPerson:
    """Ask for a person

    Once is enough: a second request changes nothing while the first is fresh. Where the agent has a
    `consent`, it says `consented` once, unless a message did; else 403 `consent_needed`.
    """
    if not caller.agent.config.offers_person:
        raise NotOffered
    conversation = request_person(caller, is_agreed=payload.consented)
    hours = caller.agent.config.hours
    return RequestedPerson(
        requested_at=conversation.human_requested_at or clock.now(),
        is_open=is_open(hours, caller.time_zone, clock.now()),
    )


@bp.post("/satisfaction")
@opens_widget
@endpoint(TOPIC, body=Opinion, status=204, errors=(413, 415, 422))
def create_opinion(caller: Caller, payload: Opinion) -> None:
    """Say whether it helped"""
    give_feedback(caller, _message_id(payload), payload.value, payload.text)


@bp.post("/clear")
@opens_widget
@endpoint(TOPIC, response=Started)
def clear(caller: Caller) -> Started:
    """Begin anew

    This conversation ends, and the token in the answer is for the next one, of the same visitor.
    """
    clear_conversation(caller)
    return started(new_conversation(caller.token), [], caller.agent, caller.time_zone)


@bp.delete("/me")
@opens_widget
@endpoint(TOPIC, status=204)
def delete_me(caller: Caller) -> None:
    """Be forgotten

    All that this visitor said in any conversation with agents of the workspace, and every address
    they left, is erased at once; the token opens nothing any more.
    """
    erase_visitor(caller, A_VISITOR)


def _message_id(payload: Opinion) -> UUID | None:
    if payload.message_id is None:
        return None
    try:
        return UUID(payload.message_id)
    except ValueError:
        raise UnknownMessage from None
