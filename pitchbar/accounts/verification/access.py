"""`@proven_address`: for what must not be set up under an address that may be somebody else's."""

from functools import wraps
from typing import Any, cast

from flask import request, url_for
from flask_login import current_user

from pitchbar.accounts.access import View
from pitchbar.core.htmx import go_to


def proven_address(view: View) -> View:
    """Leads others to the page that sends the link, and from there back. Put it under the mark
    that says who may open the view.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if current_user.is_authenticated and not current_user.is_proven:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return go_to(url_for("verification.show", next=wanted))
        return view(*args, **kwargs)

    return cast(View, guarded)


def is_unproven() -> bool:
    """Whether somebody is signed in who has not shown yet that the address is theirs."""
    return bool(current_user.is_authenticated) and not current_user.is_proven
