"""What an agent's page shows."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, request
from markupsafe import Markup
from sqlalchemy import select

from pitchbar.agents.config import AgentConfig
from pitchbar.chat.consent import is_wanted
from pitchbar.chat.models import AGENT, Conversation, Lead, Message
from pitchbar.chat.queries import find_conversation, names_of
from pitchbar.chat.turning import NOTICE, offers_now
from pitchbar.core.colours import tones
from pitchbar.extensions import db
from pitchbar.hosted.markdown import draw_answer
from pitchbar.hosted.refusing import Refuse
from pitchbar.hosted.visiting import Visit, written_token
from pitchbar.hosted.words import language_of, page_words
from pitchbar.workspaces.models import Workspace

# What answers stand on, in both themes: as in hosted.css.
_GROUNDS = ("#ffffff", "#161c1b")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{hash}'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True)
class Shown:
    """A message as it is drawn."""

    message: Message
    html: Markup
    can_be_judged: bool
    # Who of the team says it.
    author: str = ""

    @property
    def citations(self) -> Sequence[Mapping[str, Any]]:
        return self.message.citations or []


def shown_messages(messages: Sequence[Message]) -> list[Shown]:
    names = names_of([one.author_id for one in messages if one.author_id is not None])
    return [_shown(one, names.get(one.author_id or 0, "")) for one in messages]


def _shown(message: Message, author: str) -> Shown:
    places = {}
    for one in message.citations or []:
        places[int(one["n"])] = _web(one.get("url")) or f"#source-{message.id.hex}-{one['n']}"
    html = draw_answer(message.text, places) if message.role == AGENT else Markup()
    is_answer = message.role == AGENT and message.mode not in (NOTICE, "")
    return Shown(message, html, is_answer, author)


def _web(url: object) -> str:
    text = str(url or "")
    return text if text.startswith(("https://", "http://")) else ""


def render_page(
    visit: Visit,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    refused: Refuse | None = None,
) -> Response:
    """Args:
    typed: what was sent and refused, by field; nothing of it is lost.
    """
    shown = _shown_to(visit)
    style = _style(visit.caller.agent.config)
    shown |= {
        "workspace_name": _workspace_name(visit.caller.agent.workspace_id),
        "style": Markup("<style>{}</style>").format(style),
        "said": shown_messages(visit.messages),
        "typed": typed or {},
        "errors": refused(shown["words"]) if refused else {},
    }
    response = make_response(render_template("hosted/page.html", **shown), status)
    response.headers["Content-Security-Policy"] = _policy(style)
    return _unlisted(response)


def render_part(visit: Visit, messages: Sequence[Message]) -> Response:
    """Of single messages, with who answers and what can be done beside, for a page that is open."""
    shown = _shown_to(visit) | {"typed": {}, "errors": {}}
    # What is offered goes by the last that was said, new or not.
    parts = {
        "_said": shown_messages(messages),
        "_joined": [],
        "_help": shown_messages(visit.messages[-1:]),
    }
    drawn = (
        render_template(f"hosted/{name}.html", **shown, said=said) for name, said in parts.items()
    )
    return make_response("".join(drawn))


def _shown_to(visit: Visit) -> dict[str, Any]:
    caller = visit.caller
    config = caller.agent.config
    language = _language(config)
    words = page_words(language)
    conversation = find_conversation(caller.agent.workspace_id, visit.token.conversation)
    return {
        "agent": caller.agent,
        "config": config,
        "language": language,
        "words": words,
        "token": written_token(visit.token),
        "offers": offers_now(config, caller.time_zone),
        "conversation": conversation,
        "lead": _lead_of(conversation),
        "must_agree": is_wanted(caller),
        "holder": _holder_of(conversation, words),
    }


def render_gone(typed: str = "") -> Response:
    """Where no agent answers, with what was typed while it still did."""
    language = language_of(request.accept_languages.values())
    style = _style(AgentConfig())
    response = make_response(
        render_template(
            "hosted/gone.html",
            language=language,
            words=page_words(language),
            style=Markup("<style>{}</style>").format(style),
            config=AgentConfig(),
            typed=typed[:40_000],
        ),
        404,
    )
    response.headers["Content-Security-Policy"] = _policy(style)
    return _unlisted(response)


def _language(config: AgentConfig) -> str:
    return language_of((config.language, *request.accept_languages.values()))


def _workspace_name(workspace_id: int) -> str:
    return db.session.scalar(select(Workspace.name).where(Workspace.id == workspace_id)) or ""


def _lead_of(conversation: Conversation | None) -> Lead | None:
    if conversation is None:
        return None
    return db.session.scalar(select(Lead).where(Lead.conversation_id == conversation.id))


def _holder_of(conversation: Conversation | None, words: Mapping[str, str]) -> str:
    """Empty where the agent answers."""
    person = conversation.taken_over_by if conversation else None
    return names_of([person]).get(person, words["person"]) if person else ""


def _style(config: AgentConfig) -> str:
    """The one thing that differs by agent: its colour, readable in both themes."""
    found = tones(config.accent, *_GROUNDS)
    values = "".join(f"--{name}:{value};" for name, value in found.items())
    return f":root{{{values}}}"


def _policy(style: str) -> str:
    digest = hashlib.sha256(style.encode()).digest()
    return _POLICY.format(hash=base64.b64encode(digest).decode())


def _unlisted(response: Response) -> Response:
    """No search engine is to list what a customer prints on tables."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.vary.update(["Accept-Language", "Cookie"])
    return response
