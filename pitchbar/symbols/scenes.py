"""From a text and a design to a drawing."""

from math import cos, radians, sin, sqrt

from pitchbar.symbols.design import Design
from pitchbar.symbols.drawing import Box, Drawing, Fill, Gradient, Paint, Placed, Solid
from pitchbar.symbols.frames import frame_symbol
from pitchbar.symbols.logo_fitting import fit_logo, largest_logo_share
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.matrix import Matrix, make_matrix
from pitchbar.symbols.modules import (
    Cell,
    eye_ball_path,
    eye_frame_path,
    eyes,
    is_plain,
    module_path,
)
from pitchbar.symbols.paths import Path, joined, rectangle


def draw_symbol(text: str, design: Design, logo: Logo | None = None) -> Drawing:
    """`logo` is the image that the design names; without it there is none.

    Raises:
        TextTooLong: no symbol holds it.
    """
    fitting = fit_logo(text, design, logo) if logo else None
    matrix = fitting.matrix if fitting else make_matrix(text, design.error_correction)
    quiet = design.quiet_zone
    side = matrix.size + 2 * quiet
    frame = frame_symbol(design, side)
    x, y = quiet + frame.symbol_x, quiet + frame.symbol_y
    paint = _paint(design, x, y, matrix.size)
    items: list[Fill | Placed] = []
    if design.background:
        ground = rectangle(0, 0, frame.width, frame.height)
        items.append(Fill(ground, Solid(design.background)))
    frame_paint = Solid(design.frame_colour) if design.frame_colour else paint
    items += [Fill(path, frame_paint) for path in frame.shapes]
    items += [Fill(path, Solid(design.frame_text_colour)) for path in frame.letters]
    cleared = fitting.cleared if fitting else frozenset()
    items += _symbol(design, matrix, cleared, paint, x, y)
    if fitting and logo:
        box = fitting.box
        items.append(Placed(logo, x + box.x, y + box.y, box.width, box.height))
    is_too_large = bool(fitting and not fitting.fits)
    return Drawing(
        width=frame.width,
        height=frame.height,
        items=tuple(items),
        symbol_box=Box(x, y, matrix.size, matrix.size),
        modules=matrix.size,
        version=matrix.version,
        error_correction=matrix.error_correction,
        background=design.background,
        logo_is_too_large=is_too_large,
        largest_logo_share=largest_logo_share(text, design, logo)
        if logo and is_too_large
        else None,
        missing_signs=frame.missing_signs,
        plain_rows=_rows(matrix, quiet) if is_plain(design) and not fitting else None,
    )


def _symbol(
    design: Design, matrix: Matrix, cleared: frozenset[Cell], paint: Paint, x: int, y: int
) -> list[Fill]:
    """Modules, frames and balls of the eyes; those of one paint in one path, so that no hairline
    shows where they meet.
    """
    shown = _moved(matrix.dark - matrix.eyes - cleared, x, y)
    body = module_path(shown, [_moved(a, x, y) for a in matrix.alignments], design.module_shape)
    places = [(column + x, row + y, inward) for column, row, inward in eyes(matrix.size)]
    rings = joined(eye_frame_path(*at[:2], design.eye_frame_shape, at[2]) for at in places)
    balls = joined(eye_ball_path(*at[:2], design.eye_ball_shape, at[2]) for at in places)
    paths: dict[Paint, list[Path]] = {}
    for path, colour in (
        (body, None),
        (rings, design.eye_frame_colour),
        (balls, design.eye_ball_colour),
    ):
        paths.setdefault(Solid(colour) if colour else paint, []).append(path)
    return [Fill(joined(some), one) for one, some in paths.items()]


def _moved(cells: frozenset[Cell], x: int, y: int) -> frozenset[Cell]:
    return frozenset((column + x, row + y) for column, row in cells)


def _paint(design: Design, x: float, y: float, size: int) -> Paint:
    """A gradient runs over the whole symbol, from corner to corner."""
    if design.gradient == "none" or design.gradient_end == design.foreground:
        return Solid(design.foreground)
    middle_x, middle_y, half = x + size / 2, y + size / 2, size / 2
    if design.gradient == "radial":
        values = (middle_x, middle_y, half * sqrt(2), 0.0)
    else:
        angle = radians(design.gradient_angle)
        reach = half * (abs(cos(angle)) + abs(sin(angle)))
        dx, dy = cos(angle) * reach, sin(angle) * reach
        values = (middle_x - dx, middle_y - dy, middle_x + dx, middle_y + dy)
    return Gradient(
        design.gradient, design.foreground, design.gradient_end, *(round(v, 3) for v in values)
    )


def _rows(matrix: Matrix, quiet: int) -> tuple[bytes, ...]:
    line = range(-quiet, matrix.size + quiet)
    return tuple(bytes((x, y) in matrix.dark for x in line) for y in line)
