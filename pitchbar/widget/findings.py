"""What was found on a customer's page, in plain words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

# `note`: good to know; `warn`: it may not work; `bad`: it does not.
Level = Literal["ok", "note", "warn", "bad"]
_WEIGHTS: Sequence[Level] = ("bad", "warn", "note", "ok")
Verdict = Literal["works", "unclear", "fails"]


@dataclass(frozen=True)
class Finding:
    """`key` says what was looked at; `hint` what to do, and `code` a line to copy for it."""

    key: str
    level: Level
    text: str
    hint: str = ""
    code: str = ""

    def stored(self) -> dict[str, str]:
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Finding":
        return cls(**stored)


def ok(key: str, text: str) -> Finding:
    return Finding(key, "ok", text)


def bad(key: str, text: str, hint: str = "", code: str = "") -> Finding:
    return Finding(key, "bad", text, hint, code)


def warn(key: str, text: str, hint: str = "") -> Finding:
    return Finding(key, "warn", text, hint)


def is_reached(findings: Sequence[Finding]) -> bool:
    return any(one.key == "reached" and one.level in ("ok", "note") for one in findings)


def by_weight(findings: Sequence[Finding]) -> list[Finding]:
    """What stands in the way comes first."""
    return sorted(findings, key=lambda one: _WEIGHTS.index(one.level))


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    levels = {one.level for one in findings}
    if not is_reached(findings):
        return "unclear"
    if "bad" in levels:
        return "fails"
    is_there = any(one.key == "snippet" and one.level in ("ok", "note") for one in findings)
    return "works" if is_there and "warn" not in levels else "unclear"
