"""What may stand between a scan and its destination: a code's time, its limit, its password.

In this order, and before its rules are asked. The limit is asked again behind the password, as a
scan is counted only when it is led on.
"""

from collections.abc import Callable, Iterable
from typing import Any

from pitchbar.scans.answers import lead_on
from pitchbar.scans.edge_pages import EdgePages, Moment
from pitchbar.scans.password_page import PasswordGate
from pitchbar.scans.redirects import ResolvedCode, Special
from pitchbar.scans.scan_limits import REACHED, LedScans

LIMIT, NOT_STARTED = "limit", "not_started"


class Doors:
    """Args:
    passwords: asks for those of codes.
    led: counts those that have a limit.
    """

    def __init__(self, pages: EdgePages, passwords: PasswordGate, led: LedScans) -> None:
        self._pages = pages
        self._passwords = passwords
        self._led = led

    def stop(
        self,
        code: ResolvedCode,
        key: str,
        now: int,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Iterable[bytes] | None:
        """The answer to a scan that is not led on; None for one that is.

        Args:
            key: the address, as limits count it.
            now: milliseconds since 1970.
        """
        special, method = code.special, environ["REQUEST_METHOD"]
        if special is None or (method == "POST" and not special.password_hash):
            return self.refuse_method(environ, start_response)
        state = self._find_state(code, special, now)
        if not state and special.password_hash:
            state, wait = self._passwords.find_state(special.password_hash, key, environ)
            if state:
                return self._ask(state, wait, code, environ, start_response)
        if not state and special.scan_limit and method != "HEAD":
            is_led = self._led.take(code.code_id, special.scan_limit) != REACHED
            state = "" if is_led else LIMIT
        return self.close(state, code, environ, start_response) if state else None

    def close(
        self,
        page: str,
        code: ResolvedCode,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Iterable[bytes]:
        """For a code that is out of use."""
        if code.fallback:
            # Led on, but no scan.
            return lead_on(code.fallback, start_response)
        gate = code.special.gate if code.special and page == NOT_STARTED else None
        return self._pages.respond(
            page,
            environ,
            start_response,
            name=code.workspace_name,
            colour=code.colour,
            starts=Moment(gate.starts_ms, code.time_zone) if gate else None,
        )

    def refuse_method(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        return self._pages.respond("method", environ, start_response, ("Allow", "GET, HEAD"))

    def _find_state(self, code: ResolvedCode, special: Special, now: int) -> str:
        state = special.gate.find_state(now) if special.gate else ""
        if not state and special.scan_limit:
            is_reached = self._led.count_before(code.code_id) >= special.scan_limit
            state = LIMIT if is_reached else ""
        return state

    def _ask(
        self,
        page: str,
        wait: int,
        code: ResolvedCode,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
    ) -> Iterable[bytes]:
        headers = [("Retry-After", str(wait))] if wait else []
        return self._pages.respond(
            page,
            environ,
            start_response,
            *headers,
            name=code.workspace_name,
            colour=code.colour,
        )
