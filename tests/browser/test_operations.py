"""The operators' tables at every width: headings and cells side by side, never over each other."""

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pitchbar.demo import DEMO_EMAIL, DEMO_PASSWORD
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import serious_findings
from tests.browser.test_journeys import sign_in_to_demo

pytestmark = pytest.mark.full

PAGES = ["", "/default", "/jobs", "/failures", "/workers", "/schedule", "/schedule/ticks"]
WIDTHS = [360, 390, 560, 700, 768, 820, 899, 900, 960, 1024, 1280]

# What is wrong on the page: rows whose contents overlap, stand outside of their panel, or are so
# tall that a column must be too narrow.
_FAULTS = """() => {
  const faults = [];
  const box = (cell) => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    const { left, right } = range.getBoundingClientRect();
    const hides = [cell, ...cell.querySelectorAll("*")].some((one) =>
      getComputedStyle(one).overflowX === "hidden");
    const outer = cell.getBoundingClientRect();
    return hides ? [Math.max(left, outer.left), Math.min(right, outer.right)] : [left, right];
  };
  for (const table of document.querySelectorAll("main table")) {
    if (table.closest(".visually-hidden")) continue;
    const panel = table.closest(".panel").getBoundingClientRect();
    for (const row of table.rows) {
      const cells = [...row.cells].filter((one) => one.offsetParent && one.textContent.trim()
        && !one.querySelector(":scope > .visually-hidden:only-child"));
      const name = cells[0].textContent.trim().slice(0, 30);
      let end = panel.left;
      for (const cell of cells) {
        const [left, right] = box(cell);
        if (left < end - 0.5) faults.push(`${name}: "${cell.textContent.trim()}" overlaps`);
        end = right;
      }
      if (end > panel.right + 0.5) faults.push(`${name}: leaves its panel`);
      if (row.getBoundingClientRect().height > 100) faults.push(`${name}: too tall`);
    }
  }
  return faults;
}"""


@pytest.fixture
def state(open_page: OpenPage) -> Any:
    page = open_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(DEMO_EMAIL)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/w/demo/")
    return page


def test_tables_of_operators_hold_together_at_every_width(state: Any) -> None:
    faults = {}
    for path in PAGES:
        state.goto(f"/ops/queues{path}")
        for width in WIDTHS:
            state.set_viewport_size({"width": width, "height": 900})
            found = state.evaluate(_FAULTS)
            if state.evaluate("document.documentElement.scrollWidth") > width:
                found.append("the page scrolls sideways")
            if found:
                faults[f"{path or '/'} at {width}"] = found[:3]
    assert faults == {}


@pytest.mark.parametrize("width", [360, 700, 960])
def test_rows_keep_what_tells_them_apart(state: Any, width: int) -> None:
    state.set_viewport_size({"width": width, "height": 900})
    state.goto("/ops/queues/schedule")
    row = state.get_by_role("row").filter(has_text="jobs.snapshot_queues")
    name = row.get_by_role("link")
    assert name.bounding_box()["width"] >= 90
    assert row.get_by_text("every 5 minutes").locator("visible=true").count() == 1
    assert row.get_by_role("button", name="Run now").is_visible()
    state.goto("/ops/queues/jobs")
    job = state.get_by_role("row").nth(1)
    assert job.get_by_role("link").bounding_box()["width"] >= 90
    # What is hidden is no part of it.
    assert {"default", "ingestion", "analytics", "crawl", "index"} & set(
        re.split(r"[\s·]+", job.inner_text())
    )
    assert job.get_by_text("Done").or_(job.get_by_text("Queued")).first.is_visible()


# Its words come so near to its edges that those of the next seem to go on with them.
_IS_TIGHT = """entry => {
  const words = document.createRange();
  words.selectNodeContents(entry);
  return words.getBoundingClientRect().width + 8 > entry.getBoundingClientRect().width;
}"""


def bar_faults(page: Page) -> list[str]:
    """Entries of the operators' bar that overlap, or whose words have no room."""
    entries = page.get_by_label("Operations").get_by_role("link").all()
    assert len(entries) == 8
    found = [entry.bounding_box() for entry in entries]
    boxes = [box for box in found if box is not None]
    assert len(boxes) == len(entries)
    overlaps = [
        f"{after} over {before}"
        for before, after in pairwise(boxes)
        if after["y"] == before["y"] and after["x"] < before["x"] + before["width"]
    ]
    cut = [
        one.inner_text() for one in entries if one.evaluate("e => e.scrollWidth > e.clientWidth")
    ]
    return overlaps + cut


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_operators_work_by_keyboard_and_wrong_input_stays_at_its_field(
    open_page: OpenPage, width: int, scheme: str
) -> None:
    page = open_page(width, color_scheme=scheme, reduced_motion="reduce")
    sign_in_to_demo(page)
    for url in ("/ops/queues", "/ops/reconciliation", "/ops/policy", "/ops/settings"):
        page.goto(url)
        assert (url, bar_faults(page), serious_findings(page)) == (url, [], [])
    page.locator("#language-model").get_by_role("link", name="Change").press("Enter")
    address, model = page.get_by_label("Address"), page.get_by_label("Model")
    address.fill("not an address")
    model.fill("a-model")
    model.press("Enter")
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_value("not an address")
    expect(model).to_have_value("a-model")
    assert serious_findings(page) == []
    page.goto("/ops/settings")
    expect(page.locator("#language-model")).to_contain_text("not set")
    page.get_by_role("link", name="Release").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Release check")
    # What another test has asked for may still be looked at: its page has no button until then.
    button = page.locator("main").get_by_role("button").first
    expect(button).to_be_visible(timeout=60_000)
    page.wait_for_load_state("load")
    with page.expect_event("load", timeout=60_000):
        button.press("Enter")
    expect(page.locator("main")).to_contain_text("A scan from end to end")
    assert serious_findings(page) == []
