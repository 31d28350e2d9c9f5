"""What a customer sees of a site before it is crawled."""

import time

import pytest
from flask import Flask

from pitchbar.crawling.discovery import FEED, SITE, SITEMAP, URL, Caps, discover
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.patterns import Patterns
from tests.support.faulty_servers import answer
from tests.support.hostile_site import XML, HostileSite, page, redirect, sitemap, sitemap_index


def test_a_site_is_found_by_the_sitemaps_that_its_robots_name(
    app: Flask, site: HostileSite
) -> None:
    site.robots = f"Sitemap: {site.url('/all.xml')}\nUser-agent: *\nDisallow: /private"
    site.pages["/all.xml"] = sitemap_index(site.url("/docs.xml"))
    site.pages["/docs.xml"] = sitemap(
        site.url("/docs/a"), site.url("/docs/b"), site.url("/private"), "https://other.example/x"
    )
    found = discover(site.url("/"), SITE)
    assert [one.url for one in found.pages] == [
        site.url("/docs/a"),
        site.url("/docs/b"),
        site.url("/"),
    ]
    assert found.is_whole
    assert "robots.txt" in found.how
    reasons = {one.url: one.reason for one in found.left_out}
    assert "Disallow: /private" in reasons[site.url("/private")]
    assert "other.example" in reasons["https://other.example/x"]
    assert [one.name for one in found.tree[0].branches] == ["docs"]
    assert site.paths() == ["/robots.txt", "/all.xml", "/docs.xml"]


def test_a_site_that_names_none_is_found_by_the_usual_one(app: Flask, site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = sitemap(site.url("/a"))
    found = discover(site.url("/"), SITE)
    assert [one.url for one in found.pages] == [site.url("/a"), site.url("/")]


def test_a_site_without_one_is_found_by_its_links(app: Flask, site: HostileSite) -> None:
    site.pages |= {
        "/": page('<a href="/a">A</a><a href="/wall">W</a><a href="https://other.example/">O</a>'),
        "/a": page('<a href="/b">B</a><a href="/" >home</a>'),
        "/b": page("The end."),
    }
    found = discover(site.url("/"), SITE)
    assert [one.url for one in found.pages] == [site.url("/"), site.url("/a"), site.url("/b")]
    assert found.pages[2].found_in == "It is linked to on /a."
    assert {one.url for one in found.left_out} == {site.url("/wall"), "https://other.example/"}
    assert found.is_whole


def test_hosts_and_patterns_decide(app: Flask, site: HostileSite) -> None:
    site.pages["/"] = page('<a href="/a/1">A</a><a href="/b/1">B</a>')
    found = discover(site.url("/"), SITE, patterns=Patterns(exclude=["/b/*"]))
    assert site.url("/b/1") not in [one.url for one in found.pages]
    assert "/b/*" in next(one.reason for one in found.left_out if one.url == site.url("/b/1"))


def test_a_site_without_end_is_left_within_its_caps(app: Flask, site: HostileSite) -> None:
    for start in ("/calendar/2026/1", "/deeper/"):
        site.asked.clear()
        found = discover(site.url(start), SITE, Caps(requests=10))
        assert len(site.asked) <= 13
        assert len(found.pages) < 14


@pytest.mark.settings(crawl_host_pause=2)
def test_a_slow_site_is_left_in_time(app: Flask, site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = sitemap_index(*(site.url(f"/{n}.xml") for n in range(9)))
    site.pages |= {f"/{n}.xml": sitemap(site.url(f"/page/{n}")) for n in range(9)}
    began = time.monotonic()
    found = discover(site.url("/"), SITE, Caps(seconds=1))
    assert time.monotonic() - began < 2
    assert not found.is_whole


def test_no_more_pages_than_asked_for_are_told(app: Flask, site: HostileSite) -> None:
    site.pages["/sitemap.xml"] = sitemap(*(site.url(f"/{n}") for n in range(50)))
    found = discover(site.url("/"), SITE, Caps(pages=20))
    assert (len(found.pages), found.is_whole) == (20, False)


def test_each_kind_is_what_it_says(app: Flask, site: HostileSite) -> None:
    site.pages["/s.xml"] = sitemap(site.url("/a"))
    site.pages["/feed"] = answer(
        200, b"<rss version='2.0'><channel><item><link>/b</link></item></channel></rss>", XML
    )
    assert [one.url for one in discover(site.url("/x#y"), URL).pages] == [site.url("/x")]
    assert [one.url for one in discover(site.url("/s.xml"), SITEMAP).pages] == [site.url("/a")]
    assert [one.url for one in discover(site.url("/feed"), FEED).pages] == [site.url("/b")]


@pytest.mark.parametrize(
    ("path", "kind", "trouble"),
    [
        ("/wall", SITE, "http_403"),
        ("/none.xml", SITEMAP, "http_404"),
        ("/ok", FEED, "not_a_feed"),
        ("/circle", SITE, "redirect_loop"),
    ],
)
def test_nothing_at_all_is_an_error_for_people(
    path: str, kind: str, trouble: str, app: Flask, site: HostileSite
) -> None:
    with pytest.raises(CrawlError) as caught:
        discover(site.url(path), kind)
    assert caught.value.kind == trouble


def test_a_site_that_forbids_all_is_told_so(app: Flask, site: HostileSite) -> None:
    site.robots = "User-agent: *\nDisallow: /"
    with pytest.raises(CrawlError) as caught:
        discover(site.url("/"), SITE)
    assert caught.value.kind == "robots"


def test_a_first_page_that_leads_on_is_followed(app: Flask, site: HostileSite) -> None:
    site.pages["/"] = redirect("/en/")
    site.pages |= {"/en/": page('<a href="a">A</a>'), "/en/a": page("The end.")}
    assert site.url("/en/a") in [one.url for one in discover(site.url("/"), SITE).pages]
