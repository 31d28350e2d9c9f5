"""One page from somebody's site: each hop checked, its robots.txt asked, all of it bounded."""

import re
import time
from dataclasses import replace

from ada_url import URL

from pitchbar.clients import outbound
from pitchbar.clients.outbound import OutboundAnswer, OutboundError
from pitchbar.clients.outbound_addresses import read_target
from pitchbar.clients.settings import OutboundSettings
from pitchbar.core.figures import PAGES_FETCHED
from pitchbar.core.tracing import span
from pitchbar.crawling import politeness
from pitchbar.crawling.charsets import charset_of
from pitchbar.crawling.encodings import inflated
from pitchbar.crawling.errors import CrawlError, of_outbound, of_status
from pitchbar.crawling.robots import Decision, require_allowed
from pitchbar.crawling.robots_store import Send
from pitchbar.crawling.settings import CrawlSettings
from pitchbar.crawling.wishes import ACCEPT, MAX_BYTES, Fetched, MayFollow, Wish, anywhere
from pitchbar.settings import current_settings

MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
# Nothing in them can be read, however good the site.
_NOT_TEXT = ("image/", "video/", "audio/", "font/")


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = ACCEPT,
    max_bytes: int = MAX_BYTES,
    may_be_cut: bool = False,
    may_follow: MayFollow = anywhere,
    send: Send = outbound.send,
) -> Fetched:
    """Asks for a page, and follows up to five redirects. Whoever calls has taken the host's turn.

    Opens transactions of its own: call it while none that writes is open.

    Args:
        etag: with `last_modified`, as the page had them the last time.
        max_bytes: of the body, packed and unpacked.
        may_be_cut: a longer one is cut there, instead of refused.
        may_follow: says of each address that a redirect leads to whether to go there.

    Raises:
        CrawlError: there is no page; it says why, for people and for programs.
    """
    wish = Wish(url, etag, last_modified, accept, max_bytes, may_be_cut, may_follow, send)
    began, outcome = time.perf_counter(), "failed"
    with span("crawl", kind="client") as told:
        try:
            fetched = _Trip(wish).go()
            outcome = "fetched"
            told.set("http.response.body.size", len(fetched.body))
            return fetched
        finally:
            told.set("outcome", outcome)
            PAGES_FETCHED.observe(time.perf_counter() - began, outcome)


class _Trip:
    def __init__(self, wish: Wish) -> None:
        self._wish = wish
        # Of the requests for the page alone: others may wait for its robots.txt.
        self._spent = 0.0
        self._url = wish.url
        self._hops: tuple[str, ...] = ()
        self._robots = ""

    def go(self) -> Fetched:
        try:
            return self._go()
        except CrawlError as error:
            raise error.at(self._url, self._hops, self._robots) from None
        except OutboundError as error:
            raise of_outbound(error).at(self._url, self._hops, self._robots) from None

    def _go(self) -> Fetched:
        allow = current_settings()[OutboundSettings].allowed
        self._url = _checked(self._wish.url, allow)
        while True:
            decision = self._ask_robots()
            answer = self._ask(allow)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return self._finish(answer)
            self._go_on(_checked(_joined(location, self._url), allow), decision)

    def _ask_robots(self) -> Decision:
        decision = require_allowed(self._url, self._wish.send)
        self._robots = decision.rule
        return decision

    def _ask(self, allow: frozenset[str]) -> OutboundAnswer:
        seconds = current_settings()[CrawlSettings].crawl_timeout
        if self._spent >= seconds:
            raise CrawlError("timeout", f"The page did not come within {seconds:g} seconds.")
        began = time.monotonic()
        try:
            return self._wish.send(
                "GET",
                self._url,
                headers=self._wish.headers(),
                timeout=seconds - self._spent,
                max_bytes=self._wish.max_bytes,
                allow=allow,
            )
        finally:
            self._spent += time.monotonic() - began

    def _go_on(self, url: str, decision: Decision) -> None:
        self._hops += (self._url,)
        if url in self._hops:
            raise CrawlError("redirect_loop", "The page leads in a circle, back to itself.")
        if len(self._hops) > MAX_REDIRECTS:
            sentence = "The page leads on and on, from one address to the next."
            raise CrawlError("too_many_redirects", sentence)
        self._url = url
        if not self._wish.may_follow(url):
            sentence = (
                f"The page leads elsewhere, to {url[:200]}, which is not a part of this source."
            )
            raise CrawlError("elsewhere", sentence)
        politeness.put_off(politeness.host_of(url), politeness.spacing_of(decision.delay))

    def _finish(self, answer: OutboundAnswer) -> Fetched:
        if answer.status == 304 and self._wish.is_conditional:
            return self._fetched(answer, b"", is_unchanged=True)
        if answer.status >= 400:
            raise self._refusal(answer)
        if answer.status >= 300 or answer.status < 200:
            raise CrawlError(
                "no_page", f"The site gave no page ({answer.status}).", status=answer.status
            )
        content_type = answer.headers.get("content-type", "").lower()
        if content_type.startswith(_NOT_TEXT):
            raise CrawlError(
                "not_text", "This is a picture, a film, a sound or a font, and no text."
            )
        return self._unpacked(answer)

    def _refusal(self, answer: OutboundAnswer) -> CrawlError:
        error = of_status(answer.status, answer.headers.get("retry-after", ""))
        if error.retry_after:
            politeness.rest(politeness.host_of(self._url), error.retry_after)
        return error

    def _unpacked(self, answer: OutboundAnswer) -> Fetched:
        coding = answer.headers.get("content-encoding", "")
        if answer.was_cut and not self._wish.may_be_cut:
            raise self._too_large()
        body = inflated(answer.body, coding, self._wish.max_bytes, answer.was_cut)
        was_cut = answer.was_cut or body.was_cut
        if was_cut and not self._wish.may_be_cut:
            raise self._too_large()
        return replace(self._fetched(answer, body.data), was_cut=was_cut)

    def _too_large(self) -> CrawlError:
        most = self._wish.max_bytes // (1024 * 1024)
        return CrawlError("too_large", f"The page is larger than {most} MB, the most that is read.")

    def _fetched(self, answer: OutboundAnswer, body: bytes, is_unchanged: bool = False) -> Fetched:
        content_type = answer.headers.get("content-type", "")
        return Fetched(
            url=self._wish.url,
            final_url=self._url,
            hops=self._hops,
            status=answer.status,
            content_type=content_type,
            charset=charset_of(body, content_type),
            body=body,
            etag=answer.headers.get("etag", ""),
            last_modified=answer.headers.get("last-modified", ""),
            is_unchanged=is_unchanged,
            elapsed_ms=round(self._spent * 1000),
            robots=self._robots,
            headers=answer.headers,
        )


def _checked(url: str, allow: frozenset[str]) -> str:
    """The address as it will be asked."""
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)", url)
    if scheme and scheme[1].lower() not in ("http", "https"):
        sentence = "Only web addresses can be read: they start with https:// or http://."
        raise CrawlError("scheme", sentence)
    return read_target(url, allow).url


def _joined(location: str, base: str) -> str:
    try:
        return URL(location.strip(), base=base).href
    except ValueError:
        raise CrawlError(
            "malformed", "The page leads on to something that is no address."
        ) from None
