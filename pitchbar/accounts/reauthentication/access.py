"""Re-authentication: before a dangerous act, the person proves again who they are."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, request, url_for
from flask_login import current_user

from pitchbar.accounts.access import View, local_path, redirect_to_sign_in
from pitchbar.accounts.sign_in.flow import current_session
from pitchbar.core import clock
from pitchbar.core.htmx import go_to


def recently_authenticated(minutes: int = 15) -> Callable[[View], View]:
    """Opens the view to who has signed in or confirmed within the last `minutes`.

    Others are led to `/login/confirm` (password, Google, or a code, as they have it) and back: to
    the page that was asked for, or, when a form was sent, to the page that holds the form (the
    form itself must be sent again). Put it under the mark that says who may open the view:

        @bp.post("/w/<slug>/deletion")
        @requires("delete_workspace")
        @recently_authenticated()
        def delete(workspace: Workspace) -> Response: ...

    Use it on the page with the form as well as on its target: then nobody fills in a form in vain.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return redirect_to_sign_in()
            if not is_recently_authenticated(minutes):
                return go_to(url_for("confirm.show", next=_page_to_return_to()))
            return view(*args, **kwargs)

        return cast(View, guarded)

    return decorate


def is_recently_authenticated(minutes: int) -> bool:
    record = current_session()
    return record is not None and clock.now() - record.confirmed_at < timedelta(minutes=minutes)


def mark_reauthenticated() -> None:
    record = current_session()
    if record is not None:
        record.confirmed_at = clock.now()


def return_to_requested_page() -> Response:
    return go_to(local_path(request.values.get("next")) or url_for("profile.show"))


def _page_to_return_to() -> str | None:
    if request.method == "GET" and request.headers.get("HX-Request") != "true":
        return request.full_path.rstrip("?")
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.host:
        return None
    return local_path(page.path + (f"?{page.query}" if page.query else ""))
