"""Pages and fragments from the same view."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request


def wants_fragment() -> bool:
    """True when htmx will swap a part of the page (it names that itself), not the whole body."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Request-Type") == "partial"
    )


def render(
    page: str, fragment: str | None = None, /, *, http_status: int = 200, **context: Any
) -> Response:
    """Renders the page, or its fragment when only that is asked for."""
    template = fragment if fragment and wants_fragment() else page
    response = make_response(render_template(template, **context), http_status)
    response.vary.update(["HX-Request", "HX-Request-Type"])
    return response


def go_to(url: str) -> Response:
    """Leads the browser on after an action: 303 for a form, HX-Redirect for htmx."""
    if request.headers.get("HX-Request") == "true":
        response = make_response("", 204)
        response.headers["HX-Redirect"] = url
        return response
    return make_response(redirect(url, 303))
