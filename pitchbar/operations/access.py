"""Who may look behind the scenes: anybody in development, else the allow list."""

from functools import wraps
from typing import Any, cast

from flask import request
from flask_login import current_user

from pitchbar.accounts.access import View
from pitchbar.accounts.actors import current_actor
from pitchbar.errors import NotFound
from pitchbar.events.actors import Actor
from pitchbar.operations.settings import OperationsSettings
from pitchbar.settings import current_settings


def operators_only(view: View) -> View:
    """Everybody else gets 404: that there is a dashboard is nobody's business."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not is_operator():
            raise NotFound
        return view(*args, **kwargs)

    guarded.access = "operator"  # type: ignore[attr-defined]  # read by the guard test
    return cast(View, guarded)


def is_operator() -> bool:
    settings = current_settings()
    if settings.is_development:
        return True
    # Anybody can sign up with an operator's address: it must be proven, too.
    if not current_user.is_authenticated or not current_user.is_proven:
        return False
    return current_user.email.lower() in settings[OperationsSettings].ops_email_allowlist


def operator_actor() -> Actor:
    """For the audit log; in development the dashboard is open without a sign-in."""
    if current_user.is_authenticated:
        return current_actor()
    where = (request.remote_addr or "", request.user_agent.string)
    return Actor("system", None, "Somebody in development", *where)
