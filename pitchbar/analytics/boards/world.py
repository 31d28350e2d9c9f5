"""The map of the world: which countries are how dark, and what their colours mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pitchbar.analytics.boards.cards import ShownRow
from pitchbar.core.assets import STATIC

FILE = "vendor/world-atlas@2.0.2/world.svg"
WIDTH, HEIGHT = 1000, 432
_STEPS = 5


@dataclass(frozen=True, slots=True)
class Shade:
    """Countries of one colour: `least` to `most` of what is counted."""

    step: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Place:
    """A country that has something; `step` is 1 (light) to 5 (dark)."""

    row: ShownRow
    step: int


@dataclass(frozen=True, slots=True)
class World:
    """Attributes:
    elsewhere: rows that no shape stands for, such as unknown ones.
    """

    places: Sequence[Place]
    shades: Sequence[Shade]
    elsewhere: Sequence[ShownRow]


def draw_world(rows: Sequence[ShownRow]) -> World:
    """Each colour stands for twice, four times … as many: half the scans come from one country,
    mostly, and the others must still differ.
    """
    drawn = [row for row in rows if row.value in _shapes() and row.count]
    bounds = _bounds(max((row.count for row in drawn), default=0))
    places = [Place(row, _step(row.count, bounds)) for row in drawn]
    used = {place.step for place in places}
    shades = [
        Shade(step, least, most) for step, (least, most) in enumerate(bounds, 1) if step in used
    ]
    elsewhere = [row for row in rows if row.value not in _shapes()]
    return World(places, shades, elsewhere)


def _bounds(most: int) -> list[tuple[int, int]]:
    """Of each step, from and to; equal parts of the logarithm."""
    tops = [max(1, round(most ** (step / _STEPS))) for step in range(1, _STEPS + 1)]
    found, low = [], 1
    for top in tops:
        if top >= low:
            found.append((low, top))
            low = top + 1
    return found


def _step(count: int, bounds: Sequence[tuple[int, int]]) -> int:
    return next(step for step, (_, top) in enumerate(bounds, 1) if count <= top)


@cache
def _shapes() -> frozenset[str]:
    return frozenset(re.findall(r' id="([A-Z]{2})"', (STATIC / FILE).read_text()))
