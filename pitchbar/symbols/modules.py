"""The shapes of modules and eyes, as outlines."""

from collections.abc import Iterable
from math import sqrt

from pitchbar.symbols.design import Design, EyeBallShape, EyeFrameShape, ModuleShape
from pitchbar.symbols.paths import (
    Corners,
    Path,
    circle,
    contours,
    joined,
    polygon,
    rectangle,
    rounded_polygon,
)

Cell = tuple[int, int]  # column, row

EYE = 7  # modules on a side
# Of a module: large enough that neighbours look like one to a decoder, small enough to be seen.
_DOT = 0.92
_DIAMOND = 0.62
_BAR = 0.84
_ROUNDED, _ROUNDED_BY = 0.94, 0.3
_OUTER, _INNER = 0.5, 0.3


def module_path(
    cells: frozenset[Cell], alignments: Iterable[frozenset[Cell]], shape: ModuleShape
) -> Path:
    """All modules but those of the eyes. The patterns of alignment keep straight edges, by which
    scanners lay the grid.
    """
    if shape == "square":
        return _outlines(cells, 0, 0)
    if shape == "connected":
        return _outlines(cells, _OUTER, _INNER)
    whole = [pattern for pattern in alignments if pattern <= cells]
    loose = cells.difference(*whole)
    drawn = {"rounded": _rounded, "dot": _dots, "diamond": _diamonds, "bars": _bars}[shape](loose)
    return joined([_outlines(cells - loose, 0.3, 0.3), *drawn])


def _outlines(cells: frozenset[Cell], outer: float, inner: float) -> Path:
    return joined(
        rounded_polygon(
            [point for point, _ in corners],
            [outer if is_outer else inner for _, is_outer in corners],
        )
        for corners in contours({(float(x), float(y)) for x, y in cells})
    )


def _rounded(cells: Iterable[Cell]) -> list[Path]:
    gap = (1 - _ROUNDED) / 2
    return [rectangle(x + gap, y + gap, _ROUNDED, _ROUNDED, _ROUNDED_BY) for x, y in sorted(cells)]


def _dots(cells: Iterable[Cell]) -> list[Path]:
    return [circle(x + 0.5, y + 0.5, _DOT / 2) for x, y in sorted(cells)]


def _diamonds(cells: Iterable[Cell]) -> list[Path]:
    return [
        polygon(
            [
                (x + 0.5, y + 0.5 - _DIAMOND),
                (x + 0.5 + _DIAMOND, y + 0.5),
                (x + 0.5, y + 0.5 + _DIAMOND),
                (x + 0.5 - _DIAMOND, y + 0.5),
            ]
        )
        for x, y in sorted(cells)
    ]


def _bars(cells: Iterable[Cell]) -> list[Path]:
    """Each run of a column as one bar with round ends."""
    held = set(cells)
    gap = (1 - _BAR) / 2
    bars = []
    for x, y in sorted(held):
        if (x, y - 1) in held:
            continue
        length = 1
        while (x, y + length) in held:
            length += 1
        bars.append(rectangle(x + gap, y + gap / 2, _BAR, length - gap, _BAR / 2))
    return bars


# A full circle has no edges by which a scanner could tell how the symbol lies: the scan check gave
# twelve designs with such ones 64 points and sizes up to 41 mm, with these 74 and 30 mm.
_ROUND = (2.8, 2.0)


def eye_frame_path(x: int, y: int, shape: EyeFrameShape, inward: int) -> Path:
    """The ring of an eye whose corner stands at (x, y). `inward` is the corner, counted clockwise
    from the top left, that points to the middle of the symbol.
    """
    outer: float | Corners
    inner: float | Corners
    if shape == "leaf":
        outer, inner = _leaf(inward, 2.4), _leaf(inward, 1.5)
    else:
        outer, inner = {"square": (0, 0), "rounded": (1.2, 0.9), "circle": _ROUND}[shape]
    return joined(
        [rectangle(x, y, EYE, EYE, outer), rectangle(x + 1, y + 1, EYE - 2, EYE - 2, inner, True)]
    )


def eye_ball_path(x: int, y: int, shape: EyeBallShape, inward: int) -> Path:
    middle_x, middle_y = x + EYE / 2, y + EYE / 2
    if shape == "diamond":
        # Of the same width along both axes as the norm's square, and a little more, so that the
        # proportions that scanners look for still hold off the middle row.
        half = 1.5 * sqrt(2) * 0.9
        return polygon(
            [
                (middle_x, middle_y - half),
                (middle_x + half, middle_y),
                (middle_x, middle_y + half),
                (middle_x - half, middle_y),
            ]
        )
    radii: float | Corners = (
        _leaf(inward, 1.2)
        if shape == "leaf"
        else {"square": 0.0, "rounded": 0.8, "circle": 1.5}[shape]
    )
    return rectangle(x + 2, y + 2, 3, 3, radii)


def eyes(modules: int) -> tuple[tuple[int, int, int], ...]:
    """Column, row and inward corner of the three."""
    far = modules - EYE
    return ((0, 0, 2), (far, 0, 3), (0, far, 1))


def is_plain(design: Design) -> bool:
    """Whether it is black squares on white, as the norm draws them."""
    return (
        {design.module_shape, design.eye_frame_shape, design.eye_ball_shape} == {"square"}
        and {design.foreground, design.eye_frame_colour, design.eye_ball_colour}
        <= {"#000000", None}
        and design.gradient == "none"
        and design.background == "#ffffff"
        and design.frame == "none"
    )


def _leaf(inward: int, radius: float) -> Corners:
    """Round but for the corner that points inward and the one across."""
    first, second, third, fourth = (
        0.0 if corner in (inward, (inward + 2) % 4) else radius for corner in range(4)
    )
    return first, second, third, fourth
