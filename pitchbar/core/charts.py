"""Geometry of the charts: numbers in, SVG paths and label positions out.

Paths are drawn in a box that the browser stretches to the width it has
(`preserveAspectRatio="none"`), so labels are given as percentages and set as
HTML or unstretched SVG text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

WIDTH = 1000
"""Width of the time series' viewBox, in its own units."""
HEIGHT = 200
"""Height of the time series' viewBox, in its own units."""
SPARK_WIDTH = 100
SPARK_HEIGHT = 28
SPARK_MARGIN = 2
"""Room above and below a spark line so that its stroke is not cut off."""
MAX_X_LABELS = 8
Y_STEPS = 4


class ChartPoint(Protocol):
    """One step of a time series."""

    @property
    def label(self) -> str: ...
    @property
    def value(self) -> int: ...


@dataclass(frozen=True)
class Spark:
    """Two paths for a viewBox of 100 x 28."""

    line: str
    area: str


@dataclass(frozen=True)
class XTick:
    """A label under the chart. `x` is in percent of the plot's width.

    `anchor` is SVG's `text-anchor`; `is_minor` labels go first where room is short.
    """

    label: str
    x: float
    anchor: str
    is_minor: bool


@dataclass(frozen=True)
class YTick:
    """A line of the grid. `y` is in viewBox units from the top."""

    value: int
    y: float


@dataclass(frozen=True)
class TimeSeries:
    """Paths for a viewBox of 1000 x 200, with ticks from the top down and left to right.

    `so_far_line` leads from the last whole step to the one that is still going on; where it is
    drawn, `line` ends before it. `before_line` is the span before, on the same scale.
    """

    line: str
    area: str
    so_far_line: str
    before_line: str
    top: int
    x_ticks: tuple[XTick, ...]
    y_ticks: tuple[YTick, ...]


def template_functions() -> Mapping[str, Callable[..., Any]]:
    """What the templates call, by the name they call it."""
    return {"spark": spark, "time_series": time_series}


def spark(values: Sequence[int]) -> Spark:
    """A small line without axes. No value or only zeros give a flat line at the bottom."""
    heights = list(values) or [0]
    top = max(1, *heights)
    room = SPARK_HEIGHT - 2 * SPARK_MARGIN
    points = [
        (x, SPARK_HEIGHT - SPARK_MARGIN - value / top * room)
        for x, value in zip(_space_evenly(len(heights), SPARK_WIDTH), heights, strict=True)
    ]
    return Spark(line=_line(points), area=_area(points, SPARK_HEIGHT))


def time_series(
    points: Sequence[ChartPoint], before: Sequence[ChartPoint] = (), *, is_going_on: bool = False
) -> TimeSeries:
    """The points as line and area, and those of the span before as a second line.

    Args:
        is_going_on: the last point is a step that is not over.
    """
    top = round_up_scale(max((point.value for point in (*points, *before)), default=0))
    heights = _scale([point.value for point in points], top)
    whole = heights[:-1] if is_going_on and len(heights) > 2 else heights
    return TimeSeries(
        line=_line(whole),
        area=_area(whole, HEIGHT),
        so_far_line=_line(heights[-2:]) if whole is not heights else "",
        before_line=_line(_scale([point.value for point in before], top)),
        top=top,
        x_ticks=_x_ticks([point.label for point in points]),
        y_ticks=tuple(
            YTick(value=top * step // Y_STEPS, y=HEIGHT - HEIGHT * step / Y_STEPS)
            for step in range(Y_STEPS, -1, -1)
        ),
    )


def round_up_scale(highest: int) -> int:
    """The smallest calm top of an axis that holds `highest`: a whole multiple of four steps.

    Each step is 1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50 or these times a power of ten.
    """
    needed = max(-(-highest // Y_STEPS), 1)
    power = 1
    while True:
        for factor in (1, 2, 3, 5, 10, 15, 20, 25, 30, 40, 50):
            if factor * power >= needed:
                return factor * power * Y_STEPS
        power *= 10


def _scale(values: Sequence[int], top: int) -> list[tuple[float, float]]:
    xs = _space_evenly(len(values), WIDTH)
    return [(x, HEIGHT - HEIGHT * value / top) for x, value in zip(xs, values, strict=True)]


def _space_evenly(count: int, width: int) -> list[float]:
    """`count` positions from 0 to `width`. A single one stands in the middle."""
    if count == 1:
        return [width / 2]
    return [width * index / (count - 1) for index in range(count)]


def _line(points: Sequence[tuple[float, float]]) -> str:
    """An SVG path through the points. One point becomes a level line, none an empty path."""
    if len(points) == 1:
        (x, y) = points[0]
        return f"M0 {_coordinate(y)}H{_coordinate(x * 2)}"
    return " ".join(
        f"{'L' if index else 'M'}{_coordinate(x)} {_coordinate(y)}"
        for index, (x, y) in enumerate(points)
    )


def _area(points: Sequence[tuple[float, float]], bottom: int) -> str:
    """The line closed down to `bottom`. Empty when the line is."""
    if not points:
        return ""
    last_x = points[0][0] * 2 if len(points) == 1 else points[-1][0]
    return f"{_line(points)} L{_coordinate(last_x)} {bottom} L0 {bottom}Z"


def _x_ticks(labels: Sequence[str]) -> tuple[XTick, ...]:
    """Evenly spaced labels, at most `MAX_X_LABELS`, never touching the ends' neighbours."""
    shown = _shown_indexes(len(labels))
    xs = _space_evenly(len(labels), 100)
    return tuple(
        XTick(
            label=labels[index],
            x=round(xs[index], 2),
            anchor=_anchor(index, len(labels)),
            is_minor=order % 2 == 1,
        )
        for order, index in enumerate(shown)
    )


def _shown_indexes(count: int) -> list[int]:
    """Which points carry a label: every n-th from the first, at most `MAX_X_LABELS`."""
    if count <= MAX_X_LABELS:
        return list(range(count))
    step = -(-count // MAX_X_LABELS)
    return list(range(0, count, step))


def _anchor(index: int, count: int) -> str:
    """The outermost labels lean inwards, so that none leaves the plot."""
    if count > 1 and index == 0:
        return "start"
    if count > 1 and index == count - 1:
        return "end"
    return "middle"


def _coordinate(value: float) -> str:
    """A coordinate with at most one decimal, without a trailing zero."""
    return f"{value:.1f}".removesuffix(".0")
