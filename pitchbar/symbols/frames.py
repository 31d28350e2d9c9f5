"""The frame around a symbol, with its call to action."""

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from pitchbar.symbols.design import Design, FrameKind
from pitchbar.symbols.paths import Path, joined, polygon, rectangle, transformed
from pitchbar.symbols.texts import SetText, set_text

_LETTERS = 0.115  # the largest em, of the width
_PADDING_X, _PADDING_Y = 1.5, 1.0
_MARGIN = 1
_LINE = 1
_LEAST_GAP = 2
_POINTER = 2


@dataclass(frozen=True)
class Frame:
    """Lengths in modules; the symbol's corner, its quiet zone included, is at
    (symbol_x, symbol_y).
    """

    width: int
    height: int
    symbol_x: int = 0
    symbol_y: int = 0
    shapes: tuple[Path, ...] = ()
    letters: tuple[Path, ...] = ()
    missing_signs: tuple[str, ...] = ()


def frame_symbol(design: Design, side: int) -> Frame:
    """`side` is the symbol's, its quiet zone included. A label without words is none."""
    return _frame(design.frame, design.frame_text, design.quiet_zone, side)


@lru_cache(maxsize=256)
def _frame(kind: FrameKind, words: str, quiet_zone: int, side: int) -> Frame:
    has_words = bool(words.strip())
    if kind == "none" or not (has_words or kind == "box"):
        return Frame(side, side)
    text = set_text(words, side - 2 * (_MARGIN + _PADDING_X), side * _LETTERS)
    if kind == "box":
        return _box(text, side)
    band = ceil(text.height + 2 * _PADDING_Y)
    gap = max(0, _LEAST_GAP - quiet_zone)
    if kind == "label_above":
        return _banded(text, side, band, _MARGIN, symbol_y=_MARGIN + band + gap)
    if kind == "bubble":
        top = side + gap + _POINTER
        middle = side / 2
        pointer = polygon(
            [(middle, top - _POINTER), (middle + 2.5, top + 0.01), (middle - 2.5, top + 0.01)]
        )
        return _banded(text, side, band, top, radius=3, shape=pointer)
    return _banded(text, side, band, side + gap)


def _banded(
    text: SetText,
    side: int,
    band: int,
    top: int,
    symbol_y: int = 0,
    radius: float = 1.5,
    shape: Path = (),
) -> Frame:
    bar = rectangle(_MARGIN, top, side - 2 * _MARGIN, band, radius)
    height = max(top + band + _MARGIN, symbol_y + side)
    return Frame(
        width=side,
        height=height,
        symbol_y=symbol_y,
        shapes=(joined([bar, shape]),),
        letters=_letters(text, _MARGIN + _PADDING_X, top, band),
        missing_signs=text.missing_signs,
    )


def _box(text: SetText, side: int) -> Frame:
    """A line all around, which is broad below, for the words."""
    band = ceil(text.height + 2 * _PADDING_Y) if text.lines else _LINE
    width, height = side + 2 * _LINE, side + _LINE + band
    outline = joined(
        [rectangle(0, 0, width, height, 2), rectangle(_LINE, _LINE, side, side, 1, hole=True)]
    )
    return Frame(
        width=width,
        height=height,
        symbol_x=_LINE,
        symbol_y=_LINE,
        shapes=(outline,),
        letters=_letters(text, _LINE + _MARGIN + _PADDING_X, _LINE + side, band),
        missing_signs=text.missing_signs,
    )


def _letters(text: SetText, x: float, top: float, band: int) -> tuple[Path, ...]:
    if not text.glyphs:
        return ()
    return (transformed(text.path, 1, x, top + (band - text.height) / 2),)
