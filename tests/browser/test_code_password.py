"""The page of a code that asks for a password, in a browser, with and without JavaScript."""

from typing import Literal

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import serious_findings

pytestmark = pytest.mark.full

# One of the demo's codes.
CODE, WORD = "/t/wifi?utm_source=poster", "flat white"


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_visitor_types_the_word_and_is_led_on(
    open_page: OpenPage, theme: Literal["light", "dark"], width: int
) -> None:
    page = open_page(width, color_scheme=theme, locale="ar-EG", java_script_enabled=width > 360)
    page.route("https://harbour-kitchen.example/**", lambda route: route.fulfill(body="There"))
    page.goto(CODE)
    assert page.locator("html").get_attribute("dir") == "rtl"
    if width > 360:
        assert page.evaluate("document.activeElement.id") == "password"
        assert serious_findings(page) == []

    page.locator("#password").fill("latte")
    page.get_by_role("button").click()
    assert page.get_by_role("alert").is_visible()
    assert page.locator("#password").input_value() == ""
    if width > 360:
        assert serious_findings(page) == []

    page.locator("#password").fill(WORD)
    page.get_by_role("button").click()
    # To another host: the page's policy must let its form go on there.
    page.wait_for_url("https://harbour-kitchen.example/wifi?utm_source=poster*")
