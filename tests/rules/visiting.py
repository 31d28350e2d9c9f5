"""Visitors, and rule sets compiled as the edge has them."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from pitchbar.rules.compiling import Choice, CompiledRules, compile_rules
from pitchbar.rules.visits import RequestVisit, Visit
from pitchbar.scans.accepted import Way

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36"
)
KEY = b"a key for tests"
NOW = 1_779_264_000_000
NO_RULE = Way().rule_id


def at(local: str, zone: str = "Europe/Zurich", fold: int = 0) -> int:
    """Milliseconds of "2026-03-29 02:30" there; of two, `fold` 1 is the later one."""
    moment = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return int(moment.timestamp() * 1000)


def visit(now_ms: int = NOW, **given: Any) -> RequestVisit:
    """An iPhone that speaks Swiss German, from an address that no table knows."""
    state = {name: given.pop(name) for name in ("scans", "again") if name in given}
    told = {"address": "198.51.100.7", "user_agent": IPHONE, "language": "de-CH,de;q=0.9", **given}
    made = RequestVisit(now_ms, **told)
    for name, value in state.items():
        setattr(made, name, value)
    return made


def compiled(*rules: dict[str, Any], zone: str = "Europe/Zurich", **of_code: Any) -> CompiledRules:
    """Rules with numbers for ids, from 1, each to an address of its own unless it says more."""
    written = [
        {
            "id": number,
            "match": "all",
            "conditions": [],
            "destination_url": f"https://rule.example/{number}",
            **rule,
        }
        for number, rule in enumerate(rules, 1)
    ]
    return compile_rules(orjson.dumps(written).decode(), zone, **of_code)


def when(*conditions: dict[str, Any], match: str = "all", **more: Any) -> dict[str, Any]:
    return {"conditions": list(conditions), "match": match, **more}


def fires(condition: dict[str, Any], who: Visit) -> bool:
    """Whether a rule with this one condition takes the visit."""
    return compiled(when(condition)).choose(who, KEY) is not None


def chosen(rules: CompiledRules, who: Visit) -> int:
    """The id of the rule that fires; NO_RULE where none does."""
    choice: Choice | None = rules.choose(who, KEY)
    return choice.rule_id if choice else NO_RULE
