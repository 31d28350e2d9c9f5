"""Controls as they are drawn: each stands out from what is around it, by its border or itself."""

from typing import Any

import pytest

from pitchbar.demo import DEMO_EMAIL, DEMO_PASSWORD
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.full

PAGES = [
    *("/w/demo/", "/w/demo/codes", "/w/demo/codes/new", "/w/demo/settings", "/w/demo/members"),
    *(
        "/w/demo/conversions",
        "/w/demo/tokens",
        "/w/demo/audit",
        "/account",
        "/ops/queues/jobs",
        "/ops/queues/schedule",
    ),
]

# Each visible control whose edge has less than 3:1 (WCAG 1.4.11), as "what: ratio".
_WEAK = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (colour) => {
    const [r, g, b] = rgba(colour).map((one) => one / 255).map((one) =>
      one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const behind = (element) => {
    for (let one = element.parentElement; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (rgba(colour)[3] === 255) return colour;
    }
    return "white";
  };
  const controls = "input:not([type=hidden]), select, textarea, button, a.button, .chip";
  const weak = [];
  for (const each of document.querySelectorAll(controls)) {
    const style = getComputedStyle(each);
    if (!each.checkVisibility({ opacityProperty: true }) || each.disabled) continue;
    if (style.borderTopWidth === "0px" || rgba(style.borderTopColor)[3] < 255) continue;
    if (style.appearance === "auto" && ["checkbox", "radio"].includes(each.type)) continue;
    const around = behind(each);
    const fill = rgba(style.backgroundColor)[3] === 255 ? style.backgroundColor : around;
    const ratio = Math.max(contrast(style.borderTopColor, around), contrast(fill, around));
    if (ratio < 3) weak.push(`${each.className || each.name}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(weak)];
}"""


def sign_in(page: Any) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill(DEMO_EMAIL)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/w/demo/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_controls_are_seen_on_every_page(open_page: OpenPage, theme: str) -> None:
    page = open_page(color_scheme=theme)
    weak = {}
    for path in ("/", "/login", "/signup"):
        page.goto(path)
        weak[path] = page.evaluate(_WEAK)
    sign_in(page)
    for path in PAGES:
        page.goto(path)
        weak[path] = page.evaluate(_WEAK)
    assert {path: found for path, found in weak.items() if found} == {}
