"""The order in which the lines of a printed page are read: down each column, from left to right;
what is as wide as several columns parts those above it from those below.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

# What tells a column from the cells of a table: enough lines, and lines of some length.
_LEAST_LINES, _LEAST_LETTERS = 4, 18
# Of the lines at most this part may be wider than a column.
_MOST_SPANNING = 0.35
_DEEPEST = 4
# Between the cells of a row, and the widest gap between words, in sizes of their letters.
CELL = " | "
_CELL_GAP = 2


@dataclass(frozen=True)
class Line:
    """In points from the lower left corner of the page; `size` of its letters."""

    left: float
    bottom: float
    right: float
    top: float
    text: str
    size: float
    # Of a table: its cells stand apart.
    is_row: bool = False

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def lines_in_order(rectangles: Sequence[Line], width: float) -> list[Line]:
    """Pieces of text on a page as the lines of its columns."""
    return list(_ordered(rectangles, width, 0))


def _ordered(rectangles: Sequence[Line], width: float, depth: int) -> Iterator[Line]:
    gutter = _gutter(rectangles, width) if depth < _DEEPEST else None
    if gutter is None:
        yield from _rows(rectangles)
        return
    for band, is_spanning in _bands(rectangles, gutter):
        if is_spanning:
            yield from _rows(band)
        else:
            yield from _ordered([one for one in band if one.right <= gutter], width, depth + 1)
            yield from _ordered([one for one in band if one.left >= gutter], width, depth + 1)


def _gutter(rectangles: Sequence[Line], width: float) -> float | None:
    """Where an empty strip runs down the page, between two columns; None without one."""
    # Lines of a column begin below each other.
    starts = Counter(math.floor(one.left) for one in rectangles)
    edges = sorted(edge for edge, lines in starts.items() if lines >= _LEAST_LINES)
    best, fewest = None, _MOST_SPANNING * len(rectangles)
    for edge in edges:
        at = edge - 1
        spanning = sum(one.left < at < one.right for one in rectangles)
        if spanning < fewest and _are_columns(rectangles, at, width):
            best, fewest = at, spanning
    return best


def _are_columns(rectangles: Sequence[Line], at: float, width: float) -> bool:
    left = [one for one in rectangles if one.right <= at]
    right = [one for one in rectangles if one.left >= at]
    if min(len(left), len(right)) < _LEAST_LINES:
        return False
    letters = min(median(len(one.text) for one in side) for side in (left, right))
    is_beside = min(max(one.top for one in side) for side in (left, right)) > max(
        min(one.bottom for one in side) for side in (left, right)
    )
    gap = at + 1 - max(one.right for one in left)
    return letters >= _LEAST_LETTERS and is_beside and gap > width * 0.008


def _bands(rectangles: Sequence[Line], gutter: float) -> Iterator[tuple[list[Line], bool]]:
    """From the top down: what lies in columns, and what spans them, by turns."""
    band: list[Line] = []
    was_spanning = False
    for one in sorted(rectangles, key=lambda line: -line.middle):
        is_spanning = one.left < gutter < one.right
        if band and is_spanning != was_spanning:
            yield band, was_spanning
            band = []
        was_spanning = is_spanning
        band.append(one)
    if band:
        yield band, was_spanning


def _rows(rectangles: Sequence[Line]) -> Iterator[Line]:
    """Pieces at one height are one line."""
    row: list[Line] = []
    for one in sorted(rectangles, key=lambda line: -line.middle):
        if row and not _is_beside(max(row, key=lambda line: line.height), one):
            yield _merged(row)
            row = []
        row.append(one)
    if row:
        yield _merged(row)


def _is_beside(tallest: Line, one: Line) -> bool:
    """A comma lies lower than the word before it, and still at its height."""
    overlap = min(tallest.top, one.top) - max(tallest.bottom, one.bottom)
    return overlap > 0.5 * min(tallest.height, one.height)


def _merged(row: list[Line]) -> Line:
    row = sorted(row, key=lambda line: line.left)
    text = row[0].text
    for before, after in pairwise(row):
        gap = after.left - before.right
        text += f"{CELL if gap > _CELL_GAP * after.size else ' '}{after.text}"
    largest = max(row, key=lambda line: len(line.text))
    return replace(
        largest,
        left=row[0].left,
        right=max(one.right for one in row),
        top=max(one.top for one in row),
        bottom=min(one.bottom for one in row),
        text=text,
        is_row=CELL in text,
    )
