"""A condition as a form writes it: texts as they were typed, right or wrong, so that nothing is
lost between two looks at the form. `as_json` makes of it what the API takes; `as_written` the way
back.
"""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from pitchbar.rules.choices import LISTED

Written = dict[str, Any]
Json = dict[str, Any]
# Names that people type instead of choosing them.
_TYPED = ("os", "browser")
_MOST_VALUES = 300


def new_written(kind: str) -> Written:
    """As a row begins: with what is most often wanted."""
    return {"kind": kind, **_BEGINNINGS.get(kind, {"test": "in", "chosen": []})}


def read_written(form: MultiDict[str, str], prefix: str) -> Written:
    """The row of a form whose fields begin with `prefix`. Where another kind was chosen since it
    was drawn, it begins anew.
    """
    kind = form.get(f"{prefix}.kind", "device")
    if form.get(f"{prefix}.drawn", kind) != kind:
        return new_written(kind)
    if kind in LISTED:
        return {
            "kind": kind,
            "test": form.get(f"{prefix}.test", "in"),
            "chosen": _read_values(form, prefix),
        }
    names = [name for name in _BEGINNINGS.get(kind, {}) if name != "weekdays"]
    written: Written = {name: form.get(f"{prefix}.{name}", "").strip() for name in names}
    if kind == "time":
        written["weekdays"] = form.getlist(f"{prefix}.weekdays")
    return {"kind": kind, **written}


def as_written(condition: Mapping[str, Any]) -> Written:
    """Of a condition as it is kept."""
    kind = str(condition.get("kind"))
    written = new_written(kind)
    if kind in LISTED:
        test = "not_in" if "not_in" in condition else "in"
        return {"kind": kind, "test": test, "chosen": list(condition.get(test) or ())}
    if kind == "parameter":
        test = next((one for one in ("is", "is_not") if one in condition), "present")
        if test == "present" and not condition.get("present"):
            test = "absent"
        return written | {
            "name": condition.get("name", ""),
            "test": test,
            "value": condition.get(test, ""),
        }
    if kind == "scans":
        test = "below" if "below" in condition else "from"
        return written | {"test": test, "number": str(condition.get(test, ""))}
    return {"kind": kind} | {name: condition.get(name) or empty for name, empty in _EMPTY[kind]}


def as_json(written: Mapping[str, Any]) -> Json:
    """As the API takes it; what is missing or wrong is left for it to refuse."""
    kind = written["kind"]
    if kind in LISTED:
        return {"kind": kind, written.get("test") or "in": list(written.get("chosen") or ())}
    make = _JSON.get(kind)
    return {"kind": kind, **(make(written) if make else {})}


def number_or_text(text: str) -> int | str:
    """ "12" as 12; what is no whole number stays what it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text


def _read_values(form: MultiDict[str, str], prefix: str) -> list[str]:
    values = [value.strip() for value in form.getlist(f"{prefix}.chosen")]
    values += [value.strip() for value in form.get(f"{prefix}.more", "").split(",")]
    return [value for value in dict.fromkeys(values) if value][: _MOST_VALUES + 1]


def _time(written: Mapping[str, Any]) -> Json:
    """One end of a window may be left out: it is the day's own."""
    json: Json = {}
    if written.get("weekdays"):
        json["weekdays"] = list(written["weekdays"])
    start, end = written.get("from"), written.get("to")
    if start or end:
        json |= {"from": start or "00:00", "to": end or "24:00"}
    return json | _given(written, "zone")


def _date(written: Mapping[str, Any]) -> Json:
    return _given(written, "from", "to", "zone")


def _parameter(written: Mapping[str, Any]) -> Json:
    test = written.get("test") or "is"
    json: Json = {"name": written.get("name") or ""}
    if test in ("present", "absent"):
        return json | {"present": test == "present"}
    return json | {test: written.get("value") or ""}


def _scans(written: Mapping[str, Any]) -> Json:
    number = str(written.get("number") or "")
    return {written.get("test") or "below": number_or_text(number)} if number else {}


def _visitor(written: Mapping[str, Any]) -> Json:
    return {"seen": written.get("seen") or ""}


def _given(written: Mapping[str, Any], *names: str) -> Json:
    return {name: written[name] for name in names if written.get(name)}


_JSON: Mapping[str, Callable[[Mapping[str, Any]], Json]] = {
    "time": _time,
    "date": _date,
    "parameter": _parameter,
    "scans": _scans,
    "visitor": _visitor,
}
_BEGINNINGS: Mapping[str, Written] = {
    "time": {"weekdays": [], "from": "", "to": "", "zone": ""},
    "date": {"from": "", "to": "", "zone": ""},
    "parameter": {"name": "", "test": "is", "value": ""},
    "scans": {"test": "below", "number": "100"},
    "visitor": {"seen": "new"},
}
_EMPTY = {kind: tuple(values.items()) for kind, values in _BEGINNINGS.items()}
