"""Whole sentences out of what comes in pieces: none is shown before it can be looked at."""

import re
from collections.abc import Iterable, Iterator

from pitchbar.reading.sentences import Span, cut, sentences

# Longer ones are cut at their clauses.
_LONGEST = 900
# Numbers in brackets behind a sentence belong to it, and so does an address behind them.
_NUMBER = r"\^?(?:[a-z]{1,9}\s?)?\d"
_CITATIONS = re.compile(
    rf"(?:\s*(?:\[{_NUMBER}[^\[\]\n]{{0,40}}\](?:\([^()\s]*\))?|\u3010[^\u3010\u3011\n]{{0,60}}\u3011))*",
    re.IGNORECASE,
)
_OPEN_BRACKET = re.compile(r"\s*(?:[\[\u3010][^\]\u3011\n]{0,60}|\([^()\s]*)$")
# A bracket right behind the mark hides that a sentence ends there.
_HIDDEN_END = re.compile(rf"(?<=[.!?…])(?:\[(?={_NUMBER})|\u3010)", re.IGNORECASE)
_FENCE = re.compile(r"```.*?\n\s*```[^\n]*(?=\n)", re.DOTALL)
_THOUGHTS = re.compile(r"\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)


def whole_sentences(parts: Iterable[str]) -> Iterator[str]:
    """Joined, they are the text, less what a model thinks aloud before it answers. White space
    stands before the sentence that it leads to.
    """
    held = ""
    for part in _aloud(parts):
        held += part
        while end := _end_of_first(held):
            yield held[:end]
            held = held[end:]
    while held.strip():
        end = _end_of_first(held + "\n.")
        end = min(end or len(held), len(held))
        yield held[:end]
        held = held[end:]


def _aloud(parts: Iterable[str]) -> Iterator[str]:
    begun = ""
    is_through = False
    for part in parts:
        begun += part
        if not is_through:
            start = begun.lstrip()[:6]
            if not start or "<think".startswith(start):
                found = _THOUGHTS.match(begun)
                if found is None:
                    continue
                begun = begun[found.end() :]
            is_through = True
        yield begun
        begun = ""
    if not is_through and not begun.lstrip().startswith("<think"):
        yield begun


def _end_of_first(text: str) -> int:
    """Where the first sentence ends, with its citations; 0 while that is not certain."""
    start = len(text) - len(text.lstrip())
    if text.startswith("```", start):
        fence = _FENCE.match(text, start)
        return fence.end() if fence else 0
    line_end = text.find("\n", start)
    line = text if line_end < 0 else text[:line_end]
    first = _first_sentence(line, start)
    if first is None:
        return 0
    if first.end - first.start > _LONGEST:
        return next(cut(text, first, _LONGEST)).end
    end = _CITATIONS.match(text, first.end)
    assert end is not None  # noqa: S101  # it matches nothing, too
    rest = text[end.end() :]
    is_open = not rest.strip() or _OPEN_BRACKET.match(rest) is not None
    return 0 if is_open else end.end()


def _first_sentence(line: str, start: int) -> Span | None:
    return next(sentences(_HIDDEN_END.sub(" ", line), start, len(line)), None)
