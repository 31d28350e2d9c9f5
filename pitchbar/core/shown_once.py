"""A secret that is made by one request and shown by the next, once: so that a reload of the page
makes no second one, and shows the first no more.

In between it is with the browser alone, encrypted, for a few minutes.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app, session

from pitchbar.core import clock
from pitchbar.core.encryption import Unreadable, decrypt, encrypt

_VALID = timedelta(minutes=5)


def show_once(name: str, value: Any) -> None:
    """Keeps it for the page that comes next; plain JSON."""
    sealed = json.dumps({"at": clock.now().timestamp(), "value": value})
    session[_key(name)] = encrypt(sealed, _keys())


def take_shown_once(name: str) -> Any | None:
    """What was kept, if the page comes at once; gone with that."""
    sealed = session.pop(_key(name), None)
    if sealed is None:
        return None
    try:
        kept = json.loads(decrypt(sealed, _keys()))
    except Unreadable:
        return None
    age = clock.now() - datetime.fromtimestamp(kept["at"], UTC)
    return kept["value"] if age < _VALID else None


def _key(name: str) -> str:
    return f"once_{name}"


def _keys() -> list[str]:
    return [str(current_app.secret_key), *(current_app.config["SECRET_KEY_FALLBACKS"] or ())]
