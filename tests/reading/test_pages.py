"""What pages say is read whatever their markup is like, and pages that say nothing are told."""

import time

import pytest

from pitchbar.reading.decoding import decode
from pitchbar.reading.texts import GATES, read_html

URL = "https://acme.example/boats/"
FRAME = (
    "<header><nav><a href=/>Home</a> <a href=/prices>Prices</a> <a href=/login>Log in</a></nav>"
    "</header>{}<footer>© 2026 Acme GmbH. <a href=/imprint>Imprint</a></footer>"
)
PROSE = (
    "We rent rowing boats and motor boats from April to October. Every boat carries life vests for "
    "all aboard, and children under six travel for free. You pay when you bring it back. "
)


def page(body: str, title: str = "Boats", head: str = "", lang: str = "en") -> bytes:
    html = f"<html lang={lang}><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return html.encode()


def framed(main: str, title: str = "Boats", head: str = "") -> bytes:
    return page(FRAME.format(f"<main>{main}</main>"), title, head)


def test_main_text_has_headings_tables_lists_and_code_and_no_frame() -> None:
    read = read_html(
        framed(
            f"<h1>Boats</h1><p>{PROSE}</p><h2>Prices</h2><table>"
            "<tr><th>Boat</th><th>An hour</th></tr><tr><td>Rowing</td><td>20 francs</td></tr>"
            "</table>"
            "<h3>Bring along</h3><ul><li>A hat"
            f"</li><li>Water</li></ul><p>{PROSE}</p><pre><code>"
            "acme rent --hours 2\n  --boat 7</code></pre>",
            "Boats | Acme",
        ),
        "utf-8",
        URL,
    )
    for part in (
        "# Boats\n",
        "## Prices\n",
        "| Boat | An hour |\n|---|---|\n| Rowing | 20 francs |",
        "### Bring along\n\n- A hat\n- Water",
        "```\nacme rent --hours 2\n  --boat 7\n```",
    ):
        assert part in read.markdown
    assert "Imprint" not in read.markdown
    assert "Home" not in read.markdown
    assert (read.title, read.language, read.gate) == ("Boats", "en", "")
    assert read.characters_kept == len(read.markdown) < read.characters_in


def test_questions_that_unfold_are_read_with_their_answers() -> None:
    read = read_html(
        framed(
            f"<h1>Questions</h1><p>{PROSE}</p><button>May I bring a dog?</button><div>Dogs are "
            "welcome.</div><h3><button aria-expanded=false>Opening hours</button></h3><div>From "
            "nine to five.</div><details><summary>What if it rains?</summary><p>You pay nothing."
            "</p></details><button>Send</button>"
        ),
        "utf-8",
        URL,
    )
    for part in ("# May I bring a dog?\n\nDogs", "# Opening hours\n\nFrom", "# What if it rains?"):
        assert part in read.markdown
    assert "Send" not in read.markdown


def test_a_page_that_is_not_built_like_an_article_is_read_whole() -> None:
    cards = "".join(
        f"<div class=card><a href=/boat/{number}><b>Boat {number}</b></a><span>{number} seats and "
        f"a sail of {number} square metres</span></div>"
        for number in range(2, 40)
    )
    read = read_html(framed(f"<h1>Our fleet</h1><div class=grid>{cards}</div>"), "", URL)
    assert "Boat 17" in read.markdown
    assert "17 seats" in read.markdown
    assert read.gate == ""


def test_headings_of_a_page_without_any_frame_are_kept() -> None:
    """Nothing tells its main text from the rest, and its paragraphs begin alike."""
    rules = "".join(
        f"<h2>Rule <i>{number}</i></h2><h3>Of boats</h3><p><b>Each</b> member helps at no fewer than "
        f"{number} days a year.</p><p>And brings a cake.</p>"
        for number in range(1, 9)
    )
    markdown = read_html(page(f"<h1>Rules</h1>{rules}"), "", URL).markdown
    for number in range(1, 9):
        assert f"## Rule {number}\n\n### Of boats\n\n" in markdown
        place = markdown.index(f"## Rule {number}\n")
        assert markdown.index(f"fewer than {number} days") - place < 80


def test_terms_are_headings_of_what_is_said_of_them() -> None:
    terms = "".join(f"<dt>Term {at}</dt><dd>Means number {at} and more.</dd>" for at in range(9))
    markdown = read_html(framed(f"<h1>Words</h1><p>{PROSE}</p><dl>{terms}</dl>"), "", URL).markdown
    assert "# Term 4\n\nMeans number 4 and more." in markdown


def test_a_table_without_a_head_is_a_table_all_the_same() -> None:
    rows = "<tr><td>Monday</td><td>9-18</td></tr><tr><td>Sunday</td><td>shut | closed</td></tr>"
    read = read_html(framed(f"<h1>Hours</h1><p>{PROSE * 2}</p><table>{rows}</table>"), "", URL)
    assert "| Monday | 9-18 |\n|---|---|\n| Sunday | shut" in read.markdown


def test_a_page_that_is_nothing_but_links_is_read_without_its_frame() -> None:
    boats = "".join(
        f"<li><a href=/boat/{at}>Boat {at}: {at} seats and a sail</a></li>" for at in range(60)
    )
    html = page(
        "<nav><a href=/>Home</a></nav><div class=breadcrumbs><a href=/>Start</a></div>"
        f"<h1>Fleet</h1><ul>{boats}</ul><div role=dialog>Accept cookies</div><footer>Imprint</footer>"
    )
    read = read_html(html, "", URL)
    assert "# Fleet\n\n- Boat 0: 0 seats and a sail\n- Boat 1" in read.markdown
    for frame in ("Home", "Start", "Accept", "Imprint"):
        assert frame not in read.markdown


@pytest.mark.parametrize(
    ("title", "site", "told"),
    [
        ("Boats | Acme", "", "Boats"),
        ("Acme – Boats for hire", "", "Boats for hire"),
        ("Boats - The Boat Company", "The Boat Company", "Boats"),
        ("Rowing - a sport | for all", "", "Rowing - a sport | for all"),
        ("Boats", "", "Boats"),
        ("", "", "Headline"),
    ],
)
def test_titles_are_told_without_the_name_of_the_site(title: str, site: str, told: str) -> None:
    head = f'<meta property="og:site_name" content="{site}">' if site else ""
    assert read_html(framed("<h1>Headline</h1>", title, head), "", URL).title == told


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("<link rel=canonical href=/boats>", "https://acme.example/boats"),
        ('<link rel="nofollow Canonical" href="https://b.example/x">', "https://b.example/x"),
        ("<link rel=canonical href='javascript:alert(1)'>", ""),
        ("<link rel=canonical href='https://[broken'>", ""),
        ("", ""),
    ],
)
def test_the_canonical_address_is_told_whole(link: str, canonical: str) -> None:
    assert read_html(framed(PROSE, head=link), "", URL).canonical == canonical


GERMAN = (
    "Wir vermieten Ruderboote und Motorboote. Jedes Boot hat Schwimmwesten für alle an Bord. " * 4
)
FRENCH = "Nous louons des bateaux à rames et à moteur. Chaque bateau a des gilets pour tous. " * 4


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (GERMAN, "en", "de"),
        (FRENCH, "", "fr"),
        (PROSE * 2, "en-GB", "en"),
        ("Grüezi", "de-CH", "de"),
        ("12 34 56", "", ""),
        ("我们从四月到十月出租划艇和摩托艇。每艘船都备有救生衣。" * 4, "", "zh"),
    ],
)
def test_the_language_is_told_by_the_text_before_what_the_page_says(
    text: str, declared: str, language: str
) -> None:
    assert read_html(page(f"<p>{text}</p>", lang=declared or "''"), "", URL).language == language


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Grüße für Zürich".encode("cp1252"), "utf-8", "Grüße für Zürich"),
        ("Grüße für Zürich".encode(), "iso-8859-1", "Grüße für Zürich"),
        ("<meta charset=windows-1251>Привет".encode("cp1251"), "", "Привет"),
        ("Привет, как дела? Мы открыты с девяти часов.".encode("cp1251"), "", "Привет, как дела?"),
        ("<meta charset=gb2312>你好，世界".encode("gb18030"), "", "你好，世界"),
        ("日本語のページ".encode("utf-16"), "utf-8", "日本語のページ"),
        ("\ufeffBoats".encode(), "latin-1", "Boats"),
        ("€ 20".encode("cp1252"), "iso-8859-1", "€ 20"),
        ("Zürich".encode(), "base64", "Zürich"),
        ("Zürich".encode(), "no-such", "Zürich"),
        (b"caf\xc3\xa9 " * 200 + b"\xff", "utf-8", "café"),
    ],
)
def test_a_wrong_charset_is_seen_through(body: bytes, charset: str, text: str) -> None:
    assert text in decode(body, charset)


CLOSED = [
    ("too_little", framed("<h1>Boats</h1><p>We rent boats.</p>")),
    ("too_little", b""),
    ("soft_404", framed("<h1>404</h1><p>Page not found</p>", "404 - Acme")),
    ("soft_404", framed("<h1>Oops!</h1><p>The page you are looking for does not exist.</p>")),
    (
        "soft_404",
        framed(f"<h1>Page not found</h1><p>Do you like these:</p><p>{PROSE * 6}</p>"),
    ),
    ("soft_404", framed("<h1>Seite nicht gefunden</h1><p>Leider gibt es hier nichts.</p>")),
    ("soft_404", framed("<p>Désolé, la page que vous cherchez est introuvable.</p>")),
    ("soft_404", framed("<p>We couldn’t find the page you were looking for.</p>", "Error")),
    (
        "login_wall",
        framed(
            "<h1>Sign in</h1><form><input name=mail><input type=password><button>Sign in</button>"
            "</form>",
            "Sign in | Acme",
        ),
    ),
    ("login_wall", framed("<p>You must be logged in to view this page.</p>")),
    ("login_wall", framed("<p>Bitte melden Sie sich an, um fortzufahren.</p>", "Kundenbereich")),
    ("javascript_only", page("<div id=root></div><script src=/app.js></script>")),
    (
        "javascript_only",
        page(
            "<noscript>You need to enable JavaScript to run this app.</noscript><script>1</script>"
        ),
    ),
    ("javascript_only", page("<p>Bitte JavaScript aktivieren.</p><script src=/a.js></script>")),
    (
        "bot_check",
        page(
            "<h1>acme.example</h1><p>Checking if the site connection is secure</p>"
            "<script>window._cf_chl_opt={}</script>",
            "Just a moment...",
        ),
    ),
    ("bot_check", page("<p>Please verify you are a human to continue.</p>", "Acme")),
    ("bot_check", page("<h1>Making sure you're not a bot!</h1>", "Making sure you're not a bot!")),
    ("bot_check", page("<iframe src='https://geo.captcha-delivery.com/captcha/?x'></iframe>")),
    ("cookie_wall", page("<h1>We value your privacy</h1><button>Accept all</button>", "Acme")),
    ("cookie_wall", page("<p>Please accept all cookies to continue to our site.</p>", "Acme")),
    (
        "paywall",
        framed(f"<h1>Boats</h1><p>{PROSE}</p><p>Subscribe to continue reading.</p>"),
    ),
    ("error_page", page("<h1>Error establishing a database connection</h1>", "Database Error")),
    ("error_page", page("<h1>Under maintenance</h1><p>We are back soon.</p>", "Maintenance")),
    ("parked", page("<h1>acme.example</h1><p>This domain is for sale. Make an offer.</p>")),
]


@pytest.mark.parametrize(("gate", "body"), CLOSED)
def test_pages_that_say_nothing_are_told_apart(gate: str, body: bytes) -> None:
    assert read_html(body, "utf-8", URL).gate == gate


OPEN = [
    framed(f"<h1>How to mend “404 Page not found”</h1><p>{PROSE * 3}</p>"),
    framed(f"<h1>Sign in with Google</h1><p>{PROSE * 4} You have to log in to see it.</p>"),
    framed(f"<p>{PROSE * 2}</p><form><input type=password></form>"),
    page(
        FRAME.format(f"<main><p>{PROSE * 2}</p></main>")
        + "<div>Accept cookies to continue</div><script src=/cdn-cgi/challenge-platform/x></script>"
        + "<noscript>Please enable JavaScript.</noscript>"
    ),
    framed(f"<h1>Are robots welcome?</h1><p>{PROSE * 2}</p><p>Prove that you are not afraid.</p>"),
    page(f"<div id=root><h1>Boats</h1><p>{PROSE * 2}</p></div><script src=/app.js></script>"),
]


@pytest.mark.parametrize("body", OPEN)
def test_no_gate_closes_on_a_page_that_only_speaks_of_such_things(body: bytes) -> None:
    assert read_html(body, "utf-8", URL).gate == ""


def test_an_address_that_is_gone_says_so_by_its_status() -> None:
    assert read_html(framed(PROSE * 2), "", URL, status=410).gate == "soft_404"


def test_each_gate_has_a_sentence_for_people() -> None:
    assert {gate for gate, _ in CLOSED} | {"unreadable"} == set(GATES)
    assert all(gate.sentence[-1] == "." and gate.label[0].isupper() for gate in GATES.values())


@pytest.mark.parametrize(
    "body",
    [
        b"<",
        b"\x00\x01\x02",
        b"<html",
        b"<!DOCTYPE html><!-- never closed " + b"-" * 10_000,
        b"<?xml version='1.0' encoding='utf-16'?><html><p>" + PROSE.encode() + b"</p></html>",
        b"<p>" + b"\xff\xfe\xfd" * 1000,
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><p>&b;</p>",
        b"plain text without any markup",
        b"<div>" * 3000 + PROSE.encode(),
        b"<table><tr><td>" * 1000 + PROSE.encode(),
        b"<p>&#xD800;&#0;&#x110000;</p>",
        b"<html><frameset><frame src=/a></frameset></html>",
        b"<a href='http://[::1'>x</a><base href='//['>",
    ],
)
def test_bad_markup_never_raises(body: bytes) -> None:
    read = read_html(body, "utf-8", URL)
    assert read.gate in {*GATES, ""}
    assert "\x00" not in read.markdown


def test_signs_that_nobody_sees_are_left_out() -> None:
    seen = f"{PROSE * 2} From\xa0nine\u200b to fi\xadve. \x00\x07&#1;&#x9f;&#xD800;&#xFFFE;क्\u200dष"
    read = read_html(page(f"<p>{seen}</p>", title="Bo\x00ats\u2009for &#8203;all"), "utf-8", URL)
    assert "From nine to five." in read.markdown
    assert read.title == "Boats for all"
    assert "क्\u200dष" in read.markdown
    unseen = set("\x00\x01\x07\x9f\xad\u200b\ufffe\ud800")
    assert not unseen & set(read.markdown)


def test_a_tag_with_a_million_attributes_costs_no_more_than_its_length() -> None:
    started = time.process_time()
    attributes = " ".join(f"a{number}=1" for number in range(200_000)).encode()
    read = read_html(b"<p " + attributes + b">" + PROSE.encode() * 2 + b"</p>", "", URL)
    assert "rowing boats" in read.markdown
    assert time.process_time() - started < 3


def test_a_large_page_is_read_like_a_small_one() -> None:
    rows = "".join(f"<tr><td>Boat {at}</td><td>{at} francs</td></tr>" for at in range(3000))
    read = read_html(framed(f"<h1>Boats</h1><p>{PROSE}</p><table>{rows}</table>"), "", URL)
    assert "| Boat 2999 | 2999 francs |" in read.markdown
    assert (read.title, read.language, read.gate) == ("Boats", "en", "")


def test_a_page_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from pitchbar.reading import pages
    from pitchbar.reading.bounded import Limits

    monkeypatch.setattr(pages, "_LARGE", Limits(seconds=1))
    started = time.monotonic()
    read = read_html(framed("<p>" + "<a href=x>y</a> z " * 60_000), "", URL)
    assert (read.gate, read.markdown) == ("unreadable", "")
    assert time.monotonic() - started < 8
