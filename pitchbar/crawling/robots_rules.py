"""What a robots.txt says of an address to our agent (RFC 9309), and by which of its lines."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from protego import Protego
from protego._utils import _quote_path

MAX_BYTES = 500 * 1024
# Whoever knows no rule of ours: it is never looked up, only parsed.
_SOMEBODY_ELSE = "somebody-else"
_AGENT_LINE = re.compile(r"^\s*user[ -]?agent\s*:?\s*([^#\n]*)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z_-]+")
_SHOWN = 200


@dataclass(frozen=True)
class Ruling:
    """`rule` is the line that decided, such as `Disallow: /private`; "" when none speaks of it."""

    is_allowed: bool
    rule: str = ""


class Rules:
    """A robots.txt as our agent has to read it."""

    def __init__(self, text: str, agent: str) -> None:
        self._agent = agent
        self._parsed = Protego.parse(_told_to(agent, text))

    def ruling(self, url: str) -> Ruling:
        is_allowed = self._parsed.can_fetch(url, self._agent)
        return Ruling(is_allowed, self._deciding_line(url))

    @cached_property
    def delay(self) -> float | None:
        """Seconds between two pages, by Crawl-delay or Request-rate."""
        delay = self._parsed.crawl_delay(self._agent)
        rate = self._parsed.request_rate(self._agent)
        asked_for = [delay] if delay is not None else []
        if rate is not None:
            asked_for.append(rate.seconds / rate.requests)
        return max(asked_for, default=None)

    @cached_property
    def sitemaps(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._parsed.sitemaps))

    def _deciding_line(self, url: str) -> str:
        # Protego says whether, and not why: its rules stand in the order in which they decide.
        found = self._parsed._get_matching_rule_set(self._agent)
        path = _quote_path(url)
        for rule in found._rules if found else ():
            if rule.value.match(path):
                return f"{rule.field.capitalize()}: {rule.value._pattern}"[:_SHOWN]
        return ""


# Few: one of half a megabyte takes twenty when it is read.
@lru_cache(maxsize=16)
def read_rules(text: str, agent: str) -> Rules:
    return Rules(text, agent)


def text_of(body: bytes) -> str:
    """Of the first 500 KiB, whole lines: a half one could forbid more than was meant."""
    was_cut = len(body) > MAX_BYTES
    text = body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").replace("\x00", "")
    return text[: text.rfind("\n") + 1] if was_cut else text


def _told_to(agent: str, text: str) -> str:
    """Protego takes a line that names the beginning of our name, or our name with a version, for
    one of others or of ours; the standard compares whole product tokens.
    """
    lines = (_with_one_name(line, agent) for line in re.split(r"\r\n|\r|\n", text))
    return "\n".join(lines)


def _with_one_name(line: str, agent: str) -> str:
    match = _AGENT_LINE.match(line)
    if not match or match[1].strip() == "*":
        return line
    token = _TOKEN.match(match[1].strip())
    is_ours = token is not None and token[0].lower() == agent.lower()
    return f"User-agent: {agent if is_ours else _SOMEBODY_ELSE}"
