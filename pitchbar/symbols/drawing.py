"""A symbol as a scene without a resolution, which every format is written from."""

from dataclasses import dataclass
from typing import Literal

from pitchbar.symbols.design import ErrorCorrection
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.paths import Path


@dataclass(frozen=True)
class Solid:
    colour: str


@dataclass(frozen=True)
class Gradient:
    """From (x1, y1) to (x2, y2); or, radial, around (x1, y1) with the radius `x2`. In modules."""

    kind: Literal["linear", "radial"]
    start: str
    end: str
    x1: float
    y1: float
    x2: float
    y2: float


Paint = Solid | Gradient


@dataclass(frozen=True)
class Fill:
    path: Path
    paint: Paint


@dataclass(frozen=True)
class Placed:
    """A logo and where it stands; its aspect is that of the box."""

    logo: Logo
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Box:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawing:
    """All lengths are in modules.

    Attributes:
        width, height: of everything, the quiet zone and the frame included.
        items: what is painted, in this order; the background, where there is one, comes first.
        symbol_box: the symbol without its quiet zone.
        modules: how many the symbol has on a side.
        error_correction: the one really used; a logo may have raised it.
        background: None where it is transparent.
        logo_is_too_large: even the highest error correction does not restore what it covers, or
            it would cover what scanners need to find the symbol.
        largest_logo_share: the greatest share that would fit, where the logo is too large; None
            where not even the least does.
        missing_signs: those of the frame's text that no font has; boxes stand for them.
        plain_rows: of a plain black symbol without a logo and a frame, its quiet zone included:
            a byte for a module, 1 for dark.
    """

    width: int
    height: int
    items: tuple[Fill | Placed, ...]
    symbol_box: Box
    modules: int
    version: int
    error_correction: ErrorCorrection
    background: str | None
    logo_is_too_large: bool = False
    largest_logo_share: float | None = None
    missing_signs: tuple[str, ...] = ()
    plain_rows: tuple[bytes, ...] | None = None
