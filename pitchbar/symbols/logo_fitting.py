"""How much of a symbol a logo covers, and which error correction restores it.

A Reed-Solomon block repairs half as many wrong codewords as it has for correction. Each codeword
of which the logo touches a module is counted as wrong, block by block, though some are right by
chance. A logo may use up `MOST_DAMAGE` of the worst block; the rest is left to dirt, glare and
wear.
"""

from dataclasses import dataclass
from math import hypot

from pitchbar.symbols.design import Design
from pitchbar.symbols.drawing import Box
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.matrix import LEVELS, Matrix, TextTooLong, make_matrix
from pitchbar.symbols.modules import Cell

MOST_DAMAGE = 0.75
_LEAST_SHARE, _MOST_SHARE, _STEP = 10, 35, 1  # per cent


@dataclass(frozen=True)
class Fitting:
    """`box` is the logo's, in modules of the symbol without its quiet zone; `cleared` are the
    modules that are left out for it.
    """

    matrix: Matrix
    box: Box
    cleared: frozenset[Cell]
    fits: bool


def fit_logo(text: str, design: Design, logo: Logo, share: float | None = None) -> Fitting:
    """With the least error correction, from the design's on, that restores what is covered; with
    the highest where none does.
    """
    levels = LEVELS[LEVELS.index(design.error_correction) :]
    fitting = _fit(make_matrix(text, levels[0]), design, logo, share)
    for level in levels[1:]:
        if fitting.fits:
            break
        try:
            fitting = _fit(make_matrix(text, level), design, logo, share)
        except TextTooLong:
            break
    return fitting


def _fit(matrix: Matrix, design: Design, logo: Logo, share: float | None) -> Fitting:
    box = _place(matrix.size, share or design.logo_share, logo)
    covered = _covered(matrix.size, box, design)
    fits = covered.isdisjoint(matrix.bound) and matrix.damage(covered) <= MOST_DAMAGE
    cleared = frozenset() if design.logo_backdrop == "none" else covered - matrix.bound
    return Fitting(matrix, box, cleared, fits)


def largest_logo_share(text: str, design: Design, logo: Logo) -> float | None:
    """The greatest share, in whole per cents, that fits; None where not even the least does."""
    for share in range(_MOST_SHARE, _LEAST_SHARE - 1, -_STEP):
        if fit_logo(text, design, logo, share / 100).fits:
            return share / 100
    return None


def _place(size: int, share: float, logo: Logo) -> Box:
    longer = share * size
    scale = longer / max(logo.width, logo.height)
    width, height = logo.width * scale, logo.height * scale
    return Box((size - width) / 2, (size - height) / 2, width, height)


def _covered(size: int, box: Box, design: Design) -> frozenset[Cell]:
    """Whole modules that the logo, its padding and its backdrop touch."""
    middle = size / 2
    padding = 0 if design.logo_backdrop == "none" else design.logo_padding
    across, down = box.width / 2 + padding, box.height / 2 + padding
    radius = hypot(box.width, box.height) / 2 + padding

    def is_touched(x: int, y: int) -> bool:
        near_x = max(0.0, abs(x + 0.5 - middle) - 0.5)
        near_y = max(0.0, abs(y + 0.5 - middle) - 0.5)
        if design.logo_backdrop == "circle":
            return hypot(near_x, near_y) < radius - 1e-6
        return near_x < across - 1e-6 and near_y < down - 1e-6

    return frozenset((x, y) for x in range(size) for y in range(size) if is_touched(x, y))
