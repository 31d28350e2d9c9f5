"""What sites say to crawlers (RFC 9309), asked once a day for everybody."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from pitchbar.core import clock
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.politeness import MAX_DELAY, reserve, spacing_of
from pitchbar.crawling.robots import ask_robots
from pitchbar.crawling.robots_rules import MAX_BYTES, read_rules, text_of
from pitchbar.extensions import db
from tests.support.faulty_servers import answer, hang
from tests.support.hostile_site import HostileSite, packed, redirect, reset
from tests.support.servers import on_both_databases

AGENT = "PitchbarBot"
SITE = "https://site.example"

RULES = [
    # What is written, where to, and the line that decides.
    ("User-agent: *\nDisallow: /private", "/private/x", False, "Disallow: /private"),
    ("User-agent: *\nDisallow: /private", "/public", True, ""),
    ("User-agent: *\nDisallow: /", "/", False, "Disallow: /"),
    ("User-agent: *\nDisallow:", "/x", True, ""),
    ("User-agent: *\nDisallow: /\nAllow: /docs/", "/docs/a", True, "Allow: /docs/"),
    ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True, "Allow: /a"),
    ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False, "Disallow: /*.pdf$"),
    ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?y", True, ""),
    ("User-agent: *\nDisallow: /a*z", "/a/b/z/c", False, "Disallow: /a*z"),
    ("User-agent: *\nDisallow: /\n\nUser-agent: PitchbarBot\nDisallow: /x", "/y", True, ""),
    ("User-agent: pitchbarbot\nDisallow: /x", "/x", False, "Disallow: /x"),
    ("User-agent: PITCHBARBOT/2.0\nDisallow: /x", "/x", False, "Disallow: /x"),
    ("User-agent: Pitch\nDisallow: /", "/x", True, ""),
    ("User-agent: bot\nDisallow: /", "/x", True, ""),
    ("User-agent: PitchbarBotOther\nDisallow: /", "/x", True, ""),
    ("User-agent: a\nUser-agent: PitchbarBot\nDisallow: /x", "/x", False, "Disallow: /x"),
    (
        "User-agent: PitchbarBot\nDisallow: /a\n\nUser-agent: b\nDisallow: /\n\n"
        "User-agent: PitchbarBot\nDisallow: /c",
        "/c",
        False,
        "Disallow: /c",
    ),
    ("User-agent: *\nCrawl-delay: 5\nDisallow: /x", "/x", False, "Disallow: /x"),
    ("user-AGENT : *\r\ndisALLOW : /x # why", "/x", False, "Disallow: /x"),
    ("User-agent: *\rDisallow: /x\r", "/x", False, "Disallow: /x"),
    ("Disallow: /x", "/x", True, ""),
    ("<html><body>Not found</body></html>", "/x", True, ""),
    ("User-agent: *\nDisallow: /\N{LATIN SMALL LETTER U WITH DIAERESIS}", "/%C3%BC", False, None),
    ("User-agent: *\nDisallow: /%7Ejoe", "/~joe", False, None),
    ("User-agent: *\nDisallow: /x", "/robots.txt", True, ""),
]


@pytest.mark.parametrize(("written", "path", "is_allowed", "rule"), RULES)
def test_rules_are_read_as_the_standard_says(
    written: str, path: str, is_allowed: bool, rule: str | None
) -> None:
    ruling = read_rules(written, AGENT).ruling(SITE + path)
    assert ruling.is_allowed is is_allowed
    assert rule is None or ruling.rule == rule


@pytest.mark.parametrize(
    ("written", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nRequest-rate: 1/10", 10),
        ("User-agent: *\nCrawl-delay: 2\n\nUser-agent: PitchbarBot\nCrawl-delay: 9", 9),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -4", None),
        ("User-agent: *\nCrawl-delay: nan", None),
    ],
)
def test_a_delay_is_read(written: str, delay: float | None) -> None:
    assert read_rules(written, AGENT).delay == delay


def test_half_a_line_at_the_end_forbids_nothing() -> None:
    body = b"User-agent: *\nDisallow: /a\n".ljust(MAX_BYTES - 13, b"#") + b"\nDisallow: /private"
    rules = read_rules(text_of(body), AGENT)
    assert rules.ruling(f"{SITE}/p").is_allowed
    assert not rules.ruling(f"{SITE}/a").is_allowed


def test_a_mark_at_the_beginning_is_no_part_of_the_first_line() -> None:
    rules = read_rules(text_of(b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), AGENT)
    assert not rules.ruling(f"{SITE}/").is_allowed


@pytest.mark.settings(crawl_host_pause=2)
def test_a_delay_counts_up_to_a_minute(app: Flask) -> None:
    assert [spacing_of(delay) for delay in (None, 0.5, 7, 900)] == [2, 2, 7, MAX_DELAY]


def test_a_page_that_is_forbidden_is_not_asked(app: Flask, site: HostileSite) -> None:
    site.robots = "User-agent: *\nDisallow: /private"
    with pytest.raises(CrawlError) as caught:
        fetch(site.url("/private/page"))
    assert (caught.value.kind, caught.value.is_permanent) == ("robots", True)
    assert "Disallow: /private" in str(caught.value)
    assert "Disallow: /private" in caught.value.robots
    assert site.paths() == ["/robots.txt"]


def test_where_a_redirect_leads_is_asked_for_too(app: Flask, site: HostileSite) -> None:
    site.robots = "User-agent: *\nDisallow: /private"
    site.pages["/open"] = redirect("/private")
    with pytest.raises(CrawlError) as caught:
        fetch(site.url("/open"))
    assert caught.value.kind == "robots"
    assert site.count("/private") == 0


def test_the_log_says_which_line_allowed_it(app: Flask, site: HostileSite) -> None:
    site.robots = "User-agent: *\nDisallow: /\nAllow: /ok"
    assert "Allow: /ok" in fetch(site.url("/ok")).robots


@on_both_databases
def test_it_is_asked_once_however_many_workers_ask(app: Flask, site: HostileSite) -> None:
    begun = threading.Barrier(12)

    def ask() -> bool:
        with app.app_context():
            begun.wait(10)
            return ask_robots(site.url("/x")).is_allowed

    with ThreadPoolExecutor(12) as threads:
        found = [one.result() for one in [threads.submit(ask) for _ in range(12)]]
    assert found == [True] * 12
    assert site.paths() == ["/robots.txt"]


def test_it_is_asked_again_after_a_day(
    app: Flask, site: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for hours, times in ((0, 1), (23.9, 1), (24.1, 2)):
        now = began + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        ask_robots(site.url("/x"))
        assert site.count("/robots.txt") == times


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_site_that_has_none_may_be_read(status: int, app: Flask, site: HostileSite) -> None:
    site.robots = answer(status, b"User-agent: *\nDisallow: /")
    decision = ask_robots(site.url("/x"))
    assert decision.is_allowed
    assert str(status) in decision.rule


def test_one_that_leads_on_is_followed_and_one_that_leads_nowhere_is_none(
    app: Flask, site: HostileSite
) -> None:
    site.robots = redirect("/elsewhere/robots.txt")
    site.pages["/elsewhere/robots.txt"] = answer(200, b"User-agent: *\nDisallow: /x")
    assert not ask_robots(site.url("/x")).is_allowed


def test_one_in_a_circle_is_none(app: Flask, site: HostileSite) -> None:
    site.robots = redirect("/robots.txt")
    assert ask_robots(site.url("/x")).is_allowed


def test_one_that_leads_into_our_network_is_none(app: Flask, site: HostileSite) -> None:
    site.robots = redirect("http://169.254.169.254/robots.txt")
    assert ask_robots(site.url("/x")).is_allowed


@pytest.mark.settings(crawl_timeout=1)
@pytest.mark.parametrize("trouble", [answer(500), answer(503), reset, hang])
def test_nothing_is_read_where_it_cannot_be_had(
    trouble: object, app: Flask, site: HostileSite
) -> None:
    site.robots = trouble  # type: ignore[assignment]
    for _ in range(2):
        with pytest.raises(CrawlError) as caught:
            fetch(site.url("/ok"))
        assert (caught.value.kind, caught.value.is_permanent) == ("robots_unreachable", False)
    assert site.paths() == ["/robots.txt"]


def test_the_one_of_yesterday_holds_while_there_is_none_to_be_had(
    app: Flask, site: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.robots = "User-agent: *\nDisallow: /x"
    ask_robots(site.url("/x"))
    later = clock.now() + timedelta(hours=30)
    monkeypatch.setattr(clock, "now", lambda: later)
    site.robots = answer(500)
    assert not ask_robots(site.url("/x")).is_allowed
    assert ask_robots(site.url("/ok")).is_allowed
    assert site.count("/robots.txt") == 2


def test_one_that_asks_for_patience_gets_it(app: Flask, site: HostileSite) -> None:
    site.robots = answer(429, b"", (("Retry-After", "90"),))
    with pytest.raises(CrawlError) as caught:
        fetch(site.url("/ok"))
    assert caught.value.is_throttled
    assert reserve(site.pair, 0) > 80


def test_one_without_end_is_read_at_its_beginning(app: Flask, site: HostileSite) -> None:
    site.robots = answer(200, b"User-agent: *\nDisallow: /x\n" + b"# more\n" * 200_000)
    assert not ask_robots(site.url("/x")).is_allowed


def test_a_packed_one_is_unpacked(app: Flask, site: HostileSite) -> None:
    import gzip

    site.robots = packed(gzip.compress(b"User-agent: *\nDisallow: /x"), kind="text/plain")
    assert not ask_robots(site.url("/x")).is_allowed


def test_sitemaps_are_named(app: Flask, site: HostileSite) -> None:
    site.robots = "Sitemap: https://a.example/s.xml\nUser-agent: *\nDisallow: /x\nSitemap: /b.xml"
    assert ask_robots(site.url("/y")).sitemaps == ("https://a.example/s.xml", "/b.xml")


def test_a_worker_that_died_while_it_asked_holds_nobody_up(app: Flask, site: HostileSite) -> None:
    ask_robots(site.url("/x"))
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE crawl_robots SET state = '', expires_at = :past, claimed_until = :past"),
            {"past": "2026-01-01 00:00:00.000000"},
        )
    assert ask_robots(site.url("/x")).is_allowed
    assert site.count("/robots.txt") == 2
