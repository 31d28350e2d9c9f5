"""What the widget gets, made of what is stored."""

from collections.abc import Sequence

from pitchbar.agents.publication import ServedAgent
from pitchbar.chat.ids import write_visitor
from pitchbar.chat.models import Message
from pitchbar.chat.payloads import (
    GROUNDS,
    AgentBody,
    ConsentBody,
    LeadFormBody,
    MessageBody,
    Started,
)
from pitchbar.chat.queries import names_of
from pitchbar.chat.settings import ChatSettings
from pitchbar.chat.tokens import WidgetToken, write_token
from pitchbar.chat.turning import offers_now
from pitchbar.core import clock
from pitchbar.core.colours import tones
from pitchbar.settings import current_settings


def started(
    token: WidgetToken, messages: Sequence[Message], agent: ServedAgent, time_zone: str
) -> Started:
    settings = current_settings()
    return Started(
        token=write_token(token, settings, clock.now()),
        expires_in=settings[ChatSettings].widget_token_minutes * 60,
        visitor=write_visitor(token.visitor, agent.workspace_id, settings),
        conversation_id=token.conversation,
        agent=agent_body(agent, time_zone),
        messages=message_bodies(messages),
    )


def message_bodies(messages: Sequence[Message]) -> list[MessageBody]:
    names = names_of([one.author_id for one in messages if one.author_id is not None])
    return [_message(one, names.get(one.author_id or 0)) for one in messages]


def _message(message: Message, author: str | None) -> MessageBody:
    return MessageBody.model_validate(
        {
            "id": message.id,
            "role": message.role,
            "text": message.text,
            "at": message.created_at,
            "citations": message.citations,
            "mode": message.mode,
            "low_confidence": message.low_confidence,
            "offers": message.offers,
            "broken_off": message.is_broken_off,
            "feedback": message.feedback,
            "author": author,
        }
    )


def agent_body(agent: ServedAgent, time_zone: str) -> AgentBody:
    """How it looks to visitors; `time_zone` is the workspace's."""
    config = agent.config
    names = ("name", "greeting", "language", "theme", "accent", "position", "launcher_icon")
    form = config.lead_form
    asked = {"asks_name": form.asks_name, "asks_phone": form.asks_phone, "intro": form.intro}
    consent = config.consent
    return AgentBody(
        **{name: getattr(config, name) for name in names},
        id=agent.public_id,
        tones=tones(config.accent, *GROUNDS),
        launcher_label=config.launcher_label,
        starters=list(config.starters),
        offers=offers_now(config, time_zone),
        lead_form=LeadFormBody(**asked) if form.is_offered else None,
        consent=ConsentBody(text=consent.text, url=consent.url) if consent.text else None,
    )
