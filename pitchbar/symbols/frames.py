"""The frame around a symbol, with its call to action."""

from dataclasses import dataclass

from pitchbar.symbols.design import Design
from pitchbar.symbols.paths import Corners, Path


@dataclass(frozen=True)
class Frame:
    """Lengths in modules; the symbol's corner, its quiet zone included, is at
    (symbol_x, symbol_y).
    """

    width: int
    height: int
    symbol_x: int = 0
    symbol_y: int = 0
    corner_radius: float | Corners = 0
    shapes: tuple[Path, ...] = ()
    letters: tuple[Path, ...] = ()
    missing_signs: tuple[str, ...] = ()


def frame_symbol(design: Design, side: int) -> Frame:
    return Frame(side, side)
