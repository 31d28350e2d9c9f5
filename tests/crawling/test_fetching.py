"""Each thing that a site can do to its readers, done to ours."""

import gzip
import socket
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from httpcore import NetworkStream

from pitchbar.clients.outbound import OutboundClient
from pitchbar.clients.outbound_connections import system_connect
from pitchbar.crawling.charsets import charset_of
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.politeness import reserve
from tests.support.certificates import server_context
from tests.support.faulty_servers import answer, faulty_server
from tests.support.hostile_site import HostileSite, packed, page, redirect, reset
from tests.support.servers import free_port

# Where, what it is called, and whether asking again leads nowhere.
FAULTS = [
    *((f"/status/{status}", f"http_{status}", True) for status in (400, 401, 403, 404, 410, 451)),
    *((f"/status/{status}", f"http_{status}", True) for status in (402, 405, 406, 418, 422)),
    *((f"/status/{status}", f"http_{status}", False) for status in (408, 500, 502, 503, 504, 522)),
    ("/wall", "http_403", True),
    ("/storm", "throttled", False),
    ("/busy/30", "http_503", False),
    ("/circle", "redirect_loop", True),
    ("/ring/one", "redirect_loop", True),
    ("/hops/6", "too_many_redirects", True),
    ("/endless/1", "too_many_redirects", True),
    ("/to/inner", "private_address", True),
    ("/to/odd", "private_address", True),
    ("/to/ftp", "scheme", True),
    ("/to/file", "scheme", True),
    ("/to/nowhere", "malformed", True),
    ("/large", "too_large", True),
    ("/bomb/gzip", "too_large", True),
    ("/bomb/twice", "too_large", True),
    ("/packed/broken", "encoding", True),
    ("/packed/br", "encoding", True),
    ("/packed/zstd", "encoding", True),
    ("/packed/often", "encoding", True),
    ("/packed/cut", "reset", False),
    ("/reset", "reset", False),
    ("/silent", "reset", False),
    ("/garbage", "reset", False),
    ("/half", "reset", False),
    ("/picture", "not_text", True),
    ("/same", "no_page", True),
]
SLOW = ["/drip", "/drip/head", "/hang"]
NO_ADDRESSES = [
    ("ftp://example.com/", "scheme"),
    ("file:///etc/passwd", "scheme"),
    ("javascript:alert(1)", "scheme"),
    ("data:text/html,hi", "scheme"),
    ("example.com", "malformed"),
    ("http://", "malformed"),
    ("http://user:secret@example.com/", "malformed"),
    ("http://exam ple.com/", "malformed"),
    ("http://127.0.0.1:1/", "private_address"),
    ("http://2130706433/", "private_address"),
    ("http://0x7f.1/", "private_address"),
    ("http://[::ffff:10.0.0.1]/", "private_address"),
    ("http://[64:ff9b::a00:1]/", "private_address"),
    ("http://169.254.169.254/latest/meta-data/", "private_address"),
    ("http://printer.local/", "private_address"),
    ("http://metadata.google.internal/", "private_address"),
    ("http://localhost./", "private_address"),
]


def failure(url: str, **wishes: object) -> CrawlError:
    with pytest.raises(CrawlError) as caught:
        fetch(url, **wishes)  # type: ignore[arg-type]
    return caught.value


def assert_is_for_people(error: CrawlError) -> None:
    said = str(error)
    assert said[0].isupper() or said[0].isdigit() or "." in said.split()[0]
    assert said.endswith((".", ")."))
    assert not any(word in said for word in ("Error", "Exception", "httpcore", "Traceback", "_"))


def test_what_a_site_does_has_a_name_and_a_sentence(app: Flask, site: HostileSite) -> None:
    told = []
    for path, _, _ in FAULTS:
        error = failure(site.url(path))
        assert_is_for_people(error)
        told.append((path, error.kind, error.is_permanent))
    assert told == FAULTS


@pytest.mark.settings(crawl_timeout=1)
def test_a_site_that_never_ends_is_left_in_time(site: HostileSite, app: Flask) -> None:
    def ask(path: str) -> CrawlError:
        with app.app_context():
            return failure(site.url(path))

    began = time.monotonic()
    with ThreadPoolExecutor(len(SLOW)) as threads:
        errors = list(threads.map(ask, SLOW))
    assert time.monotonic() - began < 2.5
    for error in errors:
        assert (error.kind, error.is_permanent) == ("timeout", False)
        assert_is_for_people(error)


def test_what_may_not_be_asked_is_refused_at_once(app: Flask, site: HostileSite) -> None:
    errors = [(url, failure(url)) for url, _ in NO_ADDRESSES]
    assert [(url, error.kind) for url, error in errors] == NO_ADDRESSES
    assert all(error.is_permanent for _, error in errors)
    assert site.asked == []


def test_where_nobody_listens_is_permanent(app: Flask) -> None:
    def to_nobody(address: str, port: int, seconds: float) -> NetworkStream:
        return system_connect("127.0.0.1", free_port(), seconds)

    client = OutboundClient(resolve=lambda host, port: ["93.184.215.14"], connect=to_nobody)
    error = failure("http://closed.example/", send=client.send)
    assert (error.kind, error.is_permanent) == ("refused", True)
    assert_is_for_people(error)


def test_a_certificate_that_nobody_believes_is_permanent(app: Flask) -> None:
    with faulty_server(answer(), server_context("certified.example", is_signed=False)) as server:

        def to_server(address: str, port: int, seconds: float) -> NetworkStream:
            return system_connect("127.0.0.1", server.port, seconds)

        client = OutboundClient(resolve=lambda host, port: ["93.184.215.14"], connect=to_server)
        error = failure("https://certified.example/", send=client.send)
    assert (error.kind, error.is_permanent) == ("tls", True)
    assert_is_for_people(error)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (b"", "robots_unreachable"),
        (b"reset", "robots_unreachable"),
        (b"HTTP/1.1 400 Plain please\r\n\r\n", "tls"),
    ],
)
def test_encryption_that_fails_is_told_from_a_server_that_hangs_up(
    said: bytes, kind: str, app: Flask
) -> None:
    def answer_plainly(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            if said == b"reset":
                reset(connection, b"", threading.Event())
            else:
                connection.sendall(said)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer_plainly, args=(listener,), daemon=True).start()

        def to_server(address: str, port: int, seconds: float) -> NetworkStream:
            return system_connect("127.0.0.1", listener.getsockname()[1], seconds)

        client = OutboundClient(resolve=lambda host, port: ["93.184.215.14"], connect=to_server)
        began = time.monotonic()
        error = failure("https://site.example/", send=client.send)
    assert error.kind == kind
    assert time.monotonic() - began < 1.5


def test_a_name_that_the_dns_does_not_know_is_permanent(app: Flask) -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    error = failure("http://nowhere.example/", send=OutboundClient(resolve=unknown).send)
    assert (error.kind, error.is_permanent) == ("dns", True)
    assert "nowhere.example" in str(error)


def test_a_name_that_leads_to_this_machine_the_second_time_is_not_asked(
    app: Flask, site: HostileSite
) -> None:
    """DNS rebinding: a public address for the check, an inner one for the connection."""
    told = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    connected: list[str] = []

    def connect(address: str, port: int, seconds: float) -> NetworkStream:
        connected.append(address)
        return system_connect("127.0.0.1", site.server.port, seconds)

    client = OutboundClient(resolve=lambda host, port: next(told), connect=connect)
    error = failure("http://rebinding.example/ok", send=client.send)
    assert error.kind == "private_address"
    assert connected == ["93.184.215.14"]
    assert site.paths() == ["/robots.txt"]


def test_a_page_comes_as_it_is(app: Flask, site: HostileSite) -> None:
    found = fetch(site.url("/ok"))
    assert (found.status, found.final_url, found.hops) == (200, site.url("/ok"), ())
    assert b"All is well" in found.body
    assert (found.etag, found.charset, found.is_unchanged) == ('"one"', "utf-8", False)
    assert "robots.txt" in found.robots


def test_we_say_who_we_are_and_take_only_what_we_can_unpack(app: Flask, site: HostileSite) -> None:
    fetch(site.url("/ok"))
    for asked in site.asked:
        assert asked.header("user-agent") == "PitchbarBot/1.0 (+http://pitchbar.test/bot)"
    assert site.asked[1].header("accept-encoding") == "gzip, deflate"


def test_a_packed_page_is_unpacked(app: Flask, site: HostileSite) -> None:
    for path in ("/packed", "/packed/deflate", "/packed/raw"):
        assert fetch(site.url(path)).body == b"<p>Packed well</p>", path
    assert fetch(site.url("/packed/parts")).body == b"<p>One</p><p>Two</p>"


def test_a_bomb_takes_no_more_memory_than_the_largest_page(app: Flask, site: HostileSite) -> None:
    failure(site.url("/bomb/gzip"))
    tracemalloc.start()
    try:
        failure(site.url("/bomb/gzip"))
        assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_redirects_are_followed_and_told(app: Flask, site: HostileSite) -> None:
    found = fetch(site.url("/hops/5"))
    assert found.final_url == site.url("/hops/0")
    assert found.hops == tuple(site.url(f"/hops/{count}") for count in (5, 4, 3, 2, 1))


def test_a_failure_behind_redirects_says_where_it_was(app: Flask, site: HostileSite) -> None:
    site.pages["/old"] = redirect("/wall")
    error = failure(site.url("/old"))
    assert (error.url, error.hops) == (site.url("/wall"), (site.url("/old"),))


def test_a_redirect_out_of_the_source_is_not_followed(app: Flask, site: HostileSite) -> None:
    site.pages["/out"] = redirect("/ok")
    error = failure(site.url("/out"), may_follow=lambda url: not url.endswith("/ok"))
    assert error.kind == "elsewhere"
    assert site.count("/ok") == 0


def test_what_did_not_change_is_not_sent_again(app: Flask, site: HostileSite) -> None:
    site.pages["/news"] = answer(304, b"")
    found = fetch(site.url("/news"), etag='"one"', last_modified="Tue, 24 Nov 2026 10:00:00 GMT")
    assert found.is_unchanged
    assert site.asked[-1].header("if-none-match") == '"one"'
    assert site.asked[-1].header("if-modified-since") == "Tue, 24 Nov 2026 10:00:00 GMT"


def test_a_stored_etag_cannot_write_headers(app: Flask, site: HostileSite) -> None:
    fetch(site.url("/ok"), etag='"a"\r\nX-Evil: yes')
    assert "X-Evil" not in site.asked[-1].head


def test_a_site_that_wants_a_rest_gets_it_from_everybody(app: Flask, site: HostileSite) -> None:
    # A longer rest stays: the shortest comes first.
    storms = {"/storm/0": 1, "/storm": 60, "/storm/120": 120, "/storm/9000": 600}
    for path, seconds in storms.items():
        error = failure(site.url(path))
        assert (error.retry_after, error.is_throttled) == (seconds, True)
        assert max(seconds - 2, 0) < reserve(site.pair, 0) <= seconds


def test_a_busy_server_may_say_when_to_come_back(app: Flask, site: HostileSite) -> None:
    assert failure(site.url("/busy/30")).retry_after == 30
    assert 28 < reserve(site.pair, 0) <= 30


CHARSETS = [
    ("Grüße aus Köln, schön hier".encode(), "text/html; charset=utf-8", "utf-8"),
    ("Grüße aus Köln, schön hier".encode("cp1252"), "text/html; charset=iso-8859-1", "cp1252"),
    ("Grüße aus Köln, „schön“ hier".encode("cp1252"), "text/html; charset=iso-8859-1", "cp1252"),
    ("Grüße aus Köln, schön hier".encode("cp1252"), "text/html; charset=utf-8", None),
    ("Grüße aus Köln, schön hier".encode(), "text/html; charset=nonsense", "utf-8"),
    ("Grüße aus Köln, schön hier".encode(), "text/html", "utf-8"),
    ("Grüße aus Köln, schön hier".encode("utf-16"), "text/html", "utf-16"),
    ("<meta charset=windows-1251>Привет, как дела".encode("cp1251"), "text/html", "cp1251"),
    ('<?xml version="1.0" encoding="shift_jis"?>日本語の文章'.encode("cp932"), "text/xml", "cp932"),
    ("これは日本語の文章です。".encode("euc-jp"), "text/html; charset=euc-jp", "euc_jp"),
    (b"plain", "text/html; charset=rot13", "utf-8"),
    (b"%PDF-1.7 " + bytes(range(256)) * 4, "text/html", "utf-8"),
    (bytes(range(256)) * 4, "application/octet-stream", "utf-8"),
    (b"plain", "text/html; charset=\x00\xff", "utf-8"),
]


UNTOLD = [
    ("cp1252", "Être ou ne pas être, voilà la question : où êtes-vous allés, François ?"),
    ("cp1252", "Não há razão para não começar já a ação, irmão."),
    ("cp1252", "Åsa åkte på en båt över sjön för att äta smörgås."),
    ("cp1252", "Perché no? È così che la città più bella è già lì."),
    ("cp1250", "Zażółć gęślą jaźń. Następny mądry człowiek płynął żółtą łódką do żony."),
    ("cp1250", '<html lang="cs">Příliš žluťoučký kůň úpěl ďábelské ódy.'),
    ("cp1254", '<html lang="tr">Şu köşe yaz köşesi, güneşli bir gün, İstanbul.'),
    ("cp1251", "Привет, как дела сегодня? Мы пекли хлеб на рассвете."),
    ("cp1253", "Καλημέρα σας, τι κάνετε σήμερα; Ψωμί ζεστό, και κρύο νερό."),
    ("cp932", "これは日本語の文章です。パンは朝に焼きます。"),
]


@pytest.mark.parametrize(("charset", "text"), UNTOLD)
def test_letters_are_guessed_where_a_page_says_nothing(charset: str, text: str) -> None:
    body = (text * 12).encode(charset)
    assert body.decode(charset_of(body, "text/html")) == text * 12


@pytest.mark.parametrize(("body", "content_type", "charset"), CHARSETS)
def test_letters_are_read_as_they_were_meant(
    body: bytes, content_type: str, charset: str | None
) -> None:
    found = charset_of(body, content_type)
    assert "Köln" in body.decode(found) if charset is None else found == charset


def test_a_page_tells_its_letters(app: Flask, site: HostileSite) -> None:
    body = "Grüße aus Köln".encode("cp1252")
    site.pages["/letters"] = answer(200, body, (("Content-Type", "text/html; charset=latin1"),))
    assert fetch(site.url("/letters")).charset == "cp1252"


def test_a_long_page_may_be_cut_for_those_who_can_use_a_part(app: Flask, site: HostileSite) -> None:
    site.pages["/long"] = page("x" * 5000)
    found = fetch(site.url("/long"), max_bytes=1000, may_be_cut=True)
    assert (len(found.body), found.was_cut) == (1000, True)
    site.pages["/long"] = packed(gzip.compress(bytes(range(256)) * 40))
    assert fetch(site.url("/long"), max_bytes=200, may_be_cut=True).was_cut
