"""Draws the map of the world that boards show, from the shapes of world-atlas (Natural Earth).

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    .venv/bin/python infra/world_map.py package static/vendor/world-atlas@2.0.2

Countries too small for the coarse shapes become dots where they lie. The projection is Equal Earth
(Šavrič, Patterson, Jenny 2018): areas compare truly, which is what their colours are about.
"""

import json
import math
import shutil
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.core import get_global

WIDTH = 1000.0
# Antarctica has no scans, and takes a fifth of the height.
SOUTH, NORTH = -56.0, 83.7
DOT = 2.6
# Natural Earth has these without a number of ISO 3166; the codes are those that scans have.
NAMES = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}

Point = tuple[float, float]
Ring = list[Point]


def equal_earth(longitude: float, latitude: float) -> Point:
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    squared = theta * theta
    sixth = squared**3
    slope = 9 * a4 * squared * sixth + 7 * a3 * sixth + 3 * a2 * squared + a1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    return x, theta * (a4 * squared * sixth + a3 * sixth + a2 * squared + a1)


_HALF = equal_earth(180, 0)[0]
_TOP, _BOTTOM = equal_earth(0, NORTH)[1], equal_earth(0, SOUTH)[1]
HEIGHT = WIDTH * (_TOP - _BOTTOM) / (2 * _HALF)


def project(longitude: float, latitude: float) -> Point:
    x, y = equal_earth(longitude, latitude)
    return (x + _HALF) / (2 * _HALF) * WIDTH, (_TOP - y) / (_TOP - _BOTTOM) * HEIGHT


def read_countries(file: Path) -> Iterator[tuple[str, list[Ring]]]:
    """Each country's code and its outlines, in degrees."""
    atlas = json.loads(file.read_text())
    arcs = [list(unpack(arc, atlas["transform"])) for arc in atlas["arcs"]]
    for shape in atlas["objects"]["countries"]["geometries"]:
        groups = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [join(arcs, ring) for polygon in groups for ring in polygon]
        yield code_of(shape), rings


def unpack(arc: list[list[int]], transform: dict[str, list[float]]) -> Iterator[Point]:
    """Points are kept as differences of whole numbers."""
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield x * scale_x + left, y * scale_y + bottom


def join(arcs: list[Ring], ring: list[int]) -> Ring:
    """A negative number is an arc that runs backwards."""
    points: Ring = []
    for number in ring:
        part = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += part[1:] if points else part
    return points


def code_of(shape: dict[str, Any]) -> str:
    name = shape["properties"]["name"]
    if name in NAMES:
        return NAMES[name]
    found = get_global("territory_aliases").get(shape.get("id", ""), [])
    return found[0] if found else ""


def outline(rings: list[Ring]) -> str:
    parts = [part for ring in rings for part in cut(ring)]
    return "".join(path for part in parts if (path := draw(part)))


def cut(ring: Ring) -> list[Ring]:
    """Where it leads round the back of the map; else a line would go all across it."""
    parts: list[Ring] = [[]]
    for point in ring:
        if parts[-1] and abs(point[0] - parts[-1][-1][0]) > 180:
            parts.append([])
        parts[-1].append(point)
    if len(parts) > 1:
        # The ring began within a part.
        parts[0] = parts.pop() + parts[0]
    return [[*part, part[0]] for part in parts]


def draw(ring: Ring) -> str:
    if max(latitude for _, latitude in ring) < SOUTH:
        return ""
    steps: list[tuple[int, int]] = []
    for longitude, latitude in ring:
        x, y = project(longitude, max(latitude, SOUTH))
        step = (round(x * 2), round(y * 2))
        if not steps or step != steps[-1]:
            steps.append(step)
    if len(steps) < 4:
        return ""
    # Differences, in halves of a unit: a third of the size.
    moves = [f"{x - u} {y - v}" for (u, v), (x, y) in pairwise(steps[:-1])]
    return f"M{steps[0][0]} {steps[0][1]}l{' '.join(moves)}z".replace(" -", "-")


def middle(rings: list[Ring]) -> Point:
    """Of the largest part."""
    largest = max(rings, key=area)
    xs, ys = zip(*(project(*point) for point in largest), strict=True)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def area(ring: Ring) -> float:
    return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise(ring)))


def draw_world(folder: Path) -> str:
    shapes: dict[str, str] = {}
    for code, rings in read_countries(folder / "countries-110m.json"):
        shapes[code] = shapes.get(code, "") + outline(rings)
    parts = [
        f'<path id="{code or "none"}" transform="scale(.5)" d="{path}"/>'
        for code, path in sorted(shapes.items())
        if path
    ]
    for code, rings in sorted(read_countries(folder / "countries-50m.json")):
        if code and code not in shapes:
            x, y = middle(rings)
            parts.append(f'<circle id="{code}" cx="{x:.1f}" cy="{y:.1f}" r="{DOT}"/>')
            shapes[code] = ""
    box = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"><g id="world">'
    return "\n".join([head, *parts, "</g></svg>\n"])


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    (target / "world.svg").write_text(draw_world(source))
    shutil.copy(source / "LICENSE", target / "LICENSE")


if __name__ == "__main__":
    main()
