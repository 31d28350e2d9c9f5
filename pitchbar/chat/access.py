"""Who may speak with an agent: each call says from which page it comes, and all but the first have
a token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any, TypeVar, cast

from flask import g, request
from sqlalchemy import bindparam, select

from pitchbar.agents.publication import ServedAgent, find_published
from pitchbar.chat import cors
from pitchbar.chat.errors import (
    OriginNotAllowed,
    PathRestricted,
    TokenExpired,
    TokenInvalid,
    TokenMissing,
    UnknownAgent,
)
from pitchbar.chat.models import PAGE
from pitchbar.chat.origins import allows, is_restricted
from pitchbar.chat.recent import recent
from pitchbar.chat.tokens import WidgetToken, read_token
from pitchbar.core import clock
from pitchbar.extensions import db, request_address
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Caller:
    """Who speaks with which agent; `time_zone` is the workspace's."""

    token: WidgetToken
    agent: ServedAgent
    time_zone: str


def opens_widget(view: View) -> View:
    """Only with a token, from the page that it was made for, while the agent still allows it."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, caller=_caller(), **kwargs)

    guarded.access = "widget"  # type: ignore[attr-defined]  # read by the guard test
    return cast(View, guarded)


def _caller() -> Caller:
    token = sent_token()
    if isinstance(token, TokenMissing):
        raise token
    agent, time_zone = get_agent(token.agent)
    if token.channel == PAGE and not agent.has_page:
        raise UnknownAgent
    origin = check_origin(agent)
    if origin != token.origin or recent().is_erased(token.visitor):
        raise TokenInvalid
    return Caller(token, agent, time_zone)


def get_agent(public_id: str) -> tuple[ServedAgent, str]:
    """With the time zone of its workspace. Raises UnknownAgent."""
    agent = find_published(public_id)
    if agent is None:
        raise UnknownAgent
    time_zone = db.session.scalar(_time_zone(), {"workspace": agent.workspace_id})
    if time_zone is None:
        raise UnknownAgent
    return agent, time_zone


# Each call runs it; making it takes as long.
@cache
def _time_zone() -> Any:
    mine = select(Workspace.time_zone).where(Workspace.id == bindparam("workspace"))
    return mine.where(Workspace.deletion_asked_at.is_(None))


def check_origin(agent: ServedAgent) -> str:
    """The origin of the page that asks. Raises OriginNotAllowed."""
    origin = cors.asking_origin()
    if origin is None or not (origin == cors.own_origin() or allows(agent.allowed_origins, origin)):
        cors.refuse()
        raise OriginNotAllowed
    cors.let_in(origin)
    return origin


def check_path(agent: ServedAgent, page_url: str) -> None:
    """Raises PathRestricted."""
    if is_restricted(agent.restricted_paths, page_url):
        raise PathRestricted


def sent_token() -> WidgetToken | TokenMissing:
    """Or what is wrong with it. Read once in a request: the limits ask before the view does."""
    if "widget_token" not in g:
        g.widget_token = _read_sent()
    found: WidgetToken | TokenMissing = g.widget_token
    return found


def bearer_text() -> str:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else ""


def _read_sent() -> WidgetToken | TokenMissing:
    text = bearer_text()
    if not text:
        return TokenMissing()
    try:
        return read_token(text, current_settings(), clock.now())
    except (TokenInvalid, TokenExpired) as error:
        return error


def visitor_limit_key() -> str:
    """Visitors are limited by what their token says of them; whoever has none, by address."""
    token = sent_token()
    return request_address() if isinstance(token, TokenMissing) else limit_key_of(token)


def limit_key_of(token: WidgetToken) -> str:
    return f"visitor:{token.visitor.hex}"


def start_limit_key() -> str:
    """By address and agent."""
    body = request.get_json(silent=True)
    agent = body.get("agent") if isinstance(body, dict) else None
    return f"{request_address()} {str(agent)[:40]}"
