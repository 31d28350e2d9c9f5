"""The search of the jobs page: `queue:crawl state:failed task:… tag:… error:… age:>1h words`."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pitchbar.errors import DomainError
from pitchbar.jobs import QUEUES
from pitchbar.jobs.ledger.filters import FILTER_STATES, JobFilter

KEYS = ("queue", "state", "task", "tag", "error", "age", "id")
_TOKEN = re.compile(r'(?:(\w+):)?("[^"]*"|\S+)')
_AGE = re.compile(r"([<>])(\d{1,6})(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class BadSearch(DomainError):
    code = "bad_search"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"q": sentence})


def parse_search(text: str) -> JobFilter:
    """Reads what was typed.

    Raises:
        BadSearch: a key or value that does not exist, with a sentence that says which do.
    """
    wanted = JobFilter()
    for match in _TOKEN.finditer(text.replace("\x00", "")[:500]):
        key, value = (match[1] or "").lower(), match[2].strip('"')
        wanted = _with(wanted, key, value) if key else _with_word(wanted, value)
    return wanted


def _with_word(wanted: JobFilter, word: str) -> JobFilter:
    return replace(wanted, words=(*wanted.words, word)) if word else wanted


def _with(wanted: JobFilter, key: str, value: str) -> JobFilter:
    if key not in KEYS:
        raise BadSearch(f"“{key}:” is not known here. Use {', '.join(f'{k}:' for k in KEYS)}.")
    if key == "age":
        return _with_age(wanted, value)
    if key == "id":
        if not (value.isascii() and value.isdigit() and len(value) <= 18):
            raise BadSearch("Write id: with the number of a job, such as id:42.")
        return replace(wanted, job_id=int(value))
    known = {"queue": QUEUES, "state": FILTER_STATES}.get(key)
    if known and value not in known:
        raise BadSearch(f"There is no {key} “{value}”. There are {', '.join(known)}.")
    changes: dict[str, Any] = {key: value}
    return replace(wanted, **changes)


def _with_age(wanted: JobFilter, value: str) -> JobFilter:
    match = _AGE.fullmatch(value)
    if match is None:
        raise BadSearch("Write an age such as age:>1h or age:<30m (s, m, h, d).")
    age = timedelta(**{_UNITS[match[3]]: int(match[2])})
    changes: dict[str, Any] = {"older_than" if match[1] == ">" else "younger_than": age}
    return replace(wanted, **changes)


def complete(text: str, tasks: list[str], errors: list[str]) -> list[str]:
    """What the last word of `text` could become: whole search texts, at most ten."""
    head, _, last = text.rpartition(" ")
    key, colon, begun = last.partition(":")
    values = {
        "queue": QUEUES,
        "state": FILTER_STATES,
        "task": tuple(tasks),
        "error": tuple(errors),
        "age": (">1h", ">1d", "<1h"),
    }
    if not colon:
        found = [f"{name}:" for name in KEYS if name.startswith(key.lower())]
    else:
        choices = values.get(key.lower(), ())
        found = [f"{key.lower()}:{value}" for value in choices if begun.lower() in value.lower()]
    return [f"{head} {one}".strip() for one in found[:10]]
