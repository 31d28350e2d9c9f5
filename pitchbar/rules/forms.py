"""The form of the edited list may be long."""

from typing import Any

from flask import request

# 200 rules with 20 conditions each, and room for what was typed wrong.
_MOST_BYTES = 4_000_000


def take_long_lists(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before the form of a request is read."""
    request.max_form_memory_size = _MOST_BYTES
