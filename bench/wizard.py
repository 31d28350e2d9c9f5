"""From nothing to a printed code that answers: seconds of machine time, clicks and filled fields.

    bin/bench wizard [--runs 3] [--film FOLDER]

A browser signs up, makes a workspace and a code that talks, as a person would who types at once:
a field is clicked unless the page has put the caret there or Tab leads to it. Then the code is read
off the sheet as it is printed, its address is opened as a phone opens it, and a question is asked
whose answer must quote the text that was pasted. Ends with 1 where any of that does not hold.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from bench import machine

TEXT = (
    "# Flat 12\n\nThe key box stands beside the green door, and its code is 4471. "
    "Check-out is at eleven in the morning."
)
QUESTION, SAID = "When is check-out?", "eleven in the morning"
_PATIENCE_MS = 60_000
_PHONE = {"width": 390, "height": 844}


@dataclass
class Hand:
    """Does what a person does, and counts it."""

    page: Page
    film: Path | None
    clicks: int = 0
    fields: int = 0
    tabs: int = 0
    # What was done, and after how many seconds.
    steps: list[tuple[str, float]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def click(self, words: str, role: str = "button") -> None:
        found = self.page.get_by_role("main").get_by_role(role, name=words, exact=True)  # type: ignore[arg-type]  # any role
        found.first.click()
        self.clicks += 1
        self.note(words)

    def type(self, words: str, text: str) -> None:
        place = self.page.get_by_role("textbox", name=words, exact=True)
        place.wait_for()
        self.reach(place)
        place.fill(text)
        self.fields += 1

    def reach(self, place: Locator) -> None:
        is_there = "place => place === document.activeElement"
        if place.evaluate(is_there):
            return
        if self.page.evaluate("document.activeElement !== document.body"):
            self.page.keyboard.press("Tab")
            if place.evaluate(is_there):
                self.tabs += 1
                return
        place.click()
        self.clicks += 1

    def note(self, words: str) -> None:
        self.page.wait_for_load_state()
        self.steps.append((words, time.monotonic() - self.began))
        if self.film:
            name = words.lower().replace(" ", "-")
            self.page.screenshot(path=self.film / f"{len(self.steps)}-{name}.png")


def make_code(hand: Hand, url: str, number: int) -> bytes:
    """The picture of what is printed."""
    page = hand.page
    page.goto(f"{url}/signup")
    # What a person opens first is no part of it.
    hand.began = time.monotonic()
    hand.type("Your name", "Ada")
    hand.type("Work e-mail", f"ada{number}@mail.example")
    hand.type("Password", "nine quiet horses")
    hand.click("Create account")
    hand.type("Workspace name", f"Harbour flats {number}")
    hand.click("Create workspace")
    hand.click("Make one that talks", "link")
    hand.type("Name", "Flat 12")
    hand.click("Next")
    hand.type("Text", TEXT)
    hand.click("Read it")
    # Comes by itself once it is read.
    hand.click("Make the code")
    page.get_by_role("heading", name="Flat 12 talks").wait_for()
    page.emulate_media(media="print")
    picture = page.locator(".talking-sheet")
    page.wait_for_function("document.querySelector('.talking-sheet img').complete")
    return picture.screenshot()


def scan(picture: bytes) -> str:
    """The address in it, and that it leads on."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    if len(found) != 1:
        raise SystemExit(f"{len(found)} codes are read off the sheet, not one")
    answer = httpx.get(found[0].text, headers={"User-Agent": "Mozilla/5.0 (iPhone) Mobile Safari"})
    if answer.status_code != 302 or "/c/ag_" not in answer.headers["Location"]:
        raise SystemExit(f"{found[0].text} is answered with {answer.status_code}")
    return found[0].text


def ask(hand: Hand) -> None:
    """Ends when the answer stands there with its source."""
    page = hand.page
    page.get_by_label("Your question").fill(QUESTION)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("log").get_by_text(SAID).first.wait_for()
    source = page.locator(".chat-sources summary").first
    source.click()
    quoted = page.locator(".chat-sources blockquote").first.inner_text()
    if SAID not in quoted:
        raise SystemExit(f"the answer cites something else: {quoted!r}")


def run(browser: Browser, url: str, number: int, film: Path | None) -> Hand:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_PATIENCE_MS)
    hand = Hand(context.new_page(), film)
    picture = make_code(hand, url, number)
    hand.steps.append(("the sheet is there", time.monotonic() - hand.began))
    if film:
        (film / "sheet.png").write_bytes(picture)
    address = scan(picture)
    phone = browser.new_context(viewport=_PHONE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]  # a dict of the right keys
    phone.set_default_timeout(_PATIENCE_MS)
    hand.page = phone.new_page()
    hand.page.goto(address)
    ask(hand)
    hand.note("it answers")
    for one in (context, phone):
        one.close()
    return hand


@contextmanager
def served(folder: Path) -> Iterator[str]:
    port = machine.free_port()
    url = f"http://127.0.0.1:{port}"
    environ = {"APP_URL": url, "PORT": str(port), "DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"}
    arguments = [machine.program("pitchbar"), "serve", "--no-demo"]
    server = machine.start(arguments, environ, folder / "log")
    try:
        machine.wait_until(
            lambda: machine.answers(f"{url}/up/ready"), 120, f"server: {folder / 'log'}"
        )
        yield url
    finally:
        machine.end(server)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--film", type=Path, help="folder for a picture of each step")
    options = parser.parse_args()
    if options.film:
        options.film.mkdir(parents=True, exist_ok=True)
    hands = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=machine.program("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for number in range(options.runs):
            hands.append(run(browser, url, number, options.film if number == 0 else None))
        browser.close()
    for steps in zip(*(hand.steps for hand in hands), strict=True):
        print(f"{steps[0][0]:24}", *(f"{seconds:7.2f}" for _, seconds in steps), "s")
    first = hands[0]
    print(f"clicks {first.clicks}, fields {first.fields}, reached by Tab {first.tabs}")
    print(f"from sign-up to an answer: {median(hand.steps[-1][1] for hand in hands):.1f} s")


if __name__ == "__main__":
    main()
