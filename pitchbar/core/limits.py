"""Settings that are written as small sentences: rates and thresholds."""

import re
from collections.abc import Iterable

_RATE = re.compile(r"^\s*(\d+)\s*(?:/|per)\s*(second|minute|hour|day)\s*$")
_PERIOD_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def parse_rate(text: str) -> tuple[int, int]:
    """Reads "120/minute" as (120, 60): how many, in how many seconds."""
    match = _RATE.match(text)
    if match is None or int(match[1]) < 1:
        raise ValueError("must be a rate such as 120/minute")
    return int(match[1]), _PERIOD_SECONDS[match[2]]


def parse_thresholds(text: str, names: Iterable[str]) -> dict[str, int]:
    """Reads "ingestion=60,default=300"; each of `names` that is not in it has an hour."""
    thresholds = dict.fromkeys(names, 3600)
    for part in text.split(","):
        name, _, seconds = part.strip().partition("=")
        if name not in thresholds or not seconds.isdigit() or int(seconds) < 1:
            raise ValueError("must be pairs of queue and seconds such as ingestion=60,default=300")
        thresholds[name] = int(seconds)
    return thresholds
