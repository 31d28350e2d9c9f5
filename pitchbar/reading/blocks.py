"""Markdown as a row of blocks, each with its place in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

HEADING, PARAGRAPH, ITEM, TABLE, CODE = "heading", "paragraph", "item", "table", "code"

# Quantifiers are possessive where two of them could share out the same signs: a page of a million
# spaces must not cost their square.
_ATX = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,4}[.)])[ \t]+\S")
_DELIMITERS = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+$")
_LONGEST_TITLE = 500
_EMPHASIS = re.compile(r"[*_`]{1,3}([^*_`]+)[*_`]{1,3}|\[([^\]]*)\]\([^)]*\)")


class Line(NamedTuple):
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Block:
    """`start` and `end` are characters of the Markdown, without the line break at its end.

    Args:
        title, level: of a heading, from 1 on.
        header: of a table its head, of code its opening fence: what a part of it needs above it.
    """

    kind: str
    start: int
    end: int
    title: str = ""
    level: int = 0
    header: str = ""


def blocks_of(markdown: str) -> list[Block]:
    """Everything that is not blank is in exactly one of them."""
    return list(_Reader(_lines(markdown)).blocks())


def _lines(markdown: str) -> list[Line]:
    places = [0, *(found.end() for found in re.finditer(r"\n", markdown)), len(markdown)]
    return [
        Line(start, start + len(text), text)
        for start, end in pairwise(places)
        for text in [markdown[start:end].rstrip("\r\n")]
    ]


class _Reader:
    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._at = 0

    def blocks(self) -> Iterator[Block]:
        while self._at < len(self._lines):
            if not self._lines[self._at].text.strip():
                self._at += 1
                continue
            yield self._code() or self._heading() or self._table() or self._prose()

    def _code(self) -> Block | None:
        opening = _FENCE.match(self._lines[self._at].text)
        if not opening:
            return None
        closing = re.compile(rf" {{0,3}}{re.escape(opening[1][0])}{{{len(opening[1])},}}[ \t]*$")
        last = self._at + 1
        while last < len(self._lines) and not closing.match(self._lines[last].text):
            last += 1
        # One that is never closed goes on to the end.
        return self._take(CODE, last - self._at + 1, header=opening[0])

    def _heading(self) -> Block | None:
        if found := _ATX.match(self._lines[self._at].text):
            rest = found.string[found.end() :].strip()
            title = _plain(rest.rstrip("#")) or _plain(rest)
            return self._take(HEADING, 1, title=title, level=len(found[1]))
        below = self._ahead(1)
        if below and (found := _UNDERLINE.match(below)) and not self._is_table():
            title = _plain(self._lines[self._at].text)
            return self._take(HEADING, 2, title=title, level=1 if found[1][0] == "=" else 2)
        return None

    def _is_table(self) -> bool:
        """With a line of dashes below its head; or without one, as in pasted text, three rows of
        as many columns.
        """
        first, second, third = (self._ahead(more) for more in range(3))
        if "|" not in first:
            return False
        if _DELIMITERS.match(second) and "-" in second:
            return True
        bars = first.count(" | ")
        return bars > 0 and second.count(" | ") == bars == third.count(" | ")

    def _table(self) -> Block | None:
        if not self._is_table():
            return None
        has_delimiters = bool(_DELIMITERS.match(self._ahead(1)))
        rows = 1
        while "|" in self._ahead(rows):
            rows += 1
        head = self._lines[self._at : self._at + (2 if has_delimiters else 1)]
        return self._take(TABLE, rows, header="\n".join(line.text for line in head))

    def _prose(self) -> Block:
        """A paragraph, or one item of a list with what hangs below it."""
        kind = ITEM if _ITEM.match(self._lines[self._at].text) else PARAGRAPH
        rows = 1
        while self._ahead(rows).strip() and not self._begins_another(rows):
            rows += 1
        return self._take(kind, rows)

    def _begins_another(self, rows: int) -> bool:
        text = self._ahead(rows)
        if "|" in text and _DELIMITERS.match(self._ahead(rows + 1)):
            return True
        return bool(_ATX.match(text) or _FENCE.match(text) or _ITEM.match(text))

    def _ahead(self, lines: int) -> str:
        at = self._at + lines
        return self._lines[at].text if at < len(self._lines) else ""

    def _take(
        self, kind: str, rows: int, *, title: str = "", level: int = 0, header: str = ""
    ) -> Block:
        taken = self._lines[self._at : self._at + rows]
        self._at += rows
        return Block(kind, taken[0].start, taken[-1].end, title, level, header)


def _plain(title: str) -> str:
    """Without the marks of emphasis and links."""
    return _EMPHASIS.sub(lambda found: found[1] or found[2] or "", title[:_LONGEST_TITLE]).strip()
