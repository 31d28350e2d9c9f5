"""What is known of a visitor, asked only where a rule asks, and at most once for a visit."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import unquote_plus

from pitchbar.clients.geolocation import bundled_country_of
from pitchbar.core.devices import read_device

# As the lines of scans keep them.
MAX_AGENT, MAX_LANGUAGE = 512, 256
_MAX_RANGES = 32
_NOTHING: Mapping[str, str] = {}


CountryOf = Callable[[str], str | None]


class Agent(NamedTuple):
    """Kind, system and browser in lower case; empty where unknown."""

    device: str
    os: str
    browser: str


class Visit(Protocol):
    """A visit, real or described. `now_ms` is since 1970, `scans` how many came before, `again`
    whether this visitor was here today already.
    """

    @property
    def now_ms(self) -> int: ...
    @property
    def scans(self) -> int: ...
    @property
    def again(self) -> bool: ...
    def agent(self) -> Agent: ...
    def country(self) -> str | None: ...
    def language(self) -> tuple[str, ...]:
        """The tag that is ranked first, and what is behind it: ("de-ch", "de"); or nothing."""
        ...

    def parameters(self, names: Collection[str]) -> Mapping[str, str]:
        """The first value of those of the names that the address has."""
        ...

    def identity(self) -> str:
        """The same text for all visits of one visitor, whoever asks."""
        ...


@lru_cache(maxsize=16384)
def read_agent(user_agent: str) -> Agent:
    device = read_device(user_agent)
    return agent_of(device.kind, device.os, device.browser)


def agent_of(kind: str | None, os: str | None, browser: str | None) -> Agent:
    return Agent(kind or "", (os or "").lower(), (browser or "").lower())


@lru_cache(maxsize=4096)
def read_language(header: str) -> tuple[str, ...]:
    """Of Accept-Language (RFC 9110): the greatest q, among equals the first; "*" is no language."""
    best, best_quality = "", 0.0
    for part in header.split(",")[:_MAX_RANGES]:
        tag, _, parameters = part.partition(";")
        quality = _quality(parameters)
        if quality > best_quality and _is_tag(tag.strip()):
            best, best_quality = tag.strip().lower(), quality
    return language_of(best)


def language_of(tag: str) -> tuple[str, ...]:
    """ "zh-hant-tw", "zh-hant" and "zh" for "zh-Hant-TW"."""
    parts = tag.lower().split("-") if tag else []
    return tuple("-".join(parts[:end]) for end in range(len(parts), 0, -1))


def _quality(parameters: str) -> float:
    """0 for what is no number from 0 to 1: such a language is not wanted."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def _is_tag(tag: str) -> bool:
    return 2 <= len(tag) <= 35 and tag.isascii() and tag.replace("-", "").isalnum()


def read_parameters(query: str, names: Collection[str]) -> dict[str, str]:
    """One pass; only what is asked for is kept, and only what may be it is decoded."""
    if not query.isascii():
        # WSGI hands over bytes as Latin-1.
        query = query.encode("latin-1", "replace").decode("utf-8", "replace")
    found: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if "%" in name or "+" in name:
            name = unquote_plus(name, errors="replace")
        if name in names and name not in found:
            found[name] = unquote_plus(value, errors="replace")
            if len(found) == len(names):
                break
    return found


class RequestVisit:
    """A visit as the edge has it before it. `scans` and `again` are set for codes whose rules ask:
    how many scans came before, and whether this visitor was here today.
    """

    __slots__ = (
        "_address",
        "_agent",
        "_country_of",
        "_hints",
        "_language",
        "_query",
        "again",
        "now_ms",
        "scans",
    )

    def __init__(
        self,
        now_ms: int,
        address: str,
        user_agent: str = "",
        language: str = "",
        query: str = "",
        hints: str = "",
        country_of: CountryOf = bundled_country_of,
    ) -> None:
        self._country_of = country_of
        self.now_ms = now_ms
        self._address = address
        self._agent = user_agent[:MAX_AGENT]
        self._language = language[:MAX_LANGUAGE]
        self._query = query
        self._hints = hints
        self.scans = 0
        self.again = False

    def agent(self) -> Agent:
        return read_agent(self._agent)

    def country(self) -> str | None:
        return self._country_of(self._address)

    def language(self) -> tuple[str, ...]:
        return read_language(self._language)

    def parameters(self, names: Collection[str]) -> Mapping[str, str]:
        return read_parameters(self._query, names) if self._query else _NOTHING

    def identity(self) -> str:
        return f"{self._address}\n{self._agent}\n{self._language}\n{self._hints}"


@dataclass(frozen=True, slots=True)
class DescribedVisit:
    """A visitor as somebody describes one, or as a stored scan tells of one."""

    now_ms: int
    device: str | None = None
    os: str | None = None
    browser: str | None = None
    language_tag: str = ""
    country_code: str | None = None
    query: str = ""
    scans: int = 0
    again: bool = False
    name: str = ""

    def agent(self) -> Agent:
        return agent_of(self.device, self.os, self.browser)

    def country(self) -> str | None:
        return self.country_code

    def language(self) -> tuple[str, ...]:
        return language_of(self.language_tag)

    def parameters(self, names: Collection[str]) -> Mapping[str, str]:
        return read_parameters(self.query, names)

    def identity(self) -> str:
        return self.name
