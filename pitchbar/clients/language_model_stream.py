"""What an endpoint streams, read as it comes: bytes, letters, lines, events."""

import codecs
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# A line that long, or so many that say nothing, come from something else than a model.
_LONGEST_LINE, _MOST_UNREADABLE = 256 * 1024, 50
_MOST_TOKENS = 100_000_000


class BrokenStream(Exception):
    """`kind` is as in `ModelUnavailable`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Event:
    """What one line tells; most tell one thing."""

    text: str = ""
    finish: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    is_done: bool = False


def events_of(parts: Iterable[bytes]) -> Iterator[Event]:
    """Lines that cannot be read are left out; raises BrokenStream when there are too many of them,
    or one tells of an error.
    """
    unreadable = 0
    for line in _lines_of(parts):
        event = _event_of(line)
        if event is None:
            unreadable += 1
            if unreadable > _MOST_UNREADABLE:
                raise BrokenStream("unreadable")
        else:
            yield event


def whole_answer_of(body: bytes) -> Iterator[Event]:
    """Of an endpoint that streams nothing although it was asked to."""
    told = _json_of(body.decode("utf-8", "replace"))
    if told is None:
        raise BrokenStream("unreadable")
    yield _read(told, "message")


def _lines_of(parts: Iterable[bytes]) -> Iterator[str]:
    """A letter may be cut in two, and so may the end of a line; what has no end is a line, too."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    for part in parts:
        rest += decoder.decode(part)
        *lines, rest = rest.replace("\r\n", "\n").split("\n")
        yield from lines
        if len(rest) > _LONGEST_LINE:
            raise BrokenStream("unreadable")
    yield rest + decoder.decode(b"", final=True)


def _event_of(line: str) -> Event | None:
    """None where it tells nothing that is known; comments and empty lines tell an empty event."""
    line = line.strip("\r\ufeff ")
    if not line or line.startswith((":", "event:", "id:", "retry:")):
        return Event()
    if not line.startswith("data:"):
        return None
    data = line.removeprefix("data:").strip()
    if data == "[DONE]":
        return Event(is_done=True)
    told = _json_of(data)
    return None if told is None else _read(told, "delta")


def _json_of(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _read(told: dict[str, Any], place: str) -> Event:
    if told.get("error"):
        raise BrokenStream("failed")
    choices = told.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else {}
    first = first if isinstance(first, dict) else {}
    usage = told.get("usage") or {}
    counts = usage if isinstance(usage, dict) else {}
    finish = first.get("finish_reason")
    return Event(
        _text_of(first.get(place)),
        finish if isinstance(finish, str) else "",
        _count(counts.get("prompt_tokens")),
        _count(counts.get("completion_tokens")),
    )


def _text_of(said: object) -> str:
    """`content` is a text or nothing; with some endpoints a list of parts."""
    content = said.get("content") if isinstance(said, dict) else None
    if isinstance(content, list):
        texts = [one.get("text") for one in content if isinstance(one, dict)]
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def whole_letters(texts: Iterable[str]) -> Iterator[str]:
    """What is written as two escapes may come in two parts; a half alone is no letter."""
    rest = ""
    for text in texts:
        text = rest + text
        rest = text[-1] if "\ud800" <= text[-1:] <= "\udbff" else ""
        yield _without_halves(text[: len(text) - len(rest)])
    if rest:
        yield _without_halves(rest)


def _without_halves(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None
