"""Sitemaps and feeds, good and bad."""

import gzip
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from pitchbar.core import clock
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.feeds import read_feed
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.sitemap_files import read_date, read_file
from pitchbar.crawling.sitemaps import MAX_BYTES, MAX_FILE_BYTES, Sitemap, read_sitemap
from pitchbar.crawling.wishes import Fetched
from tests.support.faulty_servers import answer
from tests.support.hostile_site import (
    ENTITY_BOMB,
    XML,
    HostileSite,
    packed,
    redirect,
    sitemap,
    sitemap_index,
)


def file(body: bytes, url: str = "https://site.example/feed", charset: str = "utf-8") -> Fetched:
    return Fetched(url, url, (), 200, "application/xml", charset, body, "", "", False, 1, "allowed")


def urls_of(read: Sitemap) -> list[str]:
    return [entry.url for entry in read]


def listed(body: bytes, charset: str = "utf-8") -> tuple[list[str], list[str]]:
    """The addresses, and what was said."""
    said: list[str] = []
    return [one.url for one in read_file(body, charset, said.append)], said


XMLS = [
    (b"<urlset><url><loc>https://a.example/</loc></url></urlset>", ["https://a.example/"], 0),
    (
        b'<?xml version="1.0"?><s:urlset xmlns:s="x"><s:url><s:loc> https://a.example/b \n</s:loc>'
        b"<s:lastmod>2026-01-02</s:lastmod></s:url></s:urlset>",
        ["https://a.example/b"],
        0,
    ),
    (
        b"<urlset><url><loc>https://a.example/?a=1&amp;b=2</loc></url></urlset>",
        ["https://a.example/?a=1&b=2"],
        0,
    ),
    (
        b"<urlset><url><loc><![CDATA[https://a.example/c]]></loc></url></urlset>",
        ["https://a.example/c"],
        0,
    ),
    (
        b"<urlset><url><loc>https://a.example/d</loc><image:image><image:loc>https://a.example/i"
        b"</image:loc></image:image></url></urlset>",
        ["https://a.example/d"],
        0,
    ),
    (b"\xef\xbb\xbf<urlset><url><loc>https://a.example/</loc></url></urlset>", None, 0),
    (b"  \n<urlset><url><loc>https://a.example/</loc></url></urlset>", None, 0),
    (
        b"https://a.example/\nhttps://a.example/b\r\n\n",
        ["https://a.example/", "https://a.example/b"],
        0,
    ),
    (b"<urlset><url><loc>https://a.example/</loc></url><url><loc>https://a.ex", None, 1),
    (b"<urlset><url><loc>https://a.example/</loc></url></nonsense>", None, 1),
    (b"", [], 1),
    (b"<html><body>Not found</body></html>", [], 0),
    (b'{"not": "xml"}', [], 1),
    (ENTITY_BOMB, [], 1),
    (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b"<urlset><url><loc>&x;</loc></url></urlset>",
        [],
        1,
    ),
    (b"<a>" * 100_000, [], 1),
]


@pytest.mark.parametrize(("body", "urls", "says"), XMLS, ids=range(len(XMLS)))
def test_a_file_is_read_as_far_as_it_goes(body: bytes, urls: list[str] | None, says: int) -> None:
    found, said = listed(body)
    assert found == (["https://a.example/"] if urls is None else urls)
    assert len(said) == says
    assert all(sentence.endswith(".") for sentence in said)


def test_letters_of_a_file_are_read_as_they_were_meant() -> None:
    text = '<?xml version="1.0" encoding="{0}"?><urlset><url><loc>https://a.example/ü</loc></url></urlset>'
    for name, charset in (
        ("ISO-8859-1", "cp1252"),
        ("utf-16", "utf-16"),
        ("windows-1251", "utf-8"),
    ):
        body = text.format(name).encode(charset)
        assert listed(body, charset)[0] == ["https://a.example/ü"], name


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-04T05:06:07+01:00", datetime(2026, 3, 4, 4, 6, 7, tzinfo=UTC)),
        ("2026-03-04T05:06:07Z", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)),
        ("2026-13-99", None),
        ("yesterday", None),
        ("2999-01-01", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("", None),
    ],
)
def test_dates_are_believed_where_they_can_be(text: str, date: datetime | None) -> None:
    assert read_date(text) == date


def test_entries_carry_their_dates(app: Flask, site: HostileSite) -> None:
    yesterday = clock.now() - timedelta(days=1)
    site.pages["/sitemap.xml"] = sitemap(site.url("/a"), last_modified=f"{yesterday:%Y-%m-%d}")
    (entry,) = read_sitemap(site.url("/sitemap.xml"))
    assert entry.last_modified is not None
    assert entry.last_modified.date() == yesterday.date()


def test_an_index_is_followed_for_one_level(app: Flask, site: HostileSite) -> None:
    site.pages |= {
        "/index.xml": sitemap_index(site.url("/one.xml"), site.url("/deep.xml")),
        "/one.xml": sitemap(site.url("/a"), site.url("/a#x"), "nonsense://x"),
        "/deep.xml": sitemap_index(site.url("/two.xml")),
        "/two.xml": sitemap(site.url("/never")),
    }
    read = read_sitemap(site.url("/index.xml"))
    assert urls_of(read) == [site.url("/a"), site.url("/a")]
    assert [one.url for one in read.left_out] == ["nonsense://x", site.url("/two.xml")]
    assert site.count("/two.xml") == 0


def test_a_packed_file_is_unpacked(app: Flask, site: HostileSite) -> None:
    body = gzip.compress(b"<urlset><url><loc>https://a.example/</loc></url></urlset>")
    site.pages["/sitemap.xml.gz"] = answer(200, body, (("Content-Type", "application/gzip"),))
    site.pages["/both.xml.gz"] = packed(gzip.compress(body), kind="application/gzip")
    for path in ("/sitemap.xml.gz", "/both.xml.gz"):
        assert urls_of(read_sitemap(site.url(path))) == ["https://a.example/"]


def test_sitemaps_in_a_circle_are_read_once(app: Flask, site: HostileSite) -> None:
    site.pages |= {
        "/one.xml": sitemap_index(site.url("/one.xml"), site.url("/two.xml"), site.url("/to-two")),
        "/two.xml": sitemap(site.url("/a")),
        "/to-two": redirect("/one.xml"),
    }
    read = read_sitemap(site.url("/one.xml"))
    assert urls_of(read) == [site.url("/a")]
    assert site.count("/two.xml") == 1
    assert any("already" in one.reason for one in read.left_out)


def test_one_that_cannot_be_had_is_said_and_the_others_are_read(
    app: Flask, site: HostileSite
) -> None:
    site.pages |= {
        "/index.xml": sitemap_index(site.url("/wall"), site.url("/reset"), site.url("/good.xml")),
        "/good.xml": sitemap(site.url("/a")),
    }
    read = read_sitemap(site.url("/index.xml"))
    assert urls_of(read) == [site.url("/a")]
    assert [one.url for one in read.left_out] == [site.url("/wall"), site.url("/reset")]


def test_the_first_must_be_there(app: Flask, site: HostileSite) -> None:
    with pytest.raises(CrawlError) as caught:
        urls_of(read_sitemap(site.url("/none.xml")))
    assert caught.value.kind == "http_404"


def test_a_bomb_is_left_within_bounds(app: Flask, site: HostileSite) -> None:
    tracemalloc.start()
    try:
        for path in ("/bomb/gzip", "/entities.xml"):
            read = read_sitemap(site.url(path))
            assert urls_of(read) == []
            assert read.left_out
        assert tracemalloc.get_traced_memory()[1] < 60 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_of_a_large_file_the_beginning_is_read() -> None:
    entry = b"<url><loc>https://a.example/%d</loc></url>"
    body = b"<urlset>" + b"".join(entry % number for number in range(250_000)) + b"</urlset>"
    cut = file(body[:MAX_FILE_BYTES], "https://a.example/s.xml")
    cut = Fetched(**{**cut.__dict__, "was_cut": True})
    read = read_sitemap("https://a.example/s.xml", lambda url: cut)
    assert len(urls_of(read)) == 50_000
    assert any("8 MB" in one.reason for one in read.left_out)


def test_many_large_files_together_have_an_end() -> None:
    body = b"<urlset>" + b" " * (MAX_FILE_BYTES - 100) + b"</urlset>"
    names = [f"https://a.example/{number}.xml" for number in range(9)]
    index = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names).encode()
    asked: list[str] = []

    def ask(url: str) -> Fetched:
        asked.append(url)
        return file(body if url in names else b"<sitemapindex>" + index + b"</sitemapindex>", url)

    read = read_sitemap("https://a.example/index.xml", ask)
    urls_of(read)
    assert len(asked) - 1 == MAX_BYTES // MAX_FILE_BYTES
    assert len(read.left_out) == 9 - MAX_BYTES // MAX_FILE_BYTES


FEED_BOMB = ENTITY_BOMB.replace(
    b"<urlset",
    b"<rss version='2.0'><channel><item><link>/x</link><title>&j;</title></item></channel></rss>"
    b"<!--",
)
RSS = """<rss version="2.0"><channel><title>News &amp; more</title>
<item><title>One &lt;b&gt;bold&lt;/b&gt;</title><link>/one</link>
<pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate></item>
<item><title>Two</title><link>https://site.example/two#x</link></item>
<item><title>Nowhere</title><link>mailto:x@y.example</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title><entry><title>A</title>
<link rel="alternate" href="https://site.example/a"/><updated>2026-02-01T00:00:00Z</updated>
</entry></feed>"""


def test_feeds_are_read_in_their_dialects() -> None:
    rss = read_feed(file(RSS.encode()))
    assert rss.title == "News & more"
    assert [(one.url, one.title) for one in rss.entries] == [
        ("https://site.example/one", "One bold"),
        ("https://site.example/two", "Two"),
    ]
    assert rss.entries[0].updated_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    assert rss.left_out == 1
    assert [one.url for one in read_feed(file(ATOM.encode())).entries] == ["https://site.example/a"]


@pytest.mark.parametrize(
    "body", [b"", b"<html><p>No feed</p></html>", b"\x00\xff", FEED_BOMB, b"http://127.0.0.1/x"]
)
def test_what_is_no_feed_is_told(body: bytes) -> None:
    with pytest.raises(CrawlError) as caught:
        read_feed(file(body))
    assert (caught.value.kind, caught.value.is_permanent) == ("not_a_feed", True)


def test_a_feed_of_broken_xml_is_read_as_far_as_it_goes() -> None:
    assert read_feed(file(RSS.encode()[:-60])).entries


def test_a_feed_is_fetched_like_a_page(app: Flask, site: HostileSite) -> None:
    site.pages["/feed"] = answer(200, RSS.encode(), XML)
    assert read_feed(fetch(site.url("/feed"))).entries[0].url == site.url("/one")
