"""Text in a box: as large as it can be, on as few lines as it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from unicodedata import east_asian_width

from pitchbar.symbols.paths import Path, joined, transformed
from pitchbar.symbols.shaping import Glyph, Run, cut, missing_signs, shape, split_runs, visual_order

MOST_LINES = 3
# One line unless two make the letters clearly larger, and so on; in parts of the largest size.
_ENOUGH = (0.7, 0.45, 0.0)
# Words are broken where that makes the letters so much larger: a text that is one long word.
_WORTH_BREAKING = 1.6
_ROOM_ABOVE, _ROOM_BELOW, _ROOM_BETWEEN = 0.74, 0.2, 0.2  # ems


@dataclass(frozen=True)
class SetText:
    """Outlines from (0, 0) on, each line in the middle, or at the left, of the width that was
    given.
    """

    glyphs: tuple["PlacedGlyph", ...]
    height: float
    size: float
    lines: int
    missing_signs: tuple[str, ...]

    @property
    def path(self) -> Path:
        """All of it as one outline."""
        return joined(
            transformed(glyph.path, glyph.size, glyph.x, glyph.y) for glyph in self.glyphs
        )


@dataclass(frozen=True)
class PlacedGlyph:
    """`path` is in ems of which one is `size` long; the same sign has the same object."""

    path: Path
    size: float
    x: float
    y: float


def set_text(
    text: str,
    width: float,
    most_size: float,
    most_lines: int = MOST_LINES,
    align: Literal["middle", "left"] = "middle",
) -> SetText:
    """`most_size` is the largest em. All space between words is one space, whatever was typed."""
    text = " ".join(text.split())
    runs, advances = _prepare(text)
    if not runs:
        return SetText((), 0, most_size, 0, ())
    size, breaks = _choose_size(text, advances, width, most_size, most_lines)
    lines = [_Line(cut(runs, *line)) for line in breaks]
    widest = max(line.width for line in lines)
    # Letters that join have other widths at the end of a line.
    size = min(size, width / widest) if widest else size
    rest = 0.5 if align == "middle" else 0.0
    y = 0.0
    glyphs: list[PlacedGlyph] = []
    for at, line in enumerate(lines):
        y += (_ROOM_BETWEEN * size if at else 0) + line.above * size
        glyphs += line.draw(size, rest * (width - line.width * size), y)
        y += line.below * size
    return SetText(tuple(glyphs), y, size, len(lines), missing_signs(runs))


class _Line:
    """Set at a size of 1, its base line at 0."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self.glyphs = [glyph for run in visual_order(runs) for glyph in shape(run)]
        self.width = sum(glyph.advance for glyph in self.glyphs)
        edges = [
            (glyph.y + top, glyph.y + bottom)
            for glyph in self.glyphs
            if glyph.path
            for top, bottom in (_edges(glyph.path),)
        ]
        self.above = max([_ROOM_ABOVE, *(-top for top, _ in edges)])
        self.below = max([_ROOM_BELOW, *(bottom for _, bottom in edges)])

    def draw(self, size: float, x: float, y: float) -> Iterator[PlacedGlyph]:
        for glyph in self.glyphs:
            if glyph.path:
                yield PlacedGlyph(glyph.path, size, x + glyph.x * size, y + glyph.y * size)
            x += glyph.advance * size


@lru_cache(maxsize=4096)
def _edges(path: Path) -> tuple[float, float]:
    """The top and the bottom of a glyph's ink, or of the points that bend it."""
    heights = [y for _, values in path for y in values[1::2]]
    return min(heights), max(heights)


def _advances(text: str, runs: Sequence[Run]) -> list[float | None]:
    """In ems, by sign; None for a sign that belongs to the one before."""
    advances: list[float | None] = [None] * len(text)
    for run in runs:
        glyphs: list[Glyph] = shape(run)
        for glyph in glyphs:
            advances[glyph.sign] = (advances[glyph.sign] or 0) + glyph.advance
    return advances


@lru_cache(maxsize=512)
def _prepare(text: str) -> tuple[list[Run], list[float | None]]:
    runs = split_runs(text)
    return runs, _advances(text, runs)


def _choose_size(
    text: str, advances: list[float | None], width: float, most_size: float, most_lines: int
) -> tuple[float, list[tuple[int, int]]]:
    """The size, and where each line starts and ends."""
    whole = _best(_pieces(text, advances, False), width, most_size, most_lines)
    if whole[0] >= most_size * _ENOUGH[1]:
        return whole
    broken = _best(_pieces(text, advances, True), width, most_size, most_lines)
    return broken if broken[0] > whole[0] * _WORTH_BREAKING else whole


def _best(
    pieces: list["_Piece"], width: float, most_size: float, most_lines: int
) -> tuple[float, list[tuple[int, int]]]:
    best: tuple[float, list[tuple[int, int]]] = (0.0, [])
    for lines in range(1, most_lines + 1):
        size = _largest(pieces, width, most_size, lines)
        if size > best[0]:
            best = (size, _fill(pieces, width / size) or [])
        if best[0] >= _ENOUGH[min(lines, len(_ENOUGH)) - 1] * most_size:
            break
    return best


@dataclass(frozen=True)
class _Piece:
    """What no line breaks; `space` follows it, and counts only within a line."""

    start: int
    end: int
    width: float
    space: float


def _pieces(text: str, advances: list[float | None], anywhere: bool) -> list[_Piece]:
    """`anywhere`: within words, too, for those that are longer than a line can be."""
    starts = [0]
    for at in range(1, len(text)):
        if advances[at] is None or text[at] == " ":
            continue
        wide = any(east_asian_width(sign) in "WF" for sign in text[at - 1 : at + 1])
        if text[at - 1] in " /" or wide or anywhere:
            starts.append(at)
    pieces = []
    for start, after in zip(starts, [*starts[1:], len(text)], strict=True):
        end = start + len(text[start:after].rstrip(" "))
        width = sum(advance or 0 for advance in advances[start:end])
        space = sum(advance or 0 for advance in advances[end:after])
        pieces.append(_Piece(start, end, width, space))
    return pieces


def _largest(pieces: list[_Piece], width: float, most_size: float, lines: int) -> float:
    low, high = 0.0, most_size
    if _fits(pieces, width / high, lines):
        return high
    for _ in range(24):
        middle = (low + high) / 2
        if _fits(pieces, width / middle, lines):
            low = middle
        else:
            high = middle
    return low


def _fits(pieces: list[_Piece], width: float, lines: int) -> bool:
    filled = _fill(pieces, width)
    return filled is not None and len(filled) <= lines


def _fill(pieces: list[_Piece], width: float) -> list[tuple[int, int]] | None:
    """As much on each line as fits; None where a piece alone is too wide."""
    lines: list[tuple[int, int]] = []
    room = 0.0
    space = 0.0
    for piece in pieces:
        if piece.width > width + 1e-9:
            return None
        if lines and space + piece.width <= room + 1e-9:
            lines[-1] = (lines[-1][0], piece.end)
            room -= space + piece.width
        else:
            lines.append((piece.start, piece.end))
            room = width - piece.width
        space = piece.space
    return lines
