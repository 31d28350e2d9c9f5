"""Where the rules of a code lead a scan."""

import logging
import os
from typing import Any

from pitchbar.rules.visits import RequestVisit
from pitchbar.scans.accepted import Way
from pitchbar.scans.code_counts import CodeCounts
from pitchbar.scans.code_rules import CodeRules
from pitchbar.scans.redirects import ResolvedCode, Target
from pitchbar.scans.seen_today import SeenToday

log = logging.getLogger(__name__)
# What a browser says that fetches a page before anybody wants to see it.
_PURPOSES = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")


class RuleRouter:
    """Args:
    key: of `rules.splitting.split_key`, the same in all processes; a random one unless given.
    seen, counts: what the rules of some codes ask for; they know this process alone unless given.
    """

    def __init__(
        self,
        key: bytes = b"",
        *,
        seen: SeenToday | None = None,
        counts: CodeCounts | None = None,
    ) -> None:
        self._key = key or os.urandom(32)
        self._seen = seen or SeenToday()
        self._counts = counts or CodeCounts()

    def choose(
        self, code: ResolvedCode, rules: CodeRules, visit: RequestVisit, environ: dict[str, Any]
    ) -> tuple[Target, Way]:
        """Where the first rule that matches leads, else the code itself."""
        try:
            if rules.compiled.asks_state:
                self._find_state(code.code_id, rules, visit, environ)
            choice = rules.compiled.choose(visit, self._key)
        except Exception:
            # Whatever a visitor sends, the printed code leads on.
            log.exception("the rules of code %s cannot be asked", code.code_id)
            choice = None
        if choice is None:
            return code, code.way
        rule_id, variant, target = choice
        return target, Way(rule_id, variant, code.way.domain_id, code.way.campaign)

    def _find_state(
        self, code_id: int, rules: CodeRules, visit: RequestVisit, environ: dict[str, Any]
    ) -> None:
        """Asked for every scan of such a code, whichever rule takes it: each is one more."""
        is_visit = environ["REQUEST_METHOD"] == "GET" and not any(map(environ.get, _PURPOSES))
        compiled = rules.compiled
        if compiled.asks_seen:
            day, identity = compiled.day_of(visit.now_ms), visit.identity()
            visit.again = self._seen.take(code_id, day, identity, is_visit=is_visit)
        if compiled.asks_scans:
            visit.scans = self._counts.take(code_id, rules.stored_scans, is_visit=is_visit)

    def reset_after_fork(self) -> None:
        """In a forked child: the parent's threads are gone, and may have held a lock."""
        self._counts.reset_after_fork()


def visit_of(
    environ: dict[str, Any], now: int, address: str, query: str | None, hints: str
) -> RequestVisit:
    """Args:
    now: in milliseconds.
    address: of the visitor, not of a proxy.
    """
    get = environ.get
    agent, language = get("HTTP_USER_AGENT", ""), get("HTTP_ACCEPT_LANGUAGE", "")
    return RequestVisit(now, address, agent, language, query or "", hints)
