"""What stands between a visitor and this process: trusted proxies, tunnels, or nothing."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from pitchbar.core.addresses import client_address, is_loopback

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger(__name__)

_PEER = "pitchbar.peer"
# Whoever sends one of these speaks for somebody else, also where we trust nobody.
_PASSED_ON = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_CF_CONNECTING_IP",
)


class UntrustedProxy:
    """Whether a proxy seems to stand in front of which TRUSTED_PROXIES does not know: then all
    visitors have its address, and soon its limit.
    """

    def __init__(self) -> None:
        self.is_seen = False

    def see(self) -> None:
        if not self.is_seen:
            self.is_seen = True
            log.warning(
                "a request came with X-Forwarded-For, but TRUSTED_PROXIES is 0: if a proxy stands "
                "in front, all visitors share its address and its limits; set how many there are"
            )


untrusted_proxy = UntrustedProxy()


class ClientAddresses:
    """Puts the visitor's address where Flask looks for it, as the edge reads it, too.

    The scheme comes from the same proxies; Werkzeug reads that well, but leaves ports in addresses.
    """

    def __init__(self, app: WsgiApp, trusted_proxies: int) -> None:
        self._app: WsgiApp = app
        if trusted_proxies:
            self._app = ProxyFix(app, x_for=0, x_proto=trusted_proxies)
        self._trusted_proxies = trusted_proxies

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        if not self._trusted_proxies and "HTTP_X_FORWARDED_FOR" in environ:
            untrusted_proxy.see()
        environ[_PEER] = environ.get("REMOTE_ADDR") or ""
        environ["REMOTE_ADDR"] = client_address(environ, self._trusted_proxies)
        return self._app(environ, start_response)


def is_passed_on(environ: Mapping[str, Any]) -> bool:
    """Whether a proxy or a tunnel says that it brings the request of somebody else."""
    return any(header in environ for header in _PASSED_ON)


def is_from_this_machine(environ: Mapping[str, Any], own_host: str) -> bool:
    """Whether a program on this machine asks by itself, under a name of this machine.

    A name that somebody else's DNS points here is refused: else a page of theirs, open in a browser
    on this machine, could read the answer.
    """
    host = str(environ.get("HTTP_HOST", "")).rsplit("@")[-1]
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    is_ours = name.lower() in ("localhost", own_host) or is_loopback(name)
    peer = str(environ.get(_PEER, environ.get("REMOTE_ADDR", "")))
    return is_ours and is_loopback(peer) and not is_passed_on(environ)
