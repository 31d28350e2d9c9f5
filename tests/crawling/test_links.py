"""What a page says of itself and of others."""

import time

import pytest

from pitchbar.crawling.links import MAX_LINKS, canonical_of, links_of, read_links

URL = "https://site.example/docs/page"


def read(html: str, **headers: str) -> list[str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = read_links(html.encode(), "utf-8", URL, agent="PitchbarBot", headers=named)
    return list(found.followed)


def test_links_are_found_once_each_in_the_order_of_the_page() -> None:
    html = """<a href="/b">B</a><A HREF='c?x=1#y'>C</A><a href=/b>again</a><area href="d">
        <a>none</a><a href="">itself</a><a href="mailto:x@y.example">mail</a>
        <a href="javascript:x()">x</a><a href="//other.example/e">E</a>"""
    assert links_of(html.encode(), URL) == [
        "https://site.example/b",
        "https://site.example/docs/c?x=1",
        "https://site.example/docs/d",
        "https://other.example/e",
    ]


def test_files_without_words_are_no_pages() -> None:
    names = ("a.png", "b.JPG?x=1", "c.zip", "d.css", "e.mp4", "f.pdf", "g.docx", "h.html")
    html = "".join(f'<a href="{name}">x</a>' for name in names)
    assert [url.rpartition("/")[2] for url in links_of(html.encode(), URL)] == [
        "f.pdf",
        "g.docx",
        "h.html",
    ]


def test_the_base_of_a_page_counts() -> None:
    html = b'<head><base href="https://site.example/other/"></head><a href="x">x</a>'
    assert links_of(html, URL) == ["https://site.example/other/x"]


@pytest.mark.parametrize(
    ("html", "headers", "is_followed"),
    [
        ('<a rel="nofollow" href="/x">x</a>', {}, False),
        ('<a rel="noopener NoFollow" href="/x">x</a>', {}, False),
        ('<a rel="noopener" href="/x">x</a>', {}, True),
        ('<meta name="robots" content="nofollow"><a href="/x">x</a>', {}, False),
        ('<meta name="ROBOTS" content="NOINDEX, NOFOLLOW"><a href="/x">x</a>', {}, False),
        ('<meta name="robots" content="none"><a href="/x">x</a>', {}, False),
        ('<meta name="pitchbarbot" content="nofollow"><a href="/x">x</a>', {}, False),
        ('<meta name="otherbot" content="nofollow"><a href="/x">x</a>', {}, True),
        ('<a href="/x">x</a>', {"x_robots_tag": "noindex, nofollow"}, False),
        ('<a href="/x">x</a>', {"x_robots_tag": "otherbot: nofollow"}, True),
        ('<a href="/x">x</a>', {"x_robots_tag": "pitchbarbot: nofollow"}, False),
        ('<meta http-equiv="refresh" content="0; url=/x">', {}, True),
    ],
)
def test_what_a_page_does_not_want_followed_is_not(
    html: str, headers: dict[str, str], is_followed: bool
) -> None:
    assert read(html, **headers) == (["https://site.example/x"] if is_followed else [])


def test_what_a_page_wants_kept_is_known() -> None:
    def is_noindex(html: str, **headers: str) -> bool:
        return read_links(html.encode(), "utf-8", URL, agent="X", headers=headers).is_noindex

    assert is_noindex('<meta name="robots" content="noindex">')
    assert is_noindex('<meta name="robots" content="none">')
    assert is_noindex("", **{"x-robots-tag": "noindex"})
    assert not is_noindex("", **{"x-robots-tag": "googlebot: noindex"})
    assert not is_noindex('<meta name="robots" content="all">')


@pytest.mark.parametrize(
    ("html", "link", "canonical"),
    [
        ('<link rel="canonical" href="/docs/other">', "", "https://site.example/docs/other"),
        ('<link rel="canonical" href="/docs/page#x">', "", ""),
        ('<link rel="canonical" href="http://[">', "", ""),
        ("<p>none</p>", "", ""),
        ("", '<https://site.example/x>; rel="canonical"', "https://site.example/x"),
        ("", "</a>; rel=next, </x>; rel=canonical", "https://site.example/x"),
    ],
)
def test_a_page_names_its_true_address(html: str, link: str, canonical: str) -> None:
    headers = {"link": link} if link else {}
    assert read_links(html.encode(), "utf-8", URL, headers=headers).canonical == canonical


def test_a_canonical_can_be_asked_for_alone() -> None:
    assert canonical_of(b'<link rel="canonical" href="/x">', URL) == "https://site.example/x"


def test_a_page_tells_its_title_and_feeds() -> None:
    html = """<title> How  to
        bake</title><link rel="alternate" type="application/rss+xml" href="/feed">"""
    found = read_links(html.encode(), "utf-8", URL)
    assert (found.title, found.feeds) == ("How to bake", ("https://site.example/feed",))


BAD = [
    b"",
    b"\x00\x00\x00",
    b"<",
    b"<a href='/x'",
    b"<!--" + b"-" * 1000,
    b"<div>" * 100_000 + b"<a href=/x>x</a>",
    b"<a href=/x>" * 20_000,
    b"\xff\xfe\x00\xd8",
    b"<html><body><table><tr><td><a href=/x></table></a>",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a href='&b;'>x</a>",
    b"<a href='&#0;&#xFFFFFF;x'>x</a>",
]


@pytest.mark.parametrize("html", BAD, ids=range(len(BAD)))
def test_no_markup_is_too_bad_to_be_read(html: bytes) -> None:
    assert len(read_links(html, "utf-8", URL).links) <= MAX_LINKS


def test_links_within_links_take_no_time() -> None:
    nested = "".join(f"<object><a href=/{number}>" for number in range(120))
    html = (nested + "<b>x</b>" * 200_000).encode()
    began = time.perf_counter()
    assert len(read_links(html, "utf-8", URL).links) > 50
    assert time.perf_counter() - began < 1.5


def test_a_page_of_links_without_end_is_cut() -> None:
    html = "".join(f'<a href="/{number}">x</a>' for number in range(MAX_LINKS * 2)).encode()
    assert len(links_of(html, URL)) == MAX_LINKS
