"""The charts' geometry: pure functions, so plain numbers."""

import re
from dataclasses import dataclass
from itertools import pairwise

import pytest

from pitchbar.core.charts import HEIGHT, WIDTH, round_up_scale, spark, time_series


@dataclass(frozen=True)
class Point:
    label: str
    value: int


def points(count: int, value: int = 4) -> list[Point]:
    return [Point(f"{index:02d}:00", value) for index in range(count)]


def numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]


@pytest.mark.parametrize(
    ("highest", "top"),
    [(0, 4), (1, 4), (4, 4), (5, 8), (13, 20), (100, 100), (101, 120), (4321, 6000), (7777, 8000)],
)
def test_scale_is_the_next_calm_multiple_of_four_steps(highest: int, top: int) -> None:
    assert round_up_scale(highest) == top


@pytest.mark.parametrize("highest", [0, 1, *range(3, 500, 7), 10**6 + 1, 10**9 + 7])
def test_scale_always_holds_the_highest_value(highest: int) -> None:
    assert round_up_scale(highest) >= highest
    assert round_up_scale(highest) % 4 == 0


def test_lines_span_the_box_and_stay_inside_it() -> None:
    before = [Point("Oct 1", 0), Point("Oct 2", 8), Point("Oct 3", 5)]
    series = time_series([Point("Nov 1", 0), Point("Nov 2", 3), Point("Nov 3", 5)], before)

    assert series.before_line == "M0 200 L500 0 L1000 75"
    assert series.line == "M0 200 L500 125 L1000 75"
    assert series.area == "M0 200 L500 125 L1000 75 L1000 200 L0 200Z"
    assert series.so_far_line == ""


def test_step_that_is_not_over_has_a_line_of_its_own() -> None:
    series = time_series([Point("a", 4), Point("b", 4), Point("c", 1)], is_going_on=True)

    assert series.line == "M0 0 L500 0"
    assert series.area == "M0 0 L500 0 L500 200 L0 200Z"
    assert series.so_far_line == "M500 0 L1000 150"


@pytest.mark.parametrize("count", [1, 2, 7, 24, 30, 90])
def test_every_length_stays_inside_the_box(count: int) -> None:
    series = time_series(points(count), points(count, 8))

    for path in (series.line, series.before_line, series.area):
        assert path.startswith("M0 ")
        assert all(0 <= number <= WIDTH for number in numbers(path))


def test_no_points_give_empty_paths_and_a_grid() -> None:
    series = time_series([])

    assert (series.line, series.area, series.before_line) == ("", "", "")
    assert series.x_ticks == ()
    assert [tick.value for tick in series.y_ticks] == [4, 3, 2, 1, 0]


def test_one_point_is_a_level_line() -> None:
    series = time_series(points(1), points(1, 8))

    assert series.line == "M0 100H1000"
    assert [(tick.x, tick.anchor) for tick in series.x_ticks] == [(50, "middle")]


def test_zeros_lie_on_the_ground() -> None:
    series = time_series(points(3, value=0))

    assert series.line == f"M0 {HEIGHT} L500 {HEIGHT} L1000 {HEIGHT}"
    assert series.top == 4


def test_grid_runs_from_the_top_down() -> None:
    series = time_series(points(2, value=100))

    assert [(tick.value, tick.y) for tick in series.y_ticks] == [
        (100, 0),
        (75, 50),
        (50, 100),
        (25, 150),
        (0, 200),
    ]


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (7, 7), (8, 8), (24, 8), (30, 8), (90, 8)])
def test_labels_are_few_and_evenly_spaced(count: int, shown: int) -> None:
    ticks = time_series(points(count)).x_ticks

    assert len(ticks) == shown
    gaps = {round(right.x - left.x, 0) for left, right in pairwise(ticks)}
    assert len(gaps) <= 1
    assert all(0 <= tick.x <= 100 for tick in ticks)


def test_every_second_label_is_minor() -> None:
    assert [tick.is_minor for tick in time_series(points(4)).x_ticks] == [False, True, False, True]


def test_outermost_labels_lean_inwards() -> None:
    assert [tick.anchor for tick in time_series(points(3)).x_ticks] == ["start", "middle", "end"]


@pytest.mark.parametrize("values", [[], [0], [0, 0, 0]])
def test_spark_of_nothing_lies_on_the_ground(values: list[int]) -> None:
    assert set(numbers(spark(values).line)[1::2]) <= {26, 100}
    assert spark(values).line


def test_spark_leaves_room_for_its_stroke() -> None:
    assert spark([0, 10, 5]).line == "M0 26 L50 2 L100 14"
    assert spark([0, 10, 5]).area == "M0 26 L50 2 L100 14 L100 28 L0 28Z"
