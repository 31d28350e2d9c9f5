"""What all calls of the widget share: whom they are limited with, and what browsers are told."""

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


def widget_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget


def init_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget_init


def message_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget_messages


def lead_rate() -> str:
    return current_settings()[ChatSettings].ratelimit_widget_leads
