"""A rule set as long as a busy code would have: twenty rules of all kinds, of which a visitor with
the bench's iPhone from Zurich passes nineteen by.
"""

from typing import Any

_URL = "https://destination.example/rule-{number}?from=rules"


def twenty_rules(*, split: bool = False) -> list[dict[str, Any]]:
    """As the API takes them; only the last fires for an iPhone with "de-CH,de;q=0.9".

    Args:
        split: whether the last is an A/B test, of two destinations of equal weight.
    """
    rules = [
        {"conditions": conditions, "destination_url": _URL.format(number=number), "match": match}
        for number, (match, conditions) in enumerate(_PASSED_BY, 1)
    ]
    last: dict[str, Any] = {"match": "all", "conditions": _LAST}
    url = _URL.format(number=len(rules) + 1)
    if split:
        last["split"] = [{"destination_url": f"{url}&v={one}", "weight": 1} for one in ("a", "b")]
    else:
        last["destination_url"] = url
    return [*rules, last]


def _is(kind: str, *values: str) -> dict[str, Any]:
    return {"kind": kind, "in": list(values)}


def _is_not(kind: str, *values: str) -> dict[str, Any]:
    return {"kind": kind, "not_in": list(values)}


_NEVER = {"kind": "date", "from": "2020-01-01", "to": "2020-12-24"}
_ALWAYS = {"kind": "time", "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
_PASSED_BY: list[tuple[str, list[dict[str, Any]]]] = [
    ("all", [_is("device", "tablet", "desktop")]),
    ("all", [_is("os", "Android"), _is("language", "de")]),
    ("all", [_is("browser", "Chrome", "Firefox"), _is("device", "phone")]),
    ("all", [_is("language", "fr", "it", "rm")]),
    ("all", [_is("device", "phone"), _is_not("language", "de", "en")]),
    ("all", [_NEVER]),
    ("all", [_ALWAYS, {"kind": "date", "to": "2019-12-31", "zone": "Europe/Zurich"}]),
    ("any", [_is("country", "AT", "LI"), _is("os", "Windows")]),
    ("all", [{"kind": "parameter", "name": "vip", "is": "yes"}]),
    ("any", [{"kind": "parameter", "name": "vip", "present": True}, _is("device", "tv")]),
    ("all", [{"kind": "time", "from": "00:00", "to": "24:00"}, _is_not("device", "phone")]),
    ("all", [_is("browser", "Instagram", "Facebook", "TikTok", "WhatsApp")]),
    ("all", [_is("device", "phone"), _is("os", "iOS"), _is("language", "en", "es", "pt-BR")]),
    ("any", [_is("device", "watch", "console", "headset"), _is("language", "ar", "he")]),
    ("all", [_is("country", "US", "CA", "MX"), _is_not("os", "iOS")]),
    ("all", [{"kind": "parameter", "name": "ref", "is": "newsletter"}, _is("device", "phone")]),
    ("all", [_is("language", "de"), _is_not("language", "de-CH")]),
    ("all", [_is("browser", "Safari"), _is("os", "macOS")]),
    ("all", [_is("language", "de-AT", "de-DE"), _ALWAYS]),
]
_LAST = [
    _is("device", "phone"),
    _is("os", "iOS"),
    _is("browser", "Safari"),
    _is("language", "de"),
    _is_not("country", "US"),
    _ALWAYS,
    {"kind": "parameter", "name": "vip", "is_not": "yes"},
]
