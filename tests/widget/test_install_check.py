"""What is found on a customer's page, and what is said of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pitchbar.widget.built import LOADER, built
from pitchbar.widget.findings import Finding, verdict_of
from pitchbar.widget.judging_page import Expected, judge_page
from pitchbar.widget.looking import look_at_page
from pitchbar.widget.page_facts import read_page
from tests.support.faulty_servers import Handle, answer, hang
from tests.support.hostile_site import HTML, HostileSite, packed, page, redirect

APP, SHOP = "https://chat.example", "https://shop.example/cups"
HASH = built()[LOADER].hash
SNIPPET = f'<script src="{APP}/widget/widget.js?v={HASH}" data-agent="ag_1" async></script>'


def expected(**values: Any) -> Expected:
    return Expected(
        **{
            "public_id": "ag_1",
            "is_published": True,
            "allowed_origins": ("https://shop.example",),
            "restricted_paths": (),
            "others": {"ag_2": "Bicycles"},
            "app_url": APP,
            "widget_url": APP,
            "hash": HASH,
            "modules": ("app.js?v=1",),
            **values,
        }
    )


REACHED = Finding("reached", "ok", "")


def judged(
    body: str, url: str = SHOP, headers: Mapping[str, str] | None = None, **values: Any
) -> dict[str, Finding]:
    """By what was looked at."""
    html = f"<!doctype html><html><head></head><body>{body}</body></html>"
    found = judge_page(read_page(html, url), url, headers or {}, expected(**values))
    return {one.key: one for one in found}


def test_all_is_well_where_all_is_well() -> None:
    found = judged(SNIPPET)
    assert {one.level for one in found.values()} == {"ok"}
    assert list(found) == ["snippet", "agent", "address", "published", "origin", "path", "policy"]
    assert verdict_of([REACHED, *found.values()]) == "works"


@pytest.mark.parametrize(
    ("body", "level", "said"),
    [
        ("", "bad", "not in this page"),
        (f"<!-- {SNIPPET} -->", "bad", "in a comment"),
        (f"<noscript>{SNIPPET}</noscript>", "bad", "in a <noscript>"),
        (f"<template><p>{SNIPPET}</p></template>", "bad", "in a <template>"),
        (SNIPPET.replace("async", 'type="text/plain"'), "warn", "holds the snippet back"),
        (SNIPPET.replace(" src=", " data-src="), "warn", "holds the snippet back"),
        (f"<script>s.src='{APP}/widget/widget.js'</script>", "warn", "A script of the page"),
        (
            "<script>load('https://www.googletagmanager.com/gtm.js?id=GTM-AB12CD')</script>",
            "warn",
            "Google Tag Manager (GTM-AB12CD)",
        ),
        (
            '<noscript><iframe src="https://www.googletagmanager.com/ns.html"></iframe></noscript>',
            "warn",
            "Google Tag Manager may bring it",
        ),
        (SNIPPET.replace("async", 'type="module"'), "ok", "once"),
        (SNIPPET.replace("async", 'type="text/javascript"'), "ok", "once"),
        (SNIPPET.replace("<script", "<SCRIPT").replace("</script", "</SCRIPT"), "ok", "once"),
        # Where it works, a comment beside it is nobody's business.
        (f"{SNIPPET}<!-- {SNIPPET} -->", "ok", "once"),
        (SNIPPET * 3, "note", "3 times"),
        ('<script src="/js/mywidget.js"></script>', "bad", "not in this page"),
    ],
)
def test_it_says_whether_the_snippet_is_there(body: str, level: str, said: str) -> None:
    found = judged(body)["snippet"]
    assert found.level == level
    assert said in found.text


def test_what_may_come_by_a_script_is_not_called_broken() -> None:
    found = judged("<script>x('https://www.googletagmanager.com/gtm.js?id=GTM-AB12CD')</script>")
    assert verdict_of([REACHED, *found.values()]) == "unclear"
    assert verdict_of([REACHED, *judged("").values()]) == "fails"


@pytest.mark.parametrize(
    ("body", "level", "said"),
    [
        (SNIPPET.replace("ag_1", "ag_2"), "bad", "another agent: “Bicycles”"),
        # Of others' workspaces no name is told.
        (SNIPPET.replace("ag_1", "ag_9"), "bad", "another agent: ag_9"),
        (SNIPPET.replace(' data-agent="ag_1"', ""), "bad", "data-agent is missing"),
        (SNIPPET.replace('"', "\u201d"), "bad", "curly"),
        (SNIPPET.replace('data-agent="ag_1"', "data-agent=\u201cag_1\u201d"), "bad", "curly"),
        (SNIPPET + SNIPPET.replace("ag_1", "ag_2"), "warn", "and for another: “Bicycles”"),
        (SNIPPET.replace('"ag_1"', '" ag_1 "'), "ok", "names this agent"),
    ],
)
def test_it_says_whose_snippet_it_is(body: str, level: str, said: str) -> None:
    found = judged(body)["agent"]
    assert found.level == level
    assert said in found.text


@pytest.mark.parametrize(
    ("body", "level", "said"),
    [
        (SNIPPET.replace(APP, "https://other.example"), "bad", "other.example, which is not"),
        (SNIPPET.replace(APP, ""), "bad", "shop.example, which is not"),
        (SNIPPET.replace("/widget/widget.js", "/x/widget/widget.js"), "bad", "which is not"),
        (SNIPPET.replace("https:", "http:"), "bad", "chat.example, which is not"),
        (SNIPPET.replace("https:", ""), "ok", "current version"),
        (SNIPPET.replace(HASH, "0" * 16), "note", "earlier version"),
        (SNIPPET.replace(f"?v={HASH}", ""), "note", "earlier version"),
        (SNIPPET.replace(APP, "https://[broken"), "bad", "which is not"),
    ],
)
def test_it_says_whether_it_loads_from_here(body: str, level: str, said: str) -> None:
    found = judged(body)["address"]
    assert found.level == level
    assert said in found.text


def test_an_encrypted_page_refuses_what_is_not() -> None:
    plain = "http://chat.example"
    found = judged(SNIPPET.replace(APP, plain), app_url=plain, widget_url=plain)["address"]
    assert found.text == "The page is encrypted and the snippet is not, so browsers refuse it."


def test_from_a_host_of_its_own_it_says_where_the_calls_go() -> None:
    cdn = "https://cdn.example.net"
    other = SNIPPET.replace(APP, cdn)
    assert "data-api is missing" in judged(other, widget_url=cdn)["address"].text
    whole = other.replace("async", f'data-api="{APP}/api/v1/widget" async')
    assert judged(whole, widget_url=cdn)["address"].level == "ok"
    # The installation itself serves it, too.
    assert judged(SNIPPET, widget_url=cdn)["address"].level == "ok"


def test_base_of_the_page_counts() -> None:
    body = SNIPPET.replace(APP, "")
    html = f'<html><head><base href="{APP}/x/"></head><body>{body}</body></html>'
    (tag,) = read_page(html, SHOP).tags
    assert tag.url.startswith(f"{APP}/widget/widget.js")


def test_it_says_what_the_agent_is_told_to_do() -> None:
    assert "is a draft" in judged(SNIPPET, is_published=False)["published"].text
    elsewhere = judged(SNIPPET, url="https://www.shop.example/")["origin"]
    assert (elsewhere.level, elsewhere.code) == ("bad", "https://www.shop.example")
    assert judged(SNIPPET, url="https://www.shop.example/", allowed_origins=("*",))["origin"]
    assert judged(SNIPPET, url=f"{APP}/page")["origin"].level == "ok"
    left_out = judged(SNIPPET, restricted_paths=("/cups",))["path"]
    assert (left_out.level, "on /cups" in left_out.text) == ("bad", True)


def test_policies_of_header_and_page_are_both_read() -> None:
    header = {"content-security-policy": "script-src 'self'"}
    found = judged(SNIPPET, headers=header)["policy"]
    assert found.text == (
        "Its Content-Security-Policy keeps out the script and the files that it loads."
    )
    assert found.code == f"script-src {APP}/widget/;"
    meta = '<meta http-equiv="content-security-policy" content="connect-src \'self\'">'
    calls = judged(meta + SNIPPET)["policy"]
    assert "keeps out the chat's calls" in calls.text
    assert calls.code == f"connect-src {APP}/api/v1/widget/;"
    nonce = judged(SNIPPET, headers={"content-security-policy": "script-src 'nonce-x'"})["policy"]
    assert nonce.hint == "Give the snippet the page's nonce, as its other scripts have it."
    assert nonce.code == ""
    both = {"content-security-policy": "default-src 'nonce-x'"}
    assert judged(SNIPPET, headers=both)["policy"].code == f"connect-src {APP}/api/v1/widget/;"
    assert "keeps out the script, the files that it loads and the chat's calls" in (
        judged(SNIPPET, headers={"content-security-policy": "default-src 'none'"})["policy"].text
    )
    with_nonce = SNIPPET.replace("async", 'nonce="x" async')
    let_in = judged(with_nonce, headers={"content-security-policy": "script-src 'nonce-x'"})
    assert let_in["policy"].level == "ok"
    only = {"content-security-policy-report-only": "script-src 'self'"}
    assert judged(SNIPPET, headers=only)["policy"].level == "ok"


def test_lines_that_are_named_let_everything_through() -> None:
    lacking = judged(SNIPPET, headers={"content-security-policy": "default-src 'none'"})["policy"]
    mended = f"default-src 'none'; {lacking.code}"
    assert judged(SNIPPET, headers={"content-security-policy": mended})["policy"].level == "ok"


Look = Callable[[str], list[Finding]]


@pytest.fixture
def look(site: HostileSite) -> Look:
    """At a path of the site."""

    def at(path: str) -> list[Finding]:
        wanted = expected(allowed_origins=(site.origin,))
        return look_at_page(site.url(path), wanted, frozenset({site.pair}))

    return at


def test_a_page_is_fetched_and_judged_where_it_leads_to(site: HostileSite, look: Look) -> None:
    site.pages = {"/": redirect("/cups"), "/cups": page(SNIPPET)}
    found = look("/")
    assert "It led on to" in found[0].text
    assert verdict_of(found) == "works"
    agent = site.asked[0].header("User-Agent")
    assert agent == f"Pitchbar-InstallCheck/1.0 (bot; +{APP})"


def test_a_packed_page_in_old_letters_is_read(site: HostileSite, look: Look) -> None:
    import gzip

    body = f"<html><body>Grüße{SNIPPET}</body></html>".encode("cp1252")
    site.pages = {"/cups": packed(gzip.compress(body), kind="text/html; charset=iso-8859-1")}
    assert verdict_of(look("/cups")) == "works"


@pytest.mark.parametrize(
    ("handle", "level", "said"),
    [
        (page("", status=404), "bad", "no such page (404)"),
        (page("", status=500), "bad", "reports an error (500)"),
        (page("", status=403), "warn", "does not let us look (403)"),
        (page("", status=401), "warn", "does not let us look (401)"),
        (answer(200, b"%PDF", (("Content-Type", "application/pdf"),)), "bad", "application/pdf"),
        (answer(302, b""), "bad", "without saying where"),
        (redirect("ftp://x.example/"), "bad", "Only web addresses"),
        (redirect("http://10.0.0.1/"), "bad", ""),
        (packed(b"broken"), "bad", "broken"),
    ],
)
def test_a_page_that_is_none_is_said_and_nothing_else(
    site: HostileSite, look: Look, handle: Handle, level: str, said: str
) -> None:
    site.pages = {"/cups": handle}
    (found,) = look("/cups")
    assert (found.key, found.level) == ("reached", level)
    assert verdict_of([found]) == "unclear"
    assert said in found.text


def test_private_addresses_are_never_asked(site: HostileSite) -> None:
    site.pages = {"/cups": page(SNIPPET)}
    (found,) = look_at_page(site.url("/cups"), expected(), frozenset())
    assert found.level == "bad"
    assert "public internet" in found.hint
    assert site.asked == []


def test_a_long_page_is_read_in_part(site: HostileSite, look: Look) -> None:
    body = f"<html><body>{SNIPPET}{'x' * 3_000_000}</body></html>".encode()
    site.pages = {"/cups": answer(200, body, HTML)}
    found = look("/cups")
    assert (found[0].level, "first 2 megabytes" in found[0].text) == ("note", True)
    assert verdict_of(found) == "works"


def test_a_site_that_never_answers_is_given_up(
    site: HostileSite, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pitchbar.widget.looking._SECONDS", 0.2)
    site.pages = {"/cups": hang}
    (found,) = look("/cups")
    assert "did not answer in full" in found.text


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<",
        "<base href='http://[x'>",
        "\x00",
        "<!--" * 20_000,
        "<div>" * 20_000,
        "<script src='" + "x" * 100_000,
    ],
)
def test_nasty_pages_are_survived(body: str) -> None:
    facts = read_page(body, SHOP)
    assert list(facts.tags) == []
