"""Pages that are signed in to the demo already: the sign-in itself is tested elsewhere."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.test_journeys import sign_in_to_demo

_kept: dict[str, Any] = {}


def open_demo(open_page: OpenPage, width: int = 1280, **options: Any) -> Page:
    """A page of its own browser session, signed in as the demo's owner."""
    page = open_page(width, storage_state=_kept.get("state"), **options)
    # Another test may have ended the session that was kept.
    # A server may close an idle connection in the moment in which it is used again.
    asked = page.request.get("/w/demo/palette", max_redirects=0, max_retries=3)
    if asked.status != 200:
        first = open_page()
        sign_in_to_demo(first)
        _kept["state"] = first.context.storage_state()
        page = open_page(width, storage_state=_kept["state"], **options)
    return page
