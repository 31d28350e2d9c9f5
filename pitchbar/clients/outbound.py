"""HTTP to addresses that customers choose: webhooks, destinations that are checked, pages.

Each hop is read, checked, resolved once and connected to by an address that was checked; the whole
of it has one deadline and a most of bytes. Neither proxies nor passwords nor certificates that the
environment names are used, nothing is decompressed, and no connection is kept.
"""

import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from pitchbar.clients import outbound_exchange
from pitchbar.clients.outbound_addresses import read_redirect, read_target
from pitchbar.clients.outbound_addresses import refuse_url as refuse_url
from pitchbar.clients.outbound_connections import (
    Connect,
    Deadline,
    Resolve,
    system_connect,
    system_resolve,
)
from pitchbar.clients.outbound_errors import OutboundError as OutboundError
from pitchbar.clients.outbound_exchange import Answer, Request, Ways

Headers = Iterable[tuple[str, str]]

MAX_BYTES = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_KEEP_METHOD = (307, 308)
# What belongs to one site goes to no other.
_FOR_ONE_SITE = {"authorization", "cookie", "proxy-authorization"}


@dataclass(frozen=True)
class OutboundAnswer:
    """What came back. `headers` have lower-case names; `url` is the last that was asked, and
    `redirects` those before it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    was_cut: bool
    elapsed_ms: int
    url: str
    redirects: tuple[str, ...] = ()
    tls_expires_at: datetime | None = None


@dataclass(frozen=True)
class OutboundClient:
    """How names are resolved, connections opened and certificates believed; tests have their own
    ways, everybody else calls `send`.
    """

    resolve: Resolve = system_resolve
    connect: Connect = system_connect
    tls: ssl.SSLContext | None = None

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Headers = (),
        content: bytes = b"",
        timeout: float = 10.0,
        max_bytes: int = MAX_BYTES,
        follow: int = 0,
        allow: frozenset[str] = frozenset(),
    ) -> OutboundAnswer:
        """Asks, and follows as many redirects as `follow` says; with none, one is the answer.

        Args:
            timeout: seconds for all of it, the DNS and each redirect included.
            max_bytes: the body is cut there.
            allow: `host:port` pairs that are asked although they are not public.

        Raises:
            OutboundError: there is no answer; its sentence says why.
        """
        began = time.monotonic()
        trip = _Trip(self, Deadline(timeout), max_bytes, allow, url)
        try:
            request = Request(method.upper(), read_target(url, allow), tuple(headers), content)
            answer = trip.go(request, follow)
        except OutboundError as error:
            raise error.at(trip.url, trip.redirects) from None
        return OutboundAnswer(
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            was_cut=answer.was_cut,
            elapsed_ms=round((time.monotonic() - began) * 1000),
            url=trip.url,
            redirects=trip.redirects,
            tls_expires_at=answer.tls_expires_at,
        )


class _Trip:
    """From one address to the next; where it has got to is known also when it fails."""

    def __init__(
        self,
        client: OutboundClient,
        deadline: Deadline,
        max_bytes: int,
        allow: frozenset[str],
        url: str,
    ) -> None:
        self._ways = Ways(client.resolve, client.connect, client.tls)
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._allow = allow
        self.url = url
        self.redirects: tuple[str, ...] = ()

    def go(self, request: Request, follow: int) -> Answer:
        while True:
            self.url = request.target.url
            answer = outbound_exchange.ask(
                request, self._ways, self._deadline, self._max_bytes, self._allow
            )
            location = answer.headers.get("location")
            if not follow or answer.status not in _REDIRECTS or not location:
                return answer
            request = self._led_on(request, answer.status, location, follow)

    def _led_on(self, request: Request, status: int, location: str, follow: int) -> Request:
        self.redirects += (self.url,)
        if len(self.redirects) > follow:
            raise OutboundError("too_many_redirects", "It leads on and on, from one to the next.")
        self.url = location[:2048]
        target = read_redirect(location, request.target.url, self._allow)
        return _led_on(replace(request, target=target), request.target.url, status)


def _led_on(request: Request, before: str, status: int) -> Request:
    """What a redirect asks for of it (RFC 9110, 15.4)."""
    if urlsplit(before)[:2] != urlsplit(request.target.url)[:2]:
        kept = [one for one in request.headers if one[0].lower() not in _FOR_ONE_SITE]
        request = replace(request, headers=tuple(kept))
    if status in _KEEP_METHOD or request.method in ("GET", "HEAD"):
        return request
    kept = [one for one in request.headers if not one[0].lower().startswith("content-")]
    return replace(request, method="GET", headers=tuple(kept), content=b"")


send = OutboundClient().send
