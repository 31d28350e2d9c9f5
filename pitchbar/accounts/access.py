"""Who may open a view. Each view carries one of these marks; a guard test asks for it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import redirect, request, url_for
from flask_login import current_user

from pitchbar.core.held_forms import find_held_form
from pitchbar.core.htmx import go_to
from pitchbar.errors import error_response

View = TypeVar("View", bound=Callable[..., Any])


def open_to_all(view: View) -> View:
    """Anyone, signed in or not."""
    view.access = "all"  # type: ignore[attr-defined]  # read by the guard test
    return view


def signed_in(view: View) -> View:
    """Anyone with an account; others are led to the sign-in and back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return redirect_to_sign_in()
        return view(*args, **kwargs)

    guarded.access = "signed_in"  # type: ignore[attr-defined]  # read by the guard test
    return cast(View, guarded)


def redirect_to_sign_in() -> Any:
    """A redirect to the sign-in that comes back to the page which was asked for. What somebody
    typed in the meantime is kept in a page of its own.
    """
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    target = url_for("accounts.login", next=wanted)
    if request.headers.get("HX-Request") == "true":
        return go_to(target)
    if find_held_form():
        return error_response(401)
    return redirect(target, 302)


def local_path(url: str | None) -> str | None:
    """The path when it leads to our own site, else None: `next=` must not send people away."""
    if not url or not url.startswith("/") or url.startswith(("//", "/\\")):
        return None
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not url.isprintable():
        return None
    return url
