"""What stands in one place of a sheet: the symbol and its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import sqrt
from typing import Literal

from pitchbar.sheets.options import SheetOptions
from pitchbar.sheets.planning import Slot
from pitchbar.symbols.design import Design
from pitchbar.symbols.drawing import Box, Drawing
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.texts import PlacedGlyph, SetText, set_text

_SIDE_BY_SIDE = 1.45  # from this width to height on, the words stand beside the symbol
_LETTERS = (5.0, 3.6)  # mm, the largest em of the first line and of the others
_LINE_GAP = 0.35  # of the em


@dataclass(frozen=True)
class SheetItem:
    """A code to be printed. `text` is what the symbol holds; `captions` are the values of fields
    beside name and short link.
    """

    code_id: int
    name: str
    short_link: str
    text: str
    design: Design
    logo: Logo | None = None
    captions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PlacedText:
    glyphs: tuple[PlacedGlyph, ...]
    x: float
    y: float


@dataclass(frozen=True)
class Content:
    """In the slot, in mm from its top left."""

    symbol: Box
    texts: tuple[PlacedText, ...]
    missing_signs: tuple[str, ...] = ()


def place_content(
    slot: Slot, drawing: Drawing, headline: str, captions: Sequence[str], options: SheetOptions
) -> Content:
    safe = options.safe_of(slot.width, slot.height)
    room = Box(safe, safe, slot.width - 2 * safe, slot.height - 2 * safe)
    words = [words for words in captions if words.strip()]
    if options.kind != "labels":
        return _on_page(room, drawing, headline, words)
    if not words:
        return Content(_within(room, drawing), ())
    if room.width / room.height >= _SIDE_BY_SIDE:
        return _beside(room, drawing, words)
    return _below(room, drawing, words)


def _beside(room: Box, drawing: Drawing, words: list[str]) -> Content:
    aspect = drawing.width / drawing.height
    width = min(room.height * aspect, room.width * 0.6)
    symbol = _within(Box(room.x, room.y, width, room.height), drawing)
    gap = min(2.0, room.width * 0.04)
    left = room.x + width + gap
    lines, height = _set(words, room.x + room.width - left, room.height, "left", 3)
    top = room.y + (room.height - height) / 2
    return _content(symbol, lines, left, top)


def _below(room: Box, drawing: Drawing, words: list[str]) -> Content:
    lines, height = _set(words, room.width, room.height * 0.35, "middle", 2)
    gap = min(1.5, room.height * 0.03)
    symbol = _within(Box(room.x, room.y, room.width, room.height - height - gap), drawing)
    return _content(symbol, lines, room.x, room.y + room.height - height)


def _on_page(room: Box, drawing: Drawing, headline: str, words: list[str]) -> Content:
    """Tents and posters: a headline, the code, large, and small words below."""
    scale = min(room.width, room.height) / 60
    head, head_height = _set(
        [headline] if headline.strip() else [],
        room.width,
        room.height * 0.24,
        "middle",
        3,
        2 * scale,
    )
    foot, foot_height = _set(words, room.width, room.height * 0.16, "middle", 2, 0.7 * scale)
    gap = room.height * 0.03
    above = head_height + gap if head else 0
    below = foot_height + gap if foot else 0
    middle = Box(room.x, room.y + above, room.width, room.height - above - below)
    symbol = _within(middle, drawing)
    first = _content(symbol, head, room.x, room.y)
    last = _content(symbol, foot, room.x, room.y + room.height - foot_height)
    signs = dict.fromkeys(first.missing_signs + last.missing_signs)
    return Content(symbol, first.texts + last.texts, tuple(signs))


def _within(room: Box, drawing: Drawing) -> Box:
    scale = min(room.width / drawing.width, room.height / drawing.height)
    width, height = drawing.width * scale, drawing.height * scale
    return Box(
        room.x + (room.width - width) / 2, room.y + (room.height - height) / 2, width, height
    )


def _set(
    words: Sequence[str],
    width: float,
    height: float,
    align: Literal["middle", "left"],
    most_lines: int,
    scale: float = 1,
) -> tuple[list[SetText], float]:
    """As large as goes into the height, and how high all of it is. Where even the smallest
    letters are too many, they become smaller still: nothing is cut off.
    """
    size = 1.0
    while True:
        lines = [
            _set_line(text, width, _LETTERS[min(at, 1)] * scale * size, most_lines, align)
            for at, text in enumerate(words)
        ]
        gaps = sum(line.size * _LINE_GAP for line in lines[1:])
        total = sum(line.height for line in lines) + gaps
        if total <= height or size < 0.05:
            return lines, total
        # Smaller letters need fewer lines, too, so height falls faster than size.
        size *= min(0.93, max(0.5, sqrt(height / total)))


@lru_cache(maxsize=4096)
def _set_line(
    text: str, width: float, size: float, lines: int, align: Literal["middle", "left"]
) -> SetText:
    return set_text(text, width, size, lines, align)


def _content(symbol: Box, lines: Sequence[SetText], x: float, y: float) -> Content:
    texts = []
    for at, line in enumerate(lines):
        y += line.size * _LINE_GAP if at else 0
        texts.append(PlacedText(line.glyphs, x, y))
        y += line.height
    signs = dict.fromkeys(sign for line in lines for sign in line.missing_signs)
    return Content(symbol, tuple(texts), tuple(signs))
