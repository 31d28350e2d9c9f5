"""Under which name a visitor came: one of our own, a domain of a customer, or any other.

The name stands in the Host header, which anybody can write as they like. For our own names it costs
one look into a dictionary; what is kept is bounded.
"""

import time
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Engine, text

from pitchbar.core.bus import Bus
from pitchbar.core.hosts import is_host, is_public, parse_ip
from pitchbar.domains.settings import DomainSettings
from pitchbar.scans.known_answers import KnownAnswers
from pitchbar.settings import Settings

# Truthy, and no name that anybody has.
NO_NAME = "?"
_OURS = ""
_MOST_NAMES = 10_000
_LONGEST_HEADER = 300

# Of several that had proven it, the one that has proven it now, or last.
_QUERY = text(
    """
    SELECT d.id, d.root_url, d.unknown_url
    FROM domains d
    WHERE d.host = :host AND d.state IN ('verified', 'broken')
    ORDER BY CASE WHEN d.state = 'verified' THEN 0 ELSE 1 END, d.verified_at DESC
    LIMIT 1
    """
)


class Site(NamedTuple):
    """A customer's domain: where its bare host and unknown codes lead, if anywhere."""

    domain_id: int
    root_url: str
    unknown_url: str


class HostNames(dict[str, str]):
    """The name behind each Host header as it came: empty for our own, so that `names[raw]` is false
    there; NO_NAME for what cannot be one.

    Our own are those given, none at all, every IP address, and what the public DNS does not know:
    containers, tests and networks at home call us by such names.
    """

    def __init__(self, own: Iterable[str]) -> None:
        super().__init__()
        self._own = frozenset(name.lower().rstrip(".") for name in own)

    def __missing__(self, raw: str) -> str:
        if len(raw) > _LONGEST_HEADER:
            return NO_NAME
        host = read_host(raw)
        if len(self) >= _MOST_NAMES:
            self.clear()
        self[raw] = name = _OURS if self._is_ours(host) else host
        return name

    def _is_ours(self, host: str) -> bool:
        if host in self._own or not host:
            return True
        return host != NO_NAME and (parse_ip(host) is not None or not is_public(host))


def read_host(raw: str) -> str:
    """The name in a Host header, without its port, in lower case; NO_NAME for what is none."""
    text = raw.strip()
    if text.startswith("["):
        host, bracket, port = text[1:].partition("]")
        is_address = bracket and (not port or port.startswith(":"))
        return host.lower() if is_address and parse_ip(host) else NO_NAME
    host, _, port = text.lower().partition(":")
    is_name = host.isascii() and is_host(host) and (not port or port.isdecimal())
    if text and not is_name:
        return NO_NAME
    return host.removesuffix(".")


def own_names(settings: Settings) -> tuple[str, ...]:
    return settings.own_host, *settings[DomainSettings].edge_hosts


class Sites(KnownAnswers[Site]):
    """`find(host)` gives the domain of a customer, or None for a name that is nobody's here.

    Args:
        engine: read only, and only for hosts that are not fresh in the cache.
    """

    def __init__(self, engine: Engine, *, max_stale: float = 2.0, capacity: int = 20_000) -> None:
        super().__init__(max_stale=max_stale, capacity=capacity, name="host resolver")
        self._engine = engine

    def listen(self, bus: Bus) -> None:
        """Forgets a host as soon as the bus says that its domain changed."""
        bus.subscribe("domains", lambda message: self.invalidate(str(message["host"])))

    def find(self, host: str) -> Site | None:
        """Raises Unavailable when neither the cache nor the database knows."""
        return None if host == NO_NAME else self._look_up(host, time.monotonic())

    def is_known(self, host: str) -> bool:
        """Whether it costs no look-up: known, or known to be nobody's."""
        return host in self._entries or host in self._unknown or host == NO_NAME

    def _read(self, host: str) -> Site | None:
        with self._engine.connect() as connection:
            row = connection.execute(_QUERY, {"host": host}).one_or_none()
        return None if row is None else Site(*row)
