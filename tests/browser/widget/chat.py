"""The widget as a visitor meets it: by names and roles."""

import json
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.guards.test_widget_words import read


class Chat:
    """On one page; `words` are those of the language that it speaks."""

    def __init__(self, page: Page, language: str = "en") -> None:
        self.page = page
        self.words: dict[str, Any] = read(language)

    @property
    def host(self) -> Locator:
        return self.page.locator("pitchbar-widget")

    @property
    def launcher(self) -> Locator:
        return self.host.locator(".launch")

    @property
    def panel(self) -> Locator:
        return self.host.get_by_role("dialog")

    @property
    def field(self) -> Locator:
        return self.panel.get_by_role("textbox", name=self.words["question"])

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.panel.get_by_role("group", name=self.words["conversation"], exact=True)

    def button(self, word: str, **filled: Any) -> Locator:
        name = self.words[word].format(**filled) if filled else self.words[word]
        return self.panel.get_by_role("button", name=name, exact=True)

    def says(self, word: str, **filled: Any) -> Locator:
        """The sentence of that name where it is seen, not where it is read out."""
        sentence: str = self.words[word]
        seen = self.panel.locator(":scope > :not([aria-live])")
        return seen.get_by_text(sentence.format(**filled) if filled else sentence)

    def open(self) -> "Chat":
        self.launcher.click()
        expect(self.field).to_be_visible()
        moving = "one => Promise.all(one.getAnimations().map((each) => each.finished))"
        self.panel.evaluate(moving)
        return self

    def opened(self) -> "Chat":
        """By itself, as it was open on the page before."""
        expect(self.field).to_be_visible()
        return self

    def ask(self, text: str = "How long do refunds take?") -> None:
        self.field.fill(text)
        self.field.press("Enter")

    def findings(self) -> list[str]:
        """All that axe finds in the widget, be it small or grave."""
        found = Axe().run(self.page, context="pitchbar-widget").response["violations"]
        return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]

    def count_events(self, names: list[str]) -> None:
        """Notes the DOM events of the widget in `window.heard`."""
        self.page.evaluate(
            """(names) => {
              window.heard = [];
              for (const name of names)
                document.addEventListener(`pitchbar:${name}`, (event) =>
                  window.heard.push([name, event.detail]));
            }""",
            names,
        )

    def heard(self) -> list[Any]:
        found: list[Any] = json.loads(self.page.evaluate("JSON.stringify(window.heard)"))
        return found
