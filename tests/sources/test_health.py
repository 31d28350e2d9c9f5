"""Re-crawls that would do damage are held; harmless ones are not."""

import random
from collections.abc import Callable

import pytest

from pitchbar.sources.crawls.health import judge
from tests.sources.factories import words

PAGES = 40
Site = dict[str, str]
# Of an address and its text; None where the page goes.
Change = Callable[[str, str], str | None]


def site(count: int = PAGES) -> Site:
    return {
        f"/{n}": f"# Article {n}\n\n{words(n)}\n\n## More\n\n{words(n + 500)}" for n in range(count)
    }


BANNER = "We use cookies to give you the best experience. Accept all cookies or choose which."
WALL = "# Sign in\n\nPlease sign in with your account to go on to this page of our help centre."
MAINTENANCE = "# Back soon\n\nOur site is being worked on. Please come back in a few hours."
SCRIPT = "You need to enable JavaScript to run this app."


def _changed(share: float, change: Change, seed: int = 1) -> tuple[Site, Site]:
    """So large a share of the pages, changed."""
    old = site()
    chosen = random.Random(seed).sample(sorted(old), round(share * PAGES))
    new = dict(old)
    for url in chosen:
        text = change(url, old[url])
        if text is None:
            del new[url]
        else:
            new[url] = text
    return old, new


DAMAGE: dict[str, Change] = {
    "pages that are gone": lambda _url, _text: None,
    "a log-in wall": lambda _url, _text: WALL,
    "a page of maintenance": lambda _url, _text: MAINTENANCE,
    "a shell that needs scripts": lambda _url, _text: SCRIPT,
    "a banner above the text": lambda _url, text: f"{BANNER}\n\n{text}",
    "a banner below the text": lambda _url, text: f"{text}\n\n{BANNER}",
    "text that is cut off": lambda _url, text: text[: len(text) // 5],
    "a list item of spam": lambda _url, text: f"{text}\n- Cheap watches and pills: order all today",
}
HARMLESS: dict[str, Change] = {
    "a new paragraph in each": lambda url, text: f"{text}\n\n{words(int(url[1:]) + 9000, 24)}",
    "another year in the same line": lambda _url, text: text.replace("Number", "Entry", 1),
    "another heading": lambda url, text: text.replace("# Article", "# Story about", 1),
    "a shorter second half": lambda _url, text: text[: len(text) * 2 // 3],
    "white space": lambda _url, text: text.replace(" ", "  "),
    "a short mark": lambda _url, text: f"{text}\n\nUpdated",
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
def test_damage_is_held(kind: str, share: float) -> None:
    old, new = _changed(share, DAMAGE[kind])
    verdict = judge(old, new, 0.2)
    assert not verdict.is_harmless
    assert verdict.facts()


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_few_pages_of_it_are_not(kind: str) -> None:
    assert judge(*_changed(0.15, DAMAGE[kind]), 0.2).is_harmless


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_does_no_harm_is_not_held_on_however_many_pages(kind: str) -> None:
    assert judge(*_changed(1.0, HARMLESS[kind]), 0.2).reason == ""


def test_a_year_that_changes_in_a_line_of_every_page_is_no_damage() -> None:
    line = "© {} The Harbour Kitchen, all rights reserved, in Hamburg and elsewhere"
    old = {url: f"{text}\n\n{line.format(2026)}" for url, text in site().items()}
    new = {url: f"{text}\n\n{line.format(2027)}" for url, text in site().items()}
    assert judge(old, new, 0.2).is_harmless


def test_pages_that_people_left_out_are_not_missed() -> None:
    old = site()
    new = {url: text for url, text in old.items() if int(url[1:]) < 10}
    assert not judge(old, new, 0.2).is_harmless
    assert judge(old, new, 0.2, lambda url: int(url[1:]) < 10).is_harmless


def test_new_pages_are_no_damage() -> None:
    assert judge(site(), site(400), 0.2).is_harmless


def test_what_would_change_is_told() -> None:
    old, new = _changed(0.5, DAMAGE["a banner above the text"])
    verdict = judge(old, new, 0.2)
    assert verdict.block == BANNER
    assert verdict.reason == "20 of 40 pages would get the same new text"
    assert judge(site(1), {}, 0.2).reason.startswith("The only page would have nothing")
