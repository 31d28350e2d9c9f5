"""`init`: who speaks, in which conversation, with what has been said before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from pitchbar.agents.publication import ServedAgent
from pitchbar.chat.errors import TokenExpired, TokenInvalid
from pitchbar.chat.ids import new_id, new_visitor, read_visitor
from pitchbar.chat.kept_turns import put_all_in_place
from pitchbar.chat.models import ENDED, WIDGET, Conversation, Message
from pitchbar.chat.origins import without_query
from pitchbar.chat.payloads import Start
from pitchbar.chat.queries import find_conversation, find_open, find_waiting, list_last
from pitchbar.chat.recent import recent
from pitchbar.chat.settings import ChatSettings
from pitchbar.chat.tokens import WidgetToken, read_token
from pitchbar.chat.visited_pages import with_page
from pitchbar.core import clock
from pitchbar.scans.attribution import ExpiredToken, UnreadableToken
from pitchbar.scans.factories import make_token_cipher
from pitchbar.settings import Settings, current_settings


@dataclass(frozen=True)
class Beginning:
    token: WidgetToken
    messages: Sequence[Message]


def begin(
    agent: ServedAgent,
    origin: str,
    start: Start,
    old: str,
    language: str,
    channel: str = WIDGET,
) -> Beginning:
    """Goes on with the conversation of an old token, else with the visitor's last one, else with a
    new one, of which nothing is stored until something is said.

    Args:
        old: the text of a token that may have expired; empty for none.
        language: of the browser.
    """
    settings = current_settings()
    scan_id, code_id = _origin_of(agent, start.attribution or "", settings)
    known = _renewed(agent, origin, old, settings)
    if known is None:
        visitor = _visitor(agent, start, settings)
        conversation, messages = _find(agent, visitor, settings)
        known = WidgetToken(agent.public_id, visitor, conversation, origin, scan_id, code_id)
    else:
        messages = _messages(agent, known.conversation)
        if scan_id is not None and not messages:
            # Somebody who was here before, and comes by a code now.
            known = replace(known, scan_id=scan_id, code_id=code_id)
    known = replace(known, channel=channel)
    url = without_query(start.page_url)
    page = with_page(recent().page(known.conversation), url, clock.now())
    page |= {"url": url, "language": (start.language or language)[:16]}
    if messages:
        page["last"] = messages[-1].id.hex
    recent().put_page(known.conversation, page)
    return Beginning(known, messages)


def new_conversation(token: WidgetToken) -> WidgetToken:
    """The same visitor, with nothing said."""
    return replace(token, conversation=new_id())


def _renewed(agent: ServedAgent, origin: str, old: str, settings: Settings) -> WidgetToken | None:
    """None where the token is not worth another one: it is too old, from elsewhere, or its
    conversation is over.
    """
    hours = settings[ChatSettings].widget_renewal_hours
    try:
        token = read_token(old, settings, clock.now(), after_end=timedelta(hours=hours))
    except (TokenInvalid, TokenExpired):
        return None
    if (token.agent, token.origin) != (agent.public_id, origin):
        return None
    if recent().is_erased(token.visitor):
        return None
    conversation = find_conversation(agent.workspace_id, token.conversation)
    is_over = conversation is not None and _is_over(conversation, settings)
    return new_conversation(token) if is_over else token


def _is_over(conversation: Conversation, settings: Settings) -> bool:
    silent_since = clock.now() - timedelta(hours=settings[ChatSettings].chat_idle_hours)
    return conversation.status == ENDED or conversation.last_message_at < silent_since


def _visitor(agent: ServedAgent, start: Start, settings: Settings) -> UUID:
    visitor = read_visitor(start.visitor or "", agent.workspace_id, settings)
    return visitor if visitor and not recent().is_erased(visitor) else new_visitor()


def _find(agent: ServedAgent, visitor: UUID, settings: Settings) -> tuple[UUID, Sequence[Message]]:
    waiting = find_waiting(agent.workspace_id, visitor)
    if waiting is not None:
        put_all_in_place(waiting)
    since = clock.now() - timedelta(hours=settings[ChatSettings].chat_idle_hours)
    conversation = find_open(agent.workspace_id, agent.agent_id, visitor, since)
    if conversation is None:
        return new_id(), []
    return conversation.public_id, list_last(conversation)


def _messages(agent: ServedAgent, public_id: UUID) -> Sequence[Message]:
    put_all_in_place(public_id)
    conversation = find_conversation(agent.workspace_id, public_id)
    return list_last(conversation) if conversation else []


def _origin_of(agent: ServedAgent, attribution: str, settings: Settings) -> tuple[UUID | None, int]:
    """The scan that led here, and its code; what is unreadable or another workspace's is none."""
    try:
        found = make_token_cipher(settings).read(attribution.strip(), clock.now())
    except (UnreadableToken, ExpiredToken):
        return None, 0
    if found.workspace_id != agent.workspace_id:
        return None, 0
    return found.scan_id, found.code_id
