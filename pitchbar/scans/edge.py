"""The redirect: a bare WSGI callable, because every scan of every printed code passes here.

It asks no session, writes to no database and builds no object that it does not need. What is not
a scan goes on to the application behind it, if there is one.
"""

import time
from collections.abc import Callable, Container, Iterable
from random import getrandbits
from typing import Any

from pitchbar.core.addresses import client_address, limit_key
from pitchbar.core.utm import Utm
from pitchbar.scans.accepted import Way, new_scan_id, write_line
from pitchbar.scans.answers import (
    EMPTY,
    NO_INDEX,
    NO_STORE,
    Response,
    StartResponse,
    WsgiApp,
    lead_on,
    see_other,
)
from pitchbar.scans.attribution import TokenCipher, put_token
from pitchbar.scans.bare_answers import BareAnswers
from pitchbar.scans.counting import Counting
from pitchbar.scans.doors import Doors
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.entrance import PREFIXES, Entrance
from pitchbar.scans.hosts import HostNames, Site, Sites
from pitchbar.scans.known_answers import Unavailable
from pitchbar.scans.limits import AddressLimit, GuessLimit
from pitchbar.scans.password_page import PasswordGate
from pitchbar.scans.redirects import ResolvedCode, Target, build_location, split_glued_query
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.routing import RuleRouter, visit_of
from pitchbar.scans.set_apart import OVER_LIMIT
from pitchbar.scans.spool import Spool
from pitchbar.scans.turns import are_few
from pitchbar.scans.wishes import asks_not_to_be_tracked

_CLIENT_HINTS = ("HTTP_SEC_CH_UA", "HTTP_SEC_CH_UA_MOBILE", "HTTP_SEC_CH_UA_PLATFORM")


class Edge:
    """Args:
    limit: scans per address; None switches it off.
    guesses: unknown codes per address, with `limit` only.
    passwords: asks for those of codes; unless given, as often as somebody types one.
    counting: of codes with a limit, and of what plans record; unless given, by itself.
    router: asks the rules of the codes that have some.
    trusted_proxies: how many proxies in front of us write X-Forwarded-For.
    tokens: writes `pb_at`; None puts none on any destination.
    app: answers everything that is not a scan; None answers 404.
    names, sites: which names are our own, and which are the domains of customers; without the
        latter, all are our own.
    """

    def __init__(
        self,
        *,
        resolver: Resolver,
        spool: Spool,
        pages: EdgePages,
        limit: AddressLimit | None,
        guesses: GuessLimit | None = None,
        passwords: PasswordGate | None = None,
        counting: Counting | None = None,
        router: RuleRouter | None = None,
        trusted_proxies: int = 0,
        tokens: TokenCipher | None = None,
        respects_wishes: bool = False,
        app: WsgiApp | None = None,
        names: HostNames | None = None,
        sites: Sites | None = None,
    ) -> None:
        counting = counting or Counting()
        self._names = HostNames(()) if names is None else names
        self._entrance = sites and Entrance(
            sites, pages, guesses, trusted_proxies, app or BareAnswers(pages)
        )
        self._resolve = resolver.resolve
        self._is_known = resolver.is_known
        self._append = spool.append
        self._pages = pages
        self._limit = limit
        self._guesses = guesses
        self._router = router or RuleRouter(led=counting.led)
        self._suspects: Container[str] = guesses.suspects if guesses else ()
        self._doors = Doors(pages, passwords or PasswordGate(), counting.led)
        self._renew = counting.renew
        self._trusted_proxies = trusted_proxies
        self._tokens = tokens
        self._respects_wishes = respects_wishes
        self._app = app or BareAnswers(pages)

    def __call__(  # noqa: C901, PLR0915  # each call costs: the path of a scan is one function
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        site = None
        if (host := self._names[environ.get("HTTP_HOST", "")]) and self._entrance:
            entered = self._entrance.enter(host, path, environ, start_response)
            if isinstance(entered, Response):
                return entered.body
            site, path = entered
        elif not path.startswith(PREFIXES):
            return self._app(environ, start_response)
        method: str = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD" and method != "POST":
            return self._doors.refuse_method(environ, start_response)
        address = client_address(environ, self._trusted_proxies)
        key = limit_key(address) if ":" in address else address
        wait = 0 if self._limit is None else self._limit.take(key)
        query = environ.get("QUERY_STRING")
        if "&" in path or "?" in path:
            path, query = split_glued_query(path, query)
        if key in self._suspects and not self._is_known(path[3:]):
            wait = self._take_look_up(key) or wait
        if wait > 0:
            return self._refuse(wait, environ, start_response)
        try:
            code = self._resolve(path[3:])
        except Unavailable:
            return self._pages.respond("unavailable", environ, start_response, ("Retry-After", "5"))
        if code is None:
            return self._respond_unknown(key, environ, start_response, site)
        if not code.is_active:
            return self._doors.close("archived", code, environ, start_response)
        now = time.time_ns() // 1_000_000
        scan_id = new_scan_id(now, getrandbits(74))
        way = code.way
        if code.special is None and method != "POST":
            location, utm = build_location(code, query) if query else (code.location, code.utm)
        else:
            routed = self._route(code, query, key, now, scan_id, environ, start_response)
            if isinstance(routed, Response):
                return routed.body
            location, utm, way = routed
            if method == "POST":
                method, start_response = "GET", see_other(start_response)
        allowance = code.allowance
        if allowance is not None:
            if allowance.left > 0:
                allowance.left -= 1
            elif not self._renew(code.workspace_id, code.code_id, allowance, now):
                return lead_on(location, start_response)
        get = environ.get
        self._append(
            write_line(
                scan_id,
                now,
                code.code_id,
                code.workspace_id,
                code.time_zone,
                utm,
                method,
                address,
                (get("HTTP_USER_AGENT") or _unreadable_agent(environ))[:512],
                get("HTTP_ACCEPT_LANGUAGE", "")[:256],
                get("HTTP_REFERER", "")[:512],
                (
                    get("HTTP_SEC_PURPOSE")
                    or get("HTTP_PURPOSE")
                    or get("HTTP_X_PURPOSE")
                    or get("HTTP_X_MOZ")
                    or ""
                )[:64],
                _client_hints(get) if "HTTP_SEC_CH_UA" in environ else "",
                OVER_LIMIT if wait else "",
                way,
                self._respects_wishes and asks_not_to_be_tracked(get),
            )
        )
        start_response("302 Found", [("Location", location), NO_STORE, EMPTY, NO_INDEX])
        return ()

    def _route(
        self,
        code: ResolvedCode,
        query: str | None,
        key: str,
        now: int,
        scan_id: str,
        environ: dict[str, Any],
        start_response: StartResponse,
    ) -> tuple[str, Utm, Way] | Response:
        """Where a scan of a code goes that asks more than most, or what it is answered instead."""
        stopped = self._doors.stop(code, key, now, environ, start_response)
        if stopped is not None:
            return Response(stopped)
        target, way = self._follow_rules(code, query, now, environ)
        location, utm = build_location(target, query) if query else (target.location, target.utm)
        if code.special and code.special.attribution and self._may_attribute(environ):
            location = put_token(location, self._write_token(scan_id, code, way))
        return location, utm, way

    def _follow_rules(
        self, code: ResolvedCode, query: str | None, now: int, environ: dict[str, Any]
    ) -> tuple[Target, Way]:
        rules = code.special.rules if code.special else None
        if rules is None:
            return code, code.way
        address = client_address(environ, self._trusted_proxies)
        hints = _client_hints(environ.get) if "HTTP_SEC_CH_UA" in environ else ""
        visit = visit_of(environ, now, address, query, hints, self._router.country_of)
        return self._router.choose(code, rules, visit, environ)

    def _may_attribute(self, environ: dict[str, Any]) -> bool:
        is_refused = self._respects_wishes and asks_not_to_be_tracked(environ.get)
        return self._tokens is not None and not is_refused

    def _write_token(self, scan_id: str, code: ResolvedCode, way: Way) -> str:
        """Empty where there is none: a visitor is led on all the same."""
        try:
            return self._tokens.write(scan_id, code.code_id, code.workspace_id, way)  # type: ignore[union-attr]  # asked before
        except OverflowError:
            return ""

    def _take_look_up(self, key: str) -> int:
        return self._guesses.take_look_up(key) if self._guesses else 0

    def _respond_unknown(
        self, key: str, environ: dict[str, Any], start_response: StartResponse, site: Site | None
    ) -> Iterable[bytes]:
        wait = self._guesses.take_unknown(key) if self._guesses else 0
        if wait:
            return self._refuse(wait, environ, start_response)
        if site is not None and site.unknown_url:
            return lead_on(site.unknown_url, start_response)
        return self._pages.respond("unknown", environ, start_response)

    def _refuse(
        self, wait: int, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        return self._pages.respond("busy", environ, start_response, ("Retry-After", str(wait)))


def _unreadable_agent(environ: dict[str, Any]) -> str:
    """What stands for a name that granian leaves empty because it is not ASCII, as that of some
    phones is: whoever sends it is no program without a name.
    """
    agent = "Mozilla/5.0 (unreadable) AppleWebKit/537.36 (KHTML, like Gecko)"
    return agent if are_few() and "HTTP_USER_AGENT" in environ else ""


def _client_hints(get: Callable[..., str]) -> str:
    """What browsers say of themselves unasked; those that say none of it are spared the look."""
    return "|".join(get(name, "") for name in _CLIENT_HINTS)[:256]
