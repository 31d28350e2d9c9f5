"""A site on this machine that does to its readers whatever sites do: walls, storms, bombs, loops.

One server for the run; `pages` and `robots` are a test's own, everything else is always there.
"""

import gzip
import socket
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from tests.support.faulty_servers import (
    FaultyServer,
    Handle,
    answer,
    drip,
    faulty_server,
    hang,
    say,
)

HTML = (("Content-Type", "text/html; charset=utf-8"),)
XML = (("Content-Type", "application/xml"),)
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Asked:
    path: str
    head: str
    at: float

    def header(self, name: str) -> str:
        for line in self.head.split("\r\n")[1:]:
            found, _, value = line.partition(":")
            if found.lower() == name.lower():
                return value.strip()
        return ""


@dataclass
class HostileSite:
    """`asked` are the requests that came, in their order."""

    server: FaultyServer
    robots: str | Handle = ""
    pages: dict[str, Handle] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def pair(self) -> str:
        return self.server.pair

    @property
    def origin(self) -> str:
        return f"http://{self.server.pair}"

    def url(self, path: str) -> str:
        return f"{self.origin}{path}"

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def count(self, path: str) -> int:
        return self.paths().count(path)

    def forget(self) -> None:
        self.robots, self.pages, self.asked = "", {}, []


@contextmanager
def hostile_site() -> Iterator[HostileSite]:
    def handle(connection: socket.socket, head: bytes, over: threading.Event) -> None:
        path = head.split()[1].decode("latin-1")
        site.asked.append(Asked(path, head.decode("latin-1"), time.monotonic()))
        _handle_of(site, path)(connection, head, over)

    with faulty_server(handle) as server:
        site = HostileSite(server)
        yield site


def page(text: str, head: str = "", status: int = 200) -> Handle:
    """A plain page of the web."""
    html = (
        f"<!doctype html><html><head><title>A page</title>{head}</head><body>{text}</body></html>"
    )
    return answer(status, html.encode(), HTML)


def redirect(to: str, status: int = 302) -> Handle:
    return answer(status, b"", (("Location", to),))


def sitemap(*urls: str, last_modified: str = "") -> Handle:
    dated = f"<lastmod>{last_modified}</lastmod>" if last_modified else ""
    entries = "".join(f"<url><loc>{url}</loc>{dated}</url>" for url in urls)
    return answer(200, _xml(f'<urlset xmlns="{_SITEMAPS}">{entries}</urlset>'), XML)


def sitemap_index(*urls: str) -> Handle:
    entries = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in urls)
    return answer(200, _xml(f'<sitemapindex xmlns="{_SITEMAPS}">{entries}</sitemapindex>'), XML)


def packed(body: bytes, coding: str = "gzip", kind: str = "text/html") -> Handle:
    """`body` is packed already."""
    return answer(200, body, (("Content-Type", kind), ("Content-Encoding", coding)))


_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def _xml(inner: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{inner}'.encode()


def _handle_of(site: HostileSite, path: str) -> Handle:
    if path in site.pages:
        return site.pages[path]
    if path == "/robots.txt":
        if not isinstance(site.robots, str):
            return site.robots
        return answer(200, site.robots.encode()) if site.robots else answer(404, b"")
    if path in _ALWAYS:
        return _ALWAYS[path]
    return _of_a_kind(path) or page("There is nothing here.", status=404)


def _of_a_kind(path: str) -> Handle | None:
    """Addresses without end."""
    _, kind, *rest = path.split("?")[0].split("/")
    last = rest[-1] if rest else ""
    if kind == "status":
        return answer(int(last), b"An error.", HTML)
    if kind == "hops":
        return redirect(f"/hops/{int(last) - 1}") if int(last) else page("Here at last.")
    if kind == "endless":
        return redirect(f"/endless/{int(last) + 1}")
    if kind == "calendar":
        year, month = int(rest[0]), int(rest[1])
        later = year * 12 + month
        return page(f'<a href="/calendar/{later // 12}/{later % 12 + 1}">The month after</a>')
    if kind == "deeper":
        return page(f'<a href="{path.rstrip("/")}/deeper/">Deeper</a>')
    return None


def reset(connection: socket.socket, _head: bytes, _over: threading.Event) -> None:
    """Hangs up hard."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def pour_100_megabytes(connection: socket.socket, _head: bytes, _over: threading.Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(1600):
        connection.sendall(b"x" * 65536)


@cache
def bomb(megabytes: int = 100) -> bytes:
    """Small as it comes, and very large unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    part = b"\0" * _MEGABYTE
    return b"".join(packer.compress(part) for _ in range(megabytes)) + packer.flush()


@cache
def bomb_in_bomb() -> bytes:
    return gzip.compress(bomb(), 9)


def _bomb(coding: str) -> Handle:
    def handle(connection: socket.socket, head: bytes, over: threading.Event) -> None:
        body = bomb_in_bomb() if "," in coding else bomb()
        packed(body, coding)(connection, head, over)

    return handle


ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    + f']><urlset xmlns="{_SITEMAPS}"><url><loc>http://x/&j;</loc></url></urlset>'
).encode()

_ALWAYS: dict[str, Handle] = {
    "/": page('<a href="/ok">Fine</a> <a href="/wall">A wall</a>'),
    "/ok": answer(200, b"<html><body>All is well.</body></html>", (*HTML, ("ETag", '"one"'))),
    "/wall": answer(403, b"Go away.", HTML),
    "/storm": answer(429, b"Too many.", HTML),
    "/storm/0": answer(429, b"Too many.", (*HTML, ("Retry-After", "0"))),
    "/storm/120": answer(429, b"Too many.", (*HTML, ("Retry-After", "120"))),
    "/storm/9000": answer(429, b"Too many.", (*HTML, ("Retry-After", "9000"))),
    "/busy/30": answer(503, b"Busy.", (*HTML, ("Retry-After", "30"))),
    "/circle": redirect("/circle"),
    "/ring/one": redirect("/ring/two"),
    "/ring/two": redirect("/ring/one"),
    "/to/inner": redirect("http://169.254.169.254/latest/meta-data/"),
    "/to/odd": redirect("http://0x7f.1/"),
    "/to/ftp": redirect("ftp://example.com/file"),
    "/to/file": redirect("file:///etc/passwd"),
    "/to/nowhere": redirect("http://["),
    "/large": pour_100_megabytes,
    "/drip": drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"),
    "/drip/head": drip(b"HTTP/1.1 200 OK\r\nX-Drip: "),
    "/hang": hang,
    "/reset": reset,
    "/silent": say(b""),
    "/garbage": say(b"220 mail.example ESMTP\r\n\r\n"),
    "/half": say(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf"),
    "/bomb/gzip": _bomb("gzip"),
    "/bomb/twice": _bomb("gzip, gzip"),
    "/packed": packed(gzip.compress(b"<p>Packed well</p>")),
    "/packed/parts": packed(gzip.compress(b"<p>One</p>") + gzip.compress(b"<p>Two</p>")),
    "/packed/deflate": packed(zlib.compress(b"<p>Packed well</p>"), "deflate"),
    "/packed/raw": packed(zlib.compress(b"<p>Packed well</p>")[2:-4], "deflate"),
    "/packed/broken": packed(b"this is not gzip"),
    "/packed/cut": packed(gzip.compress(b"<p>Packed well</p>" * 900)[:60]),
    "/packed/br": packed(b"\x0b\x02\x80hello\x03", "br"),
    "/packed/zstd": packed(b"\x28\xb5\x2f\xfd", "zstd"),
    "/packed/often": packed(b"x", "gzip, gzip, gzip, gzip"),
    "/empty": answer(200, b"", HTML),
    "/picture": answer(200, b"\x89PNG", (("Content-Type", "image/png"),)),
    "/same": answer(304, b""),
    "/entities.xml": answer(200, ENTITY_BOMB, XML),
}
