"""Outlines in module units, x to the right, y downward.

A path is a tuple of segments: ("M", (x, y)), ("L", (x, y)), ("C", (x1, y1, x2, y2, x, y)) and
("Z", ()). Outer outlines run clockwise and holes counter-clockwise, so the nonzero rule, which all
four formats know, fills them.
"""

from collections.abc import Iterable, Sequence
from math import hypot

Segment = tuple[str, tuple[float, ...]]
Path = tuple[Segment, ...]
Point = tuple[float, float]
Corners = tuple[float, float, float, float]

_KAPPA = 0.5522847498  # a quarter of a circle as a cubic, off by 0.03 % of its radius


def rounded_polygon(points: Sequence[Point], radii: Sequence[float]) -> Path:
    """A closed outline whose corners, of 90° where their radius is not 0, are rounded."""
    segments: list[Segment] = []
    count = len(points)
    last: Point | None = None
    for at, (corner, radius) in enumerate(zip(points, radii, strict=True)):
        before, after = points[at - 1], points[(at + 1) % count]
        if not radius:
            starts = ends = corner
        else:
            starts = _towards(corner, before, radius)
            ends = _towards(corner, after, radius)
        if last is None:
            segments.append(("M", starts))
        elif _differ(last, starts):
            segments.append(("L", starts))
        if radius:
            first = _towards(corner, before, radius * (1 - _KAPPA))
            second = _towards(corner, after, radius * (1 - _KAPPA))
            segments.append(("C", (*first, *second, *ends)))
        last = ends
    segments.append(("Z", ()))
    return tuple(segments)


def polygon(points: Sequence[Point]) -> Path:
    return rounded_polygon(points, [0] * len(points))


def rectangle(
    x: float, y: float, width: float, height: float, radii: float | Corners = 0, hole: bool = False
) -> Path:
    """`radii` of the corners: top left, top right, bottom right, bottom left."""
    corners = radii if isinstance(radii, tuple) else (radii,) * 4
    most = min(width, height) / 2
    held = [min(radius, most) for radius in corners]
    points = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    if hole:
        points.reverse()
        held.reverse()
    return rounded_polygon(points, held)


def circle(x: float, y: float, radius: float) -> Path:
    return rectangle(x - radius, y - radius, 2 * radius, 2 * radius, radius)


def transformed(path: Path, scale: float, dx: float, dy: float) -> Path:
    """Scaled, then moved."""
    moved: list[Segment] = []
    for kind, at in path:
        # Written out, as letters have thousands of them.
        if len(at) == 2:
            moved.append((kind, (at[0] * scale + dx, at[1] * scale + dy)))
        elif at:
            x1, y1, x2, y2, x, y = at
            first, second = (x1 * scale + dx, y1 * scale + dy), (x2 * scale + dx, y2 * scale + dy)
            moved.append((kind, (*first, *second, x * scale + dx, y * scale + dy)))
        else:
            moved.append((kind, at))
    return tuple(moved)


def joined(paths: Iterable[Path]) -> Path:
    return tuple(segment for path in paths for segment in path)


def contours(cells: frozenset[Point] | set[Point]) -> list[list[tuple[Point, bool]]]:
    """The outlines around unit cells that touch at an edge: corners with whether each is an outer
    one. Cells that only touch at a corner have outlines of their own.
    """
    leaving: dict[Point, list[Point]] = {}
    for x, y in sorted(cells):
        for starts, ends, beyond in (
            ((x, y), (x + 1, y), (x, y - 1)),
            ((x + 1, y), (x + 1, y + 1), (x + 1, y)),
            ((x + 1, y + 1), (x, y + 1), (x, y + 1)),
            ((x, y + 1), (x, y), (x - 1, y)),
        ):
            if beyond not in cells:
                leaving.setdefault(starts, []).append(ends)
    outlines = []
    while leaving:
        start = min(leaving)
        outlines.append(_corners(_walk(start, leaving)))
    return outlines


def _walk(start: Point, leaving: dict[Point, list[Point]]) -> list[Point]:
    """Around one outline, turning right where two ways lead on."""
    at, came = start, (0.0, 0.0)
    points = []
    while at in leaving:
        ways = leaving[at]
        right = (at[0] - came[1], at[1] + came[0])
        onward = right if right in ways else ways[0]
        ways.remove(onward)
        if not ways:
            del leaving[at]
        points.append(at)
        came = (onward[0] - at[0], onward[1] - at[1])
        at = onward
        if at == start:
            break
    return points


def _corners(points: list[Point]) -> list[tuple[Point, bool]]:
    corners = []
    for at, (x, y) in enumerate(points):
        before, after = points[at - 1], points[(at + 1) % len(points)]
        turn = (x - before[0]) * (after[1] - y) - (y - before[1]) * (after[0] - x)
        if turn:
            corners.append(((x, y), turn > 0))
    return corners


def _towards(point: Point, other: Point, distance: float) -> Point:
    dx, dy = other[0] - point[0], other[1] - point[1]
    length = hypot(dx, dy)
    return point[0] + dx / length * distance, point[1] + dy / length * distance


def _differ(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) > 1e-9 or abs(one[1] - other[1]) > 1e-9
