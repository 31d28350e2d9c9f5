"""The widget as a screen reader has it, in words, and the way through by keyboard, as pictures.

    bin/bench widget_read [--language en] [--film FOLDER] [--phone] [--scheme dark]

For each state, from closed to an address that was left, the accessibility tree that the browser
makes is printed in order: role, name, value, and what is said of it. Nothing is clicked: Tab,
Enter and Escape lead through. With `--film` a picture of each step is written as well.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page, sync_playwright

from tests.guards.test_widget_words import read
from tests.support.host_site import HostSite, host_site, page_with, snippet
from tests.support.widget_answers import QUOTE, Hold, Said, citation
from tests.support.widget_api import FakeApi, fake_api

_SILENT = {"none", "generic", "InlineTextBox", "StaticText", "LineBreak", "RootWebArea"}
_SAID_OF = ("focused", "expanded", "pressed", "disabled", "invalid", "modal", "hasPopup")
# What is asked, and what is answered from; in English unless there is another.
_ASKED = {
    "en": ("How long do refunds take?", QUOTE, "Refunds"),
    "ar": ("كم يستغرق رد المال؟", "يُعاد المال خلال أربعة عشر يومًا من الإرجاع.", "رد المال"),
}
_BODY = """<main style="font: 18px/1.6 Georgia, serif; max-width: 34em; margin: 4em">
<h1>Cups made by hand</h1><p>Each one is thrown, glazed and fired in our workshop, and no two are
alike. We ship on Mondays and Thursdays.</p><p><a href="/refunds">Refunds</a></p></main>"""


def read_out(page: Page) -> Iterator[str]:
    """The tree of the widget, a line for each thing that is announced, indented as it is nested."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {one["nodeId"]: one for one in nodes}
    root = by_id[nodes[0]["nodeId"]]
    # The page's own comes first, and ends where the widget begins.
    yield from _lines(root, by_id, 0)


def _lines(
    node: dict[str, Any], by_id: dict[str, Any], depth: int, heard: str = ""
) -> Iterator[str]:
    """`heard` is the name of what it is in: its words are not said again."""
    role = node.get("role", {}).get("value", "")
    is_said = not node.get("ignored") and role not in _SILENT
    name = node.get("name", {}).get("value", "")
    if role == "StaticText" and name.strip() not in heard and not node.get("ignored"):
        yield f"{'  ' * depth}“{name.strip()}”"
    if is_said:
        yield f"{'  ' * depth}{_described(role, name, node)}"
    for one in node.get("childIds", []):
        if one in by_id:
            yield from _lines(by_id[one], by_id, depth + is_said, f"{heard} {name}")


def _described(role: str, name: str, node: dict[str, Any]) -> str:
    parts = [role]
    if name:
        parts.append(f"“{name}”")
    if value := node.get("value", {}).get("value"):
        parts.append(f"= {value}")
    if description := node.get("description", {}).get("value"):
        parts.append(f"({description})")
    for one in node.get("properties", []):
        value = one["value"].get("value")
        if one["name"] in _SAID_OF and value not in (False, "false", None):
            parts.append(one["name"] if value in (True, "true") else f"{one['name']}: {value}")
    return " ".join(parts)


class Film:
    """Numbers its pictures; without a folder it makes none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._count = 0

    def show(self, page: Page, what: str) -> None:
        self._count += 1
        print(f"\n== {self._count}. {what}")
        for line in read_out(page):
            print(line)
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            name = f"{self._count:02d}-{what.replace(' ', '-')}.png"
            page.screenshot(path=self._folder / name)


def tab_until(page: Page, name: str, key: str = "Tab") -> None:
    """Leaves the focus on what has that in its name."""
    focused = """() => { let one = document.activeElement;
      while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
      return `${one?.getAttribute("aria-label") ?? ""} ${one?.textContent ?? ""}`; }"""
    for _ in range(40):
        if name in page.evaluate(focused):
            return
        page.keyboard.press(key)
    raise SystemExit(f"{name} is not reached by keyboard")


def walk(page: Page, api: FakeApi, language: str, film: Film) -> None:
    words = read(language)
    question, quote, title = _ASKED.get(language, _ASKED["en"])
    cited = [citation(title=title, quote=quote)]
    said = Said(f"{quote} [1]", cited, offers=("person", "lead_form"))
    steps = said.words()
    api.answers.append([*said.opening(), *steps[:4], Hold("rest"), *steps[4:], said.done()])
    film.show(page, "closed")
    tab_until(page, page.locator(".launch").get_attribute("aria-label") or "")
    film.show(page, "launcher has the focus")
    page.keyboard.press("Enter")
    page.locator("pitchbar-widget textarea").wait_for()
    page.locator("pitchbar-widget .said .agent span").first.wait_for()
    film.show(page, "opened")
    # On a phone the keyboard stays away until one goes to the field.
    tab_until(page, words["question"])
    page.keyboard.type(question)
    film.show(page, "question typed")
    page.keyboard.press("Enter")
    page.get_by_text(" ".join(quote.split()[:3])).first.wait_for()
    film.show(page, "answer comes")
    api.let_go("rest")
    page.get_by_role("button", name=words["helpful"]).wait_for()
    film.show(page, "answered")
    tab_until(page, title, "Shift+Tab")
    film.show(page, "source has the focus")
    tab_until(page, words["leaveAddress"])
    page.keyboard.press("Enter")
    page.get_by_label(words["email"]).wait_for()
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    page.get_by_text(words["emailWrong"]).first.wait_for()
    film.show(page, "address is wrong")
    page.keyboard.press("End")
    page.keyboard.type("@mail.example")
    page.keyboard.press("Enter")
    page.get_by_text("ada@mail.example").first.wait_for()
    film.show(page, "address is left")
    page.keyboard.press("Escape")
    film.show(page, "closed again")


def open_page(playwright: Any, options: argparse.Namespace, url: str) -> Page:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    size = (390, 760) if options.phone else (1280, 800)
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_page(
        viewport=viewport,
        device_scale_factor=2,
        reduced_motion="reduce",
        color_scheme=options.scheme,
    )
    page.goto(url)
    page.locator("pitchbar-widget .launch").wait_for()
    return page  # type: ignore[no-any-return]


def put_page(host: HostSite, api: FakeApi, language: str) -> str:
    api.agent |= {"language": "", "greeting": "", "starters": []} if language != "en" else {}
    direction = ' dir="rtl"' if language == "ar" else ""
    html = page_with(snippet(api.url), body=_BODY, language=language, attributes=direction)
    return host.put("/", html)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--language", default="en")
    parser.add_argument("--film", type=Path)
    parser.add_argument("--phone", action="store_true")
    parser.add_argument("--scheme", default="light", choices=("light", "dark"))
    options = parser.parse_args()
    with fake_api() as api, host_site() as host, sync_playwright() as playwright:
        page = open_page(playwright, options, put_page(host, api, options.language))
        walk(page, api, options.language, Film(options.film))
        page.context.close()


if __name__ == "__main__":
    main()
