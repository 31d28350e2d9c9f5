"""Lines of print as headings, paragraphs and points."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pitchbar.reading.pdf_layout import Line

# Letters so much larger than the usual ones make a heading, if it is no longer than this.
_LARGER, _MUCH_LARGER, _LONGEST_HEADING = 1.15, 1.5, 150
_POINT = re.compile(r"^[•◦▪‣·*\u2013-]\s+")
_NUMBERED = re.compile(r"^\(?\d{1,3}[.)]\s")
# The two in the middle are what the library gives for a hyphen at the end of a line.
_HYPHEN = re.compile(r"[^\W\d_][-\x02\ufffe\u00ad\u2010]$")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\u00ad\ufffe\uffff]")
# Titles that run above or below at least so many pages say nothing of these.
_RUNNING_PAGES, _LEAST_LINES = 3, 4
_DOTS = re.compile(r"(?:\s?\.){5,}")


def paragraphs_of(lines: Sequence[Line], usual: float) -> list[str]:
    """In Markdown. Args: usual: the size of letters in running text, in points."""
    return [text for group in _groups(lines, usual) if (text := _text_of(group, usual))]


def without_running_titles(pages: Sequence[list[Line]]) -> Iterator[list[Line]]:
    """Pages without the first and last line, where many of them share it but for its number."""
    times = Counter(shape for lines in pages for shape in {_shape(line) for line in _edges(lines)})
    least = max(_RUNNING_PAGES, len(pages) // 2 + 1)
    for lines in pages:
        running = [line for line in _edges(lines) if times[_shape(line)] >= least]
        yield [line for line in lines if line not in running]


def _edges(lines: Sequence[Line]) -> list[Line]:
    """By their place on the page: the last line read may be the end of a column."""
    if len(lines) < _LEAST_LINES:
        return []
    return [max(lines, key=lambda line: line.middle), min(lines, key=lambda line: line.middle)]


def _shape(line: Line) -> str:
    return re.sub(r"\d+", "0", line.text)


def _groups(lines: Sequence[Line], usual: float) -> Iterator[list[Line]]:
    """Lines that belong together; a step to the next column is no gap."""
    if not lines:
        return
    gaps = sorted(above.bottom - below.top for above, below in pairwise(lines))
    # Most lines follow each other closely: the lower third are those within paragraphs.
    close = max(gaps[len(gaps) // 3], 0.0) if gaps else 0.0
    group = [lines[0]]
    for above, below in pairwise(lines):
        if _starts_anew(above, below, close, usual):
            yield group
            group = []
        group.append(below)
    yield group


def _starts_anew(above: Line, below: Line, close: float, usual: float) -> bool:
    if _level(above, usual) != _level(below, usual):
        return True
    if above.is_row or below.is_row:
        return above.is_row != below.is_row or above.bottom - below.top > close + below.height
    if _POINT.match(below.text) or _NUMBERED.match(below.text):
        return True
    gap = above.bottom - below.top
    if gap < -2 * below.height:
        # Up to the top of the next column: it goes on if the sentence does.
        return above.text[-1:] in ".!?:"
    return gap > close + 0.6 * below.height


def _level(line: Line, usual: float) -> int:
    """Of a heading; 0 for running text."""
    if (
        line.is_row
        or not usual
        or len(line.text) > _LONGEST_HEADING
        or not any(map(str.isalpha, line.text))
    ):
        return 0
    if line.size >= usual * _MUCH_LARGER:
        return 1
    return 2 if line.size >= usual * _LARGER else 0


def _text_of(group: list[Line], usual: float) -> str:
    if group[0].is_row:
        return "\n".join(line.text for line in group)
    text = group[0].text
    for line in group[1:]:
        if _HYPHEN.search(text) and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}"
    # As in a table of contents, up to the number of the page.
    text = _DOTS.sub(" …", _INVISIBLE.sub("", text)).strip()
    if level := _level(group[0], usual):
        return f"{'#' * level} {text}"
    return _POINT.sub("- ", text)
