"""The way in under a name that is not ours: a customer's domain, or anybody's that leads here.

On a customer's domain there are codes and nothing else: no page of the application is answered.
"""

from typing import Any

from pitchbar.core.addresses import client_address, limit_key
from pitchbar.scans.answers import Response, StartResponse, WsgiApp, lead_on, respond_text
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.hosts import Site, Sites
from pitchbar.scans.known_answers import Unavailable
from pitchbar.scans.limits import GuessLimit
from pitchbar.scans.resolver import name_on_domain

# Some print in capitals, and some phones begin an address with one.
PREFIXES = ("/t/", "/T/")
# What programs ask for by themselves, and no code is named like.
_NO_CODES = ("robots.txt", "favicon.ico", ".")
_ROBOTS = b"User-agent: *\nDisallow: /\n"

Way = tuple[Site, str] | Response


class Entrance:
    """`enter` gives the domain, and the path as it would be on our own host; or the answer.

    Args:
        elsewhere: answers what is no scan, under a name that is nobody's.
    """

    def __init__(
        self,
        sites: Sites,
        pages: EdgePages,
        guesses: GuessLimit | None,
        trusted_proxies: int,
        elsewhere: WsgiApp,
    ) -> None:
        self._sites = sites
        self._pages = pages
        self._guesses = guesses
        self._trusted_proxies = trusted_proxies
        self._elsewhere = elsewhere

    def enter(
        self, host: str, path: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Way:
        wait = self._take_look_up(host, environ)
        if wait > 0:
            return self._page("busy", environ, start_response, ("Retry-After", str(wait)))
        try:
            site = self._sites.find(host)
        except Unavailable:
            # Whoever watches whether we are there may call us by any name.
            if path.startswith("/up"):
                return Response(self._elsewhere(environ, start_response))
            return self._page("unavailable", environ, start_response, ("Retry-After", "5"))
        if site is not None:
            return self._enter_site(site, path, environ, start_response)
        if not path.startswith(PREFIXES):
            return Response(self._elsewhere(environ, start_response))
        return self._refuse_stranger(environ, start_response)

    def _take_look_up(self, host: str, environ: dict[str, Any]) -> int:
        """Guessing hosts is held back like guessing short codes."""
        if not self._guesses or not self._guesses.suspects or self._sites.is_known(host):
            return 0
        key = self._key(environ)
        return self._guesses.take_look_up(key) if key in self._guesses.suspects else 0

    def _refuse_stranger(self, environ: dict[str, Any], start_response: StartResponse) -> Response:
        wait = self._guesses.take_unknown(self._key(environ)) if self._guesses else 0
        if wait > 0:
            return self._page("busy", environ, start_response, ("Retry-After", str(wait)))
        return self._page("unknown", environ, start_response)

    def _enter_site(
        self, site: Site, path: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Way:
        rest = path[3:] if path.startswith(PREFIXES) else path[1:]
        is_root = not rest.strip("/") or path in ("/t", "/T")
        if not is_root and not rest.startswith(_NO_CODES):
            return site, f"/t/{name_on_domain(site.domain_id, rest)}"
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._page("method", environ, start_response, ("Allow", "GET, HEAD"))
        if is_root:
            return self._respond_root(site, environ, start_response)
        if rest == "robots.txt":
            return Response(respond_text("200 OK", _ROBOTS, environ, start_response))
        return Response(respond_text("404 Not Found", b"", environ, start_response))

    def _respond_root(
        self, site: Site, environ: dict[str, Any], start_response: StartResponse
    ) -> Response:
        if site.root_url:
            return Response(lead_on(site.root_url, start_response))
        return self._page("root", environ, start_response)

    def _page(
        self,
        page: str,
        environ: dict[str, Any],
        start_response: StartResponse,
        *headers: tuple[str, str],
    ) -> Response:
        return Response(self._pages.respond(page, environ, start_response, *headers))

    def _key(self, environ: dict[str, Any]) -> str:
        return limit_key(client_address(environ, self._trusted_proxies))
