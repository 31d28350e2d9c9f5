"""A site on loopback for the bench of the crawler: pages by number, a sitemap, and a count of what
was asked for, at `/counts`. A process of its own, so that its work is not measured.
"""

import asyncio
import json
import sys
from collections import Counter

_WORDS = (
    "The harbour opens at six, and the kitchen with it; whoever comes early gets the first bread. "
)


def page(number: int, pages: int) -> bytes:
    links = "".join(f'<a href="/page/{(number * 7 + step) % pages}">More</a>' for step in range(20))
    # No two pages say the same.
    paragraphs = "".join(f"<p>On {number}, {step}: {_WORDS * 4}</p>" for step in range(4))
    head = f"<title>Page {number}</title>"
    return (
        f"<!doctype html><html><head>{head}</head><body>{paragraphs}{links}</body></html>".encode()
    )


class Site:
    def __init__(self, port: int, hosts: list[str], pages: int) -> None:
        self._port, self._hosts, self._pages = port, hosts, pages
        self._asked: Counter[str] = Counter()

    async def serve(self) -> None:
        server = await asyncio.start_server(self._answer, self._hosts, self._port, backlog=500)
        async with server:
            await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            host = head.partition("Host: ")[2].partition("\r\n")[0]
            status, kind, body = self._body_of(head.split()[1], host)
            lines = (
                f"HTTP/1.1 {status} So\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
            )
            writer.write(f"{lines}Connection: close\r\n\r\n".encode() + body)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _body_of(self, path: str, host: str) -> tuple[int, str, bytes]:
        if path == "/counts":
            return 200, "application/json", json.dumps(self._asked).encode()
        self._asked[path if path in ("/robots.txt", "/sitemap.xml") else "page"] += 1
        if path == "/robots.txt":
            return 200, "text/plain", b"User-agent: *\nDisallow: /private\n"
        if path == "/sitemap.xml":
            return 200, "application/xml", self._sitemap(host)
        if path.startswith("/page/"):
            number = int(path.rpartition("/")[2])
            return 200, "text/html; charset=utf-8", page(number, self._pages)
        return 404, "text/html", b"Nothing."

    def _sitemap(self, host: str) -> bytes:
        first = self._hosts.index(host.partition(":")[0])
        numbers = range(first, self._pages, len(self._hosts))
        urls = "".join(f"<url><loc>http://{host}/page/{number}</loc></url>" for number in numbers)
        return f"<urlset>{urls}</urlset>".encode()


if __name__ == "__main__":
    site = Site(int(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3]))
    asyncio.run(site.serve())
