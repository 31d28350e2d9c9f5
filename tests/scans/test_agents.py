from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from pitchbar.core.device_names import plain_browser, plain_system
from pitchbar.core.devices import read_device
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.scans.robots import robot_reason_of_agent
from tests.scans.conftest import Ingest
from tests.scans.lines import make_line

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "device", "os", "browser"),
    [
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {SAFARI} Version/18.5 "
            "Mobile/15E148 Safari/604.1",
            "phone",
            "iOS",
            "Safari",
        ),
        (
            f"Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) {SAFARI} Version/17.6 Mobile/15E148 "
            "Safari/604.1",
            "tablet",
            "iOS",
            "Safari",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {WEBKIT} Chrome/137.0.0.0 Mobile "
            "Safari/537.36",
            "phone",
            "Android",
            "Chrome",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 13; SM-X906B) {WEBKIT} Chrome/137.0.0.0 Safari/537.36",
            "tablet",
            "Android",
            "Chrome",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-S921B) {WEBKIT} SamsungBrowser/27.0 "
            "Chrome/125.0.0.0 Mobile Safari/537.36",
            "phone",
            "Android",
            "Samsung Internet",
        ),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0",
            "phone",
            "Android",
            "Firefox",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/137.0.0.0 Safari/537.36 "
            "Edg/137.0.0.0",
            "desktop",
            "Windows",
            "Edge",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Version/18.4 "
            "Safari/605.1.15",
            "desktop",
            "macOS",
            "Safari",
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
            "desktop",
            "Ubuntu",
            "Firefox",
        ),
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/137.0.0.0 Safari/537.36",
            "desktop",
            "Linux",
            "Chrome",
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/137.0.0.0 Safari/537.36",
            "desktop",
            "ChromeOS",
            "Chrome",
        ),
        (
            f"Mozilla/5.0 (Web0S; Linux/SmartTV) {WEBKIT} Chrome/94.0.4606.128 Safari/537.36 "
            "WebAppManager",
            "tv",
            "webOS",
            "Chrome",
        ),
        ("Mozilla/5.0 (Linux; something new)", None, "Linux", None),
    ],
)
def test_people_are_read_as_what_they_hold(
    user_agent: str, device: str | None, os: str | None, browser: str | None
) -> None:
    read = read_device(user_agent)

    assert (read.kind, read.os, read.browser) == (device, os, browser)
    assert robot_reason_of_agent(user_agent) is None


@pytest.mark.parametrize(
    ("user_agent", "reason"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "known_agent"),
        ("curl/8.5.0", "known_agent"),
        ("python-requests/2.32.3", "known_agent"),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "known_agent"),
        ("WhatsApp/2.24.20.89 A", "link_preview"),
        ("facebookexternalhit/1.1 (+http://www.facebook.com/x)", "link_preview"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "link_preview"),
        ("TelegramBot (like TwitterBot)", "link_preview"),
        ("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "link_preview"),
        ("", "no_agent"),
    ],
)
def test_robots_are_known_with_their_reason(user_agent: str, reason: str) -> None:
    assert robot_reason_of_agent(user_agent) == reason


AGENTS = Path(__file__).parent / "agents" / "devices.txt"
CORPUS = [line.split("\t") for line in AGENTS.read_text().splitlines()]


def test_corpus_is_of_many_kinds() -> None:
    agents = {agent for *_, agent in CORPUS}
    assert len(agents) == len(CORPUS) >= 150
    assert {kind for kind, *_ in CORPUS} == {
        "phone",
        "tablet",
        "tv",
        "desktop",
        "console",
        "watch",
        "headset",
    }


@pytest.mark.parametrize(("kind", "os", "browser", "agent"), CORPUS)
def test_device_of_the_corpus_is_told_in_plain_words(
    kind: str, os: str, browser: str, agent: str
) -> None:
    read = read_device(agent)

    told = (read.kind, read.os, read.browser)
    assert tuple(part or "-" for part in told) == (kind, os, browser)
    # What a TV plays with is no browser.
    if "AppleCoreMedia" not in agent:
        assert robot_reason_of_agent(agent) is None


@pytest.mark.parametrize(
    ("stored", "plain"),
    [
        (("Mobile Safari", "iOS"), ("Safari", "iOS")),
        (("Chrome Mobile iOS", "iOS"), ("Chrome", "iOS")),
        (("Chrome Mobile WebView", "Android"), ("Android app", "Android")),
        (("Mobile Safari UI/WKWebView", "iOS"), ("iOS app", "iOS")),
        (("Firefox Mobile", "Android"), ("Firefox", "Android")),
        (("Edge Mobile", "Android"), ("Edge", "Android")),
        (("IE", "Windows"), ("Internet Explorer", "Windows")),
        (("Android", "Android"), ("Android Browser", "Android")),
        (("Safari", "Mac OS X"), ("Safari", "macOS")),
        (("Chrome", "Chrome OS"), ("Chrome", "ChromeOS")),
        (("Samsung Internet", "Web0S"), ("Samsung Internet", "webOS")),
        ((None, None), (None, None)),
    ],
)
def test_names_that_older_releases_stored_read_as_they_do_today(
    app: Flask,
    ingest: Ingest,
    stored: tuple[str | None, str | None],
    plain: tuple[str | None, str | None],
) -> None:
    ingest(make_line())
    browser, os = stored
    db.session.execute(
        text("UPDATE scans SET browser = :browser, os = :os"), {"browser": browser, "os": os}
    )

    scan = db.session.scalars(select(Scan)).one()
    assert (scan.browser, scan.os) == plain


@pytest.mark.parametrize("agent", CORPUS[::9])
def test_name_of_today_stays_as_it_is(agent: list[str]) -> None:
    _, os, browser, _ = agent

    assert (plain_system(os), plain_browser(browser)) == (os, browser)


@pytest.mark.parametrize("user_agent", ["\x00", "\xff" * 512, "(" * 512, "Mozilla/5.0 (" * 39])
def test_nonsense_is_unknown_not_an_error(user_agent: str) -> None:
    assert read_device(user_agent).os is None
    assert robot_reason_of_agent(user_agent) == "program"


def test_names_fit_their_columns() -> None:
    device = read_device("Mozilla/5.0 (" + "X" * 200 + "Bot) " + "Y" * 200 + "/1.0")

    assert all(part is None or len(part) <= 64 for part in (device.os, device.browser))
