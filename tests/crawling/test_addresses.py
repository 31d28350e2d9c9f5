"""Which address is which, which belong to a source, and which a site makes up without end."""

import time

import pytest

from pitchbar.crawling.addresses import is_same_site, normalise, resolve
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.patterns import Patterns, refuse_pattern
from pitchbar.crawling.traps import MAX_CALENDAR_PAGES, Traps, trap_of
from pitchbar.crawling.tree import tree_of

SITE = "https://site.example"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("HTTPS://Site.EXAMPLE", "https://site.example/"),
        ("https://site.example:443/a", "https://site.example/a"),
        ("http://site.example:80/a", "http://site.example/a"),
        ("http://site.example:443/a", "http://site.example:443/a"),
        ("https://site.example./a", "https://site.example/a"),
        ("https://site.example/a/../b/./c", "https://site.example/b/c"),
        ("https://site.example/%2e%2e/a", "https://site.example/a"),
        ("https://site.example/a#part", "https://site.example/a"),
        ("https://site.example/a?", "https://site.example/a"),
        ("  https://site.example/a\n", "https://site.example/a"),
        ("https://site.example/%7ejoe/%c3%a9", "https://site.example/~joe/%C3%A9"),
        ("https://site.example/%2fa", "https://site.example/%2Fa"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://site.example/a?b=2&a=1&b=1", "https://site.example/a?a=1&b=2&b=1"),
        ("https://site.example/a?utm_source=x&UTM_Medium=y&id=5", "https://site.example/a?id=5"),
        (
            "https://site.example/?gclid=1&fbclid=2&msclkid=3&_ga=4&mc_eid=5",
            "https://site.example/",
        ),
        ("https://site.example/a;jsessionid=0A1B?x=1", "https://site.example/a?x=1"),
        ("https://site.example/a?PHPSESSID=8f3c&x=1", "https://site.example/a?x=1"),
        ("https://site.example/a?ASPSESSIONIDQQ=8f3c", "https://site.example/a"),
        ("https://site.example/(S(lit3py55t21z5v55vlm25s55))/a", "https://site.example/a"),
        ("https://site.example/a?sid=5", "https://site.example/a?sid=5"),
        ("https://site.example/a?sid=0a1b2c3d4e5f60718293a4b5", "https://site.example/a"),
        ("https://site.example/a?token=how-to-make-a-token-work", None),
        ("http://[2606:4700::1111]:80/", "http://[2606:4700::1111]/"),
    ],
)
def test_one_page_has_one_address(written: str, normal: str | None) -> None:
    assert normalise(written) == (normal or written)
    assert normalise(normalise(written)) == normalise(written)


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("ftp://site.example/", "scheme"),
        ("mailto:a@site.example", "scheme"),
        ("javascript:void(0)", "scheme"),
        ("site.example", "malformed"),
        ("//site.example", "malformed"),
        ("http:site.example", "malformed"),
        ("https://", "malformed"),
        ("", "malformed"),
        ("https://site.example:99999/", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://site.example/" + "a" * 2048, "malformed"),
    ],
)
def test_what_is_no_address_is_told(written: str, kind: str) -> None:
    with pytest.raises(CrawlError) as caught:
        normalise(written)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("../b", f"{SITE}/b"),
        ("?page=2", f"{SITE}/a/c?page=2"),
        ("//other.example/x", "https://other.example/x"),
        ("#part", f"{SITE}/a/c"),
        ("mailto:x@y.example", ""),
        ("tel:123", ""),
        ("http://[", ""),
    ],
)
def test_links_are_read_from_where_they_stand(link: str, found: str) -> None:
    assert resolve(link, f"{SITE}/a/c") == found


def test_www_is_the_same_site_and_another_port_is_not() -> None:
    assert is_same_site("https://www.site.example/a", "http://site.example/")
    assert not is_same_site("https://site.example:8443/", "https://site.example/")
    assert not is_same_site("https://notsite.example/", "https://site.example/")


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("/blog", ("/blog", "/blog/", "/blog/a", "/blog?p=2"), ("/blogger", "/a/blog")),
        ("/blog/", ("/blog", "/blog/a"), ("/blogger",)),
        ("/blog/*", ("/blog/", "/blog/a/b"), ("/blog", "/a/blog/b")),
        ("*.pdf", ("/a.pdf", "/b/c.pdf", "/c.pdf?v=2"), ("/a.pdfs", "/pdf")),
        ("/a/*/c", ("/a/b/c", "/a/b/b/c"), ("/a/c", "/a/b/cd")),
        ("*print=1*", ("/a?print=1", "/a?x=2&print=1"), ("/print",)),
        ("/straße", ("/stra%C3%9Fe",), ("/strasse",)),
        ("blog", ("/blog/a",), ("/a/blog",)),
        ("docs.example.org/a", (), ("/a",)),
        ("https://SITE.example/a", ("/a", "/a/b"), ("/b",)),
        ("site.example/a/*", ("/a/b",), ("/b/a",)),
        ("*.example/a", (), ("/b",)),
        ("/", ("/", "/a"), ()),
        ("*", ("/", "/a"), ()),
    ],
)
def test_patterns_mean_what_people_think(
    pattern: str, yes: tuple[str, ...], no: tuple[str, ...]
) -> None:
    patterns = Patterns(include=[pattern])
    assert [path for path in yes if not patterns.allows(SITE + path)] == []
    assert [path for path in no if patterns.allows(SITE + path)] == []


def test_what_is_left_out_stays_out_and_says_by_which_pattern() -> None:
    patterns = Patterns(include=["/docs/*"], exclude=["/docs/old/*"])
    out = patterns.explain(f"{SITE}/docs/old/a")
    assert (out.is_included, out.pattern) == (False, "/docs/old/*")
    assert "/docs/old/*" in out.sentence
    assert patterns.explain(f"{SITE}/docs/new").pattern == "/docs/*"
    nothing = patterns.explain(f"{SITE}/blog")
    assert (nothing.is_included, nothing.pattern) == (False, "")
    assert Patterns().allows(f"{SITE}/anything")
    assert Patterns(["", "  "], [""]).allows(f"{SITE}/anything")


def test_no_pattern_makes_it_slow() -> None:
    patterns = Patterns(include=["*a" * 99 + "*b"])
    began = time.perf_counter()
    assert not patterns.allows(f"{SITE}/{'a' * 2000}")
    assert time.perf_counter() - began < 0.05


@pytest.mark.parametrize("text", ["/a b", "x" * 201, "ftp://site.example/*"])
def test_a_pattern_that_cannot_be_meant_is_refused(text: str) -> None:
    assert refuse_pattern(text).endswith(".")
    assert refuse_pattern("/docs/*") == ""


MADE_UP = [
    "/a/b/a/b/a/b/",
    "/de/de/de/x",
    "/x/" + "/".join(str(number) for number in range(20)),
    "/list?" + "&".join(f"f{number}=1" for number in range(9)),
    "/calendar/2093/05",
    "/calendar/1666",
    "/events/2093-05-01",
    "/termine?month=2093-05",
    "/x/2093/05/",
    "/events?date=1770-01-01",
]
REAL = [
    "/",
    "/docs/docs/api",
    "/blog/2026/05/how-we-bake",
    "/products/2093",
    "/item/402112",
    "/forum/4021/12",
    "/article/9999",
    "/events/2026/11",
    "/archive/2019/03",
    "/index.php?option=com_content&view=article&id=5",
    "/conditions-2024-11-01",
    "/a?date=tomorrow",
]


@pytest.mark.parametrize("path", MADE_UP)
def test_an_address_that_is_made_up_is_known_by_itself(path: str) -> None:
    assert trap_of(SITE + path).endswith(".")


@pytest.mark.parametrize("path", REAL)
def test_a_real_address_is_no_trap(path: str) -> None:
    assert trap_of(SITE + path) == ""


def test_a_calendar_is_left_after_some_pages() -> None:
    traps = Traps()
    months = [f"{SITE}/calendar/{2025 + number // 12}/{number % 12 + 1}" for number in range(40)]
    admitted = [url for url in months if not traps.admit(url)]
    assert len(admitted) == MAX_CALENDAR_PAGES
    assert not traps.admit(f"{SITE}/about")
    assert Traps(months).admit(f"{SITE}/calendar/2026/12")


def test_endless_combinations_are_left_and_pages_by_number_are_not() -> None:
    traps = Traps()
    filters = [
        f"{SITE}/shop?" + "&".join(f"{name}={number}" for name in names)
        for number in range(10)
        for names in ("ab", "ac", "ad", "bc", "bd", "cd", "abc", "abd", "acd", "bcd")
    ]
    more = [f"{SITE}/shop?x{number}=1&y=2" for number in range(40)]
    refused = [url for url in (*filters, *more) if traps.admit(url)]
    assert len(refused) == 38
    assert [n for n in range(250) if Traps().admit(f"{SITE}/article.php?id={n}")] == []
    endless = Traps()
    assert sum(not endless.admit(f"{SITE}/q?s={number}") for number in range(2000)) == 300


def test_pages_are_a_tree_of_their_paths() -> None:
    top = tree_of([f"{SITE}{path}" for path in ("/", "/a", "/a/b", "/a/b/", "/c/d", "/a?x=1")])
    assert [(one.name, one.pages) for one in top] == [("site.example", 6)]
    assert top[0].url == f"{SITE}/"
    first, second = top[0].branches
    assert (first.name, first.url, first.pages) == ("a", f"{SITE}/a", 4)
    assert (second.name, second.url, second.pages) == ("c", "", 1)
    assert [one.name for one in first.branches] == ["b", "?x=1"]
    assert [one.url for one in first.branches[0].branches] == [f"{SITE}/a/b/"]
