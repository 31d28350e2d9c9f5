"""On a phone it is the whole screen, until one goes back."""

import pytest
from playwright.sync_api import expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.host_site import page_with, snippet
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full

PHONE = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
# A keyboard that takes the lower part of what is seen; iPhones shift the page as well.
_KEYBOARD = """([height, top]) => {
  const seen = window.visualViewport;
  Object.defineProperty(seen, "height", { configurable: true, get: () => height });
  Object.defineProperty(seen, "offsetTop", { configurable: true, get: () => top });
  seen.dispatchEvent(new Event("resize"));
  seen.dispatchEvent(new Event("scroll"));
}"""


def on_phone(visit: Visit, width: int = 390) -> Chat:
    return visit(width, **PHONE)


def test_panel_takes_the_whole_screen(visit: Visit) -> None:
    chat = on_phone(visit).open()
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 740}
    # Nothing behind it is there for a screen reader.
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    scrolled = "one => [one.scrollWidth, one.clientWidth]"
    wide, seen = chat.panel.evaluate(scrolled)
    assert wide <= seen


def test_keyboard_does_not_hide_the_field(visit: Visit) -> None:
    chat = on_phone(visit).open()
    chat.page.evaluate(_KEYBOARD, [400, 60])
    chat.page.wait_for_timeout(100)
    panel, field = chat.panel.bounding_box(), chat.field.bounding_box()
    assert panel
    assert field
    assert panel["y"] == 60
    assert panel["height"] == 400
    assert field["y"] + field["height"] <= 460
    chat.page.evaluate(_KEYBOARD, [740, 0])
    chat.page.wait_for_timeout(100)
    assert chat.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 740}


def test_page_behind_does_not_scroll_along(visit: Visit) -> None:
    # With a wheel, which can be turned here as a finger cannot be drawn.
    chat = visit(390)
    chat.page.evaluate("scrollTo(0, 300)")
    chat.page.mouse.move(195, 30)
    chat.page.mouse.wheel(0, 100)
    chat.page.wait_for_function("scrollY === 400")
    chat.open()
    # Where nothing scrolls, and where something might.
    for y in (30, 300):
        chat.page.mouse.move(195, y)
        chat.page.mouse.wheel(0, 100)
        chat.page.wait_for_timeout(150)
    assert chat.page.evaluate("scrollY") == 400
    chat.button("close").click()
    expect(chat.panel).to_be_hidden()
    chat.page.wait_for_function("scrollY === 400")


def test_back_closes_it_and_stays_on_the_page(visit: Visit) -> None:
    chat = on_phone(visit)
    address = chat.page.url
    before = chat.page.evaluate("history.length")
    chat.open()
    chat.page.go_back()
    expect(chat.panel).to_be_hidden()
    assert chat.page.url == address
    # Again, and closed by its button: the page before is one step away, not two.
    chat.open()
    chat.button("close").click()
    expect(chat.panel).to_be_hidden()
    chat.page.wait_for_timeout(100)
    assert chat.page.evaluate("history.state") is None
    assert chat.page.evaluate("history.length") <= before + 1
    assert chat.page.url == address


def test_targets_are_large_enough_for_a_finger(visit: Visit, api: FakeApi) -> None:
    chat = on_phone(visit).open()
    chat.ask()
    expect(chat.button("helpful")).to_be_visible()
    small = chat.panel.evaluate("""panel => [...panel.querySelectorAll("button, a:not(.cite)")]
        .filter((one) => one.checkVisibility()).map((one) => [one, one.getBoundingClientRect()])
        .filter(([, box]) => box.width < 32 || box.height < 32)
        .map(([one, box]) => `${one.getAttribute("aria-label") || one.textContent} ` +
          `${box.width}x${box.height}`)""")
    assert small == []


def test_text_fields_do_not_make_the_phone_zoom(visit: Visit, api: FakeApi) -> None:
    chat = on_phone(visit).open()
    size = chat.field.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 16


@pytest.mark.parametrize(("width", "height"), [(320, 568), (844, 390)])
def test_smallest_and_lying_phones_reach_everything(visit: Visit, width: int, height: int) -> None:
    chat = visit(width, **PHONE)
    chat.page.set_viewport_size({"width": width, "height": height})
    chat.open()
    for one in (chat.field, chat.button("send"), chat.button("close")):
        expect(one).to_be_in_viewport(ratio=0.9)
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= width


def test_notch_and_home_bar_are_left_free(visit: Visit, api: FakeApi) -> None:
    html = page_with(snippet(api.url))
    chat = visit(390, html=html, **PHONE)
    session = chat.page.context.new_cdp_session(chat.page)
    insets = {"top": 47, "bottom": 34, "left": 0, "right": 0}
    session.send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    launcher = chat.launcher.bounding_box()
    assert launcher
    assert launcher["y"] + launcher["height"] <= 740 - 34
    chat.open()
    close, field = chat.button("close").bounding_box(), chat.field.bounding_box()
    assert close
    assert field
    assert close["y"] >= 47
    assert field["y"] + field["height"] <= 740 - 34
