"""Colours that customers choose, systems that choose for their people, and what moves."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.widget.chat import Chat
from tests.browser.widget.conftest import Visit
from tests.support.host_site import page_with, snippet
from tests.support.widget_answers import REFUSED, Hold, Said
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full

ACCENTS = ["#0b7a5c", "#ffe500", "#fdfdfd", "#050505", "#808080", "#ff0055"]

# Text below 4.5:1, and edges, signs and the ring of the focus below 3:1, as "what: ratio". The
# colour behind is that of the nearest that is painted; what is half transparent is laid over it.
_WEAK = """() => {
  const root = document.querySelector("pitchbar-widget").shadowRoot;
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const over = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const one of colours) { canvas.fillStyle = one; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((one) => one / 255).map((one) =>
      one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const page = matchMedia("(prefers-color-scheme: dark)").matches ? "#111" : "#fff";
  const grounds = (element) => {
    const found = [];
    for (let one = element; one; one = one.parentElement) {
      found.unshift(getComputedStyle(one).backgroundColor);
    }
    return [page, ...found];
  };
  const weak = [];
  const note = (what, ratio, least) => {
    if (ratio < least) weak.push(`${what}: ${ratio.toFixed(2)}`);
  };
  for (const one of root.querySelectorAll("*")) {
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (one.closest("[disabled]")) continue;
    const style = getComputedStyle(one), ground = grounds(one);
    const name = one.className.baseVal ?? (one.className || one.localName);
    const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (says) {
      note(`text ${name}`, contrast(over([...ground, style.color]), over(ground)), 4.5);
    }
    if (one.localName === "svg") {
      note(`sign in ${one.parentElement.className}`,
        contrast(over([...ground, style.color]), over(ground)), 3);
    }
    const isControl = one.matches("input, textarea, .launch, .main, .send, .chip, .ask");
    if (isControl && !one.parentElement.matches(".ask")) {
      const around = over(ground.slice(0, -1));
      const edge = parseFloat(style.borderTopWidth)
        ? contrast(over([...ground, style.borderTopColor]), around) : 1;
      note(`edge ${name}`, Math.max(edge, contrast(over(ground), around)), 3);
    }
  }
  return [...new Set(weak)];
}"""
_RING = """one => {
  const style = getComputedStyle(one);
  return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow];
}"""


def fill(chat: Chat, api: FakeApi) -> None:
    """Everything that is drawn at once."""
    api.answers += [Said().steps(), REFUSED.steps()]
    chat.open()
    chat.ask()
    expect(chat.button("helpful")).to_be_visible()
    chat.ask("Who painted the town hall?")
    expect(chat.button("leaveAddress").last).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_accent_can_be_read_and_seen(visit: Visit, api: FakeApi, scheme: str) -> None:
    weak: dict[str, Any] = {}
    first = None
    for accent in ACCENTS:
        api.agent["accent"] = accent
        api.history = []
        html = page_with(snippet(api.url), head=f"<meta name=color-scheme content={scheme}>")
        chat = visit(html=html, path=f"/{accent[1:]}", color_scheme=scheme, reduced_motion="reduce")
        first = first or chat
        fill(chat, api)
        chat.button("leaveAddress").last.click()
        chat.page.wait_for_timeout(50)
        found = chat.page.evaluate(_WEAK)
        if found:
            weak[accent] = found
        chat.page.close()
    assert weak == {}


def test_focus_is_seen_on_every_control(visit: Visit, api: FakeApi) -> None:
    chat = visit()
    fill(chat, api)
    unseen = []
    for _ in range(25):
        chat.page.keyboard.press("Tab")
        one = chat.page.evaluate_handle(
            "document.querySelector('pitchbar-widget').shadowRoot.activeElement"
        ).as_element()
        assert one
        style, width, colour, shadow = one.evaluate(_RING)
        is_field = one.evaluate("one => one.matches('.ask textarea')")
        if is_field:
            shadow = one.evaluate("one => getComputedStyle(one.parentElement).boxShadow")
        if (style == "none" or float(width[:-2]) < 2) and shadow == "none":
            unseen.append((one.evaluate("one => one.outerHTML")[:80], style, width, colour))
    assert unseen == []


def test_forced_colours_leave_nothing_unseen(visit: Visit, api: FakeApi) -> None:
    chat = visit(forced_colors="active")
    launcher = "one => parseFloat(getComputedStyle(one).borderTopWidth)"
    assert chat.launcher.evaluate(launcher) >= 1
    fill(chat, api)
    assert chat.button("send").evaluate(launcher) >= 1
    assert chat.panel.evaluate(launcher) >= 1
    chat.field.focus()
    ring = chat.field.evaluate(
        "one => [one, one.parentElement].map((each) => getComputedStyle(each))"
        ".some((style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1)"
    )
    assert ring


def test_nothing_moves_for_who_wants_it_still(visit: Visit, api: FakeApi) -> None:
    said = Said()
    api.answers.append([*said.opening(), *said.words()[:3], Hold("rest"), said.done()])
    chat = visit(reduced_motion="reduce").open()
    chat.ask()
    expect(chat.log).to_contain_text("Money")
    running = """() => document.querySelector("pitchbar-widget").shadowRoot.getAnimations()
        .filter((one) => one.playState === "running").length"""
    assert chat.page.evaluate(running) == 0
    api.let_go("rest")
    # Who has not asked for that sees a calm caret.
    api.answers.append([*said.opening(), *said.words()[:3], Hold("more"), said.done()])
    other = visit(path="/other", reduced_motion="no-preference").open()
    other.ask()
    expect(other.log).to_contain_text("Money comes")
    assert other.page.evaluate(running) >= 1
    api.let_go("more")
