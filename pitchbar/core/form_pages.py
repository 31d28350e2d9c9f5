"""The page that holds a form, for whoever stands at the address to which the form is sent: a page
drawn there, with what was refused, is loaded anew, or its address is passed on.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

View = TypeVar("View", bound=Callable[..., Any])


def form_on(endpoint: str) -> Callable[[View], View]:
    """Marks a view that takes a form: the page of this endpoint holds it. Without the mark, it is
    the nearest page above the address.
    """

    def mark(view: View) -> View:
        view.form_page = endpoint  # type: ignore[attr-defined]  # read below, and by the guard test
        return view

    return mark


def find_form_page(path: str) -> str | None:
    """Where the form that is sent to this path stands; None when nothing is sent there."""
    adapter = _adapter()
    try:
        endpoint, parts = adapter.match(path, "POST")
    except HTTPException:
        return None
    page = getattr(current_app.view_functions[endpoint], "form_page", None)
    if page is None:
        return find_page_above(path)
    wanted = next(current_app.url_map.iter_rules(page)).arguments
    return url_for(page, **{name: value for name, value in parts.items() if name in wanted})


def find_page_above(path: str) -> str | None:
    """The nearest address above that answers a browser; None when there is none but the start."""
    adapter = _adapter()
    above = path.rstrip("/")
    while above := above.rpartition("/")[0]:
        for candidate in (above, above + "/"):
            if _is_page(adapter, candidate):
                return candidate
    return None


def _is_page(adapter: MapAdapter, path: str) -> bool:
    try:
        rule, _parts = adapter.match(path, "GET", return_rule=True)
    except HTTPException:
        return False
    return not rule.websocket


def _adapter() -> MapAdapter:
    return current_app.url_map.bind_to_environ(request.environ)
