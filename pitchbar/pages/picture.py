"""The picture of the product on the start page: figures of an example, and a code that works."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from markupsafe import Markup

from pitchbar.codes.rendering import render_svg
from pitchbar.core.charts import TimeSeries, time_series

# A restaurant's week: quiet after the weekend.
_PEOPLE = (
    *(31, 34, 38, 52, 71, 64, 29, 33, 36, 41, 58, 79, 70, 32, 37, 35),
    *(44, 61, 83, 74, 34, 39, 42, 47, 66, 92, 81, 38, 43, 31),
)
_BEFORE = (
    *(27, 30, 33, 45, 62, 55, 26, 29, 33, 35, 51, 68, 60, 28, 33, 31),
    *(38, 54, 71, 66, 31, 34, 36, 42, 57, 78, 70, 34, 38, 39),
)
_ROBOTS, _REPEATS, _SEEN_BEFORE = 118, 26, 63


@dataclass(frozen=True)
class SampleDay:
    label: str
    value: int


@dataclass(frozen=True)
class Picture:
    """`symbol` is the QR code of this very page, as SVG."""

    people: int
    unique_people: int
    hits: int
    robots: int
    repeats: int
    change: int
    chart: TimeSeries
    symbol: Markup


def draw_picture(url: str, now: datetime) -> Picture:
    people = sum(_PEOPLE)
    return Picture(
        people=people,
        unique_people=people - _SEEN_BEFORE,
        hits=people + _ROBOTS + _REPEATS,
        robots=_ROBOTS,
        repeats=_REPEATS,
        change=round(100 * people / sum(_BEFORE)) - 100,
        chart=time_series(_days(_PEOPLE, now), _days(_BEFORE, now), is_going_on=True),
        symbol=_draw_symbol(url),
    )


def _days(people: tuple[int, ...], now: datetime) -> list[SampleDay]:
    days = [now - timedelta(days=ago) for ago in reversed(range(len(people)))]
    labels = [f"{day:%b} {day.day}" for day in days]
    return [SampleDay(label, count) for label, count in zip(labels, people, strict=True)]


@lru_cache(maxsize=4)
def _draw_symbol(url: str) -> Markup:
    return Markup(render_svg(url, "M").decode())  # noqa: S704  # our own drawing
