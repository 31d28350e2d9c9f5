"""The form of the edited list: it may be long, and is drawn anew while somebody types."""

from typing import Any

from flask import request
from flask_login import current_user

from pitchbar.codes.settings import CodeSettings
from pitchbar.extensions import limiter, request_address
from pitchbar.settings import current_settings

# 200 rules with 20 conditions each, and room for what was typed wrong.
_MOST_BYTES = 4_000_000


def take_long_lists(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form of a request is read."""
    request.max_form_memory_size = _MOST_BYTES


# As for the picture beside the form of a code: whoever types asks at most four times a second.
drawing_limit = limiter.shared_limit(
    lambda: current_settings()[CodeSettings].ratelimit_code_preview,
    scope="rule-draft",
    key_func=lambda: f"rule-draft:{current_user.get_id() or request_address()}",
)
