"""What all calls of the widget share: whom they are limited with, and what browsers are told."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint

from pitchbar.api.endpoints import Topic
from pitchbar.chat.cors import add_headers, answer_preflight
from pitchbar.chat.settings import ChatSettings
from pitchbar.extensions import limiter
from pitchbar.settings import current_settings

TOPIC = Topic(
    80,
    "Widget",
    "What the chat widget speaks, from a visitor's browser: no token of the workspace, but one of "
    "the visitor's own, which `init` gives. Each call comes from a page whose origin the agent "
    "allows. An expired token is renewed once: call `init` with it, and go on with the new one in "
    "the same conversation.",
    is_for_browsers=True,
)
METHODS = ["GET", "POST", "DELETE"]


def widget_blueprint(name: str) -> Blueprint:
    bp = Blueprint(name, __name__, url_prefix="/api/v1/widget")
    bp.before_request(answer_preflight)
    bp.after_request(add_headers)
    limiter.shared_limit(widget_rate, scope="widget", methods=METHODS)(bp)
    return bp


View = TypeVar("View", bound=Callable[..., Any])


def limit_messages(
    key: Callable[[], str], exempt_when: Callable[[], bool] | None = None
) -> Callable[[View], View]:
    """Of a visitor, by whatever way they ask."""
    made: Any = limiter.shared_limit(
        message_rate, scope="chat-messages", key_func=key, methods=["POST"], exempt_when=exempt_when
    )
    return made  # type: ignore[no-any-return]  # the library says nothing of it


def limit_leads(key: Callable[[], str]) -> Callable[[View], View]:
    made: Any = limiter.shared_limit(lead_rate, scope="chat-leads", key_func=key, methods=["POST"])
    return made  # type: ignore[no-any-return]  # the library says nothing of it


def widget_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget


def init_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget_init


def message_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget_messages


def lead_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget_leads
