"""Who visits an agent's page: known by two signed cookies of that page alone, and by the token that
its forms carry, which nobody else can make.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Response, g, request, url_for

from pitchbar.agents.publication import ServedAgent
from pitchbar.chat.access import Caller, get_agent
from pitchbar.chat.cors import own_origin
from pitchbar.chat.errors import TokenExpired, TokenInvalid, UnknownAgent
from pitchbar.chat.ids import write_visitor
from pitchbar.chat.models import PAGE, Message
from pitchbar.chat.payloads import Start
from pitchbar.chat.settings import ChatSettings
from pitchbar.chat.starting import begin
from pitchbar.chat.tokens import WidgetToken, read_token, write_token
from pitchbar.core import clock
from pitchbar.settings import current_settings

TOKEN_COOKIE, VISITOR_COOKIE = "chat", "visitor"
_MOST_SENT = 4096


@dataclass(frozen=True)
class Visit:
    """With what has been said in its conversation, oldest first."""

    caller: Caller
    messages: Sequence[Message]

    @property
    def token(self) -> WidgetToken:
        return self.caller.token


def find_hosted(public_id: str) -> tuple[ServedAgent, str]:
    """With the time zone of its workspace. Raises UnknownAgent where there is no page of it."""
    agent, time_zone = get_agent(public_id[:40])
    if not agent.has_page:
        raise UnknownAgent
    return agent, time_zone


def page_address(public_id: str) -> str:
    """As it is printed: of our own host, whichever this request came to."""
    path = url_for("hosted_page.show", public_id=public_id)
    return f"{current_settings().app_url.rstrip('/')}{path}"


def visit(agent: ServedAgent, time_zone: str, old: str = "") -> Visit:
    """Goes on where the visitor was, or begins.

    Args:
        old: the token of a form; else that of the cookie counts.
    """
    start = Start(
        agent=agent.public_id,
        page_url=page_address(agent.public_id),
        visitor=_cookie(VISITOR_COOKIE)[:200],
        attribution=request.args.get("pb_at", "")[:200],
    )
    language = request.accept_languages.best or ""
    found = begin(agent, _origin(), start, old or _cookie(TOKEN_COOKIE), language, channel=PAGE)
    # For limits that count by visitor.
    g.widget_token = found.token
    return Visit(Caller(found.token, agent, time_zone), found.messages)


def read_page_token(text: str, agent: ServedAgent | None = None) -> WidgetToken | None:
    """Of a page that we drew, for this agent where one is named; None for one of long ago."""
    hours = current_settings()[ChatSettings].widget_renewal_hours
    try:
        token = read_token(
            text[:_MOST_SENT], current_settings(), clock.now(), after_end=timedelta(hours=hours)
        )
    except (TokenInvalid, TokenExpired):
        return None
    is_mine = agent is None or token.agent == agent.public_id
    return token if is_mine and token.channel == PAGE else None


def written_token(token: WidgetToken) -> str:
    return write_token(token, current_settings(), clock.now())


def remember(response: Response, found: Visit, token: WidgetToken | None = None) -> Response:
    """The conversation for as long as it can be taken up again, the visitor as long as it is kept.

    Args:
        token: of the conversation that follows; else it is the visit's.
    """
    settings, token = current_settings(), token or found.token
    own = settings[ChatSettings]
    hours = own.widget_renewal_hours + 1
    days = own.chat_retention_days or 365
    visitor = write_visitor(token.visitor, found.caller.agent.workspace_id, settings)
    _set(response, token.agent, TOKEN_COOKIE, written_token(token), hours * 3600)
    _set(response, token.agent, VISITOR_COOKIE, visitor, days * 86_400)
    return response


def forget(response: Response, public_id: str) -> Response:
    for name in (TOKEN_COOKIE, VISITOR_COOKIE):
        _set(response, public_id, name, "", 0)
    return response


def _set(response: Response, public_id: str, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=url_for("hosted_page.show", public_id=public_id),
        secure=current_settings().uses_tls,
        httponly=True,
        samesite="Lax",
    )


def _cookie(name: str) -> str:
    return request.cookies.get(name, "")[:_MOST_SENT]


def _origin() -> str:
    return own_origin() or ""
