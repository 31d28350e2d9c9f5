"""Where the rules of a code lead a scan."""

import logging
import os
from typing import Any

from pitchbar.clients.geolocation import bundled_country_of
from pitchbar.rules.compiling import CompiledRules
from pitchbar.rules.visits import CountryOf, RequestVisit
from pitchbar.scans.accepted import Way
from pitchbar.scans.redirects import ResolvedCode, Target
from pitchbar.scans.scan_limits import LedScans
from pitchbar.scans.seen_today import SeenToday

log = logging.getLogger(__name__)
# What a browser says that fetches a page before anybody wants to see it.
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


class RuleRouter:
    """Args:
    key: of `rules.splitting.split_key`, the same in all processes; a random one unless given.
    seen, led: who was here today, and how many scans came before, for the rules that ask; they know
        this process alone unless given.
    country_of: where an address is.
    """

    def __init__(
        self,
        key: bytes = b"",
        *,
        seen: SeenToday | None = None,
        led: LedScans | None = None,
        country_of: CountryOf = bundled_country_of,
    ) -> None:
        self.country_of = country_of
        self._key = key or os.urandom(32)
        self._seen = seen or SeenToday()
        self._led = led or LedScans()

    def choose(
        self, code: ResolvedCode, rules: CompiledRules, visit: RequestVisit, environ: dict[str, Any]
    ) -> tuple[Target, Way]:
        """Where the first rule that matches leads, else the code itself."""
        try:
            if rules.asks_state:
                self._find_state(code, rules, visit, environ)
            choice = rules.choose(visit, self._key)
        except Exception:
            # Whatever a visitor sends, the printed code leads on.
            log.exception("the rules of code %s cannot be asked", code.code_id)
            choice = None
        if choice is None:
            return code, code.way
        rule_id, variant, target = choice
        return target, Way(rule_id, variant, code.way.domain_id, code.way.campaign)

    def _find_state(
        self, code: ResolvedCode, rules: CompiledRules, visit: RequestVisit, environ: dict[str, Any]
    ) -> None:
        """Asked for every scan of such a code, whichever rule takes it: each is one more."""
        # Behind a password it is a POST that is led on.
        is_led = environ["REQUEST_METHOD"] != "HEAD"
        if rules.asks_seen:
            is_visit = is_led and not any(map(environ.get, _PURPOSES))
            day, identity = rules.day_of(visit.now_ms), visit.identity()
            visit.again = self._seen.take(code.code_id, day, identity, is_visit=is_visit)
        if rules.asks_scans:
            visit.scans = self._count_before(code, is_led)

    def _count_before(self, code: ResolvedCode, is_led: bool) -> int:
        if not is_led:
            return self._led.count_before(code.code_id)
        if code.special and code.special.scan_limit:
            # This one took its number at the door.
            return max(0, self._led.count_before(code.code_id) - 1)
        return self._led.take(code.code_id)


def visit_of(
    environ: dict[str, Any],
    now: int,
    address: str,
    query: str | None,
    hints: str,
    country_of: CountryOf = bundled_country_of,
) -> RequestVisit:
    """Args:
    now: in milliseconds.
    address: of the visitor, not of a proxy.
    """
    get = environ.get
    agent, language = get("HTTP_USER_AGENT", ""), get("HTTP_ACCEPT_LANGUAGE", "")
    return RequestVisit(now, address, agent, language, query or "", hints, country_of)
