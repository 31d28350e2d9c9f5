"""Who may look behind the scenes: the allow list, and in development who sits at this machine."""

from functools import wraps
from typing import Any, cast

from flask import request
from flask_login import current_user

from pitchbar.accounts.access import View
from pitchbar.accounts.actors import current_actor
from pitchbar.core.proxies import is_from_this_machine
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
    if is_at_this_machine():
        return True
    # Anybody can sign up with an operator's address: it must be proven, too.
    if not current_user.is_authenticated or not current_user.is_proven:
        return False
    return current_user.email.lower() in settings[OperationsSettings].ops_email_allowlist


def is_at_this_machine() -> bool:
    """Whether this is development, and the request comes from this machine and from no proxy: a
    tunnel or a friend on the same network does not make an operator.
    """
    settings = current_settings()
    return settings.is_development and is_from_this_machine(request.environ, settings.own_host)


def operator_actor() -> Actor:
    """For the audit log; in development, at this machine, nobody need be signed in."""
    if current_user.is_authenticated:
        return current_actor()
    where = (request.remote_addr or "", request.user_agent.string)
    return Actor("system", None, "Somebody in development", *where)
