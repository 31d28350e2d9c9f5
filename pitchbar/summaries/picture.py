"""The picture of a week: a bar for each day, and beside it a quiet one for the week before.

Mail programs show PNG and no SVG. It has no letters, as they would need a font: the days and their
numbers stand below it as text. Its background is clear and its colours are seen on light and dark.
"""

from collections.abc import Sequence

import resvg_py

from pitchbar.summaries.loading import Day

WIDTH, HEIGHT = 456, 132
NAME = "week"
# As many dots for each pixel as good screens have.
_ZOOM = 2.0
_NOW, _BEFORE, _LINE = "#1f9d73", "#94a19b", "#94a19b"
_BAR, _GAP, _RADIUS = 18.0, 4.0, 3.0
_FOOT = 2.0


def draw_png(days: Sequence[Day]) -> bytes:
    svg = draw_svg(days)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=_ZOOM, skip_system_fonts=True))


def draw_svg(days: Sequence[Day]) -> str:
    most = max([1, *(max(day.people, day.before) for day in days)])
    column = WIDTH / max(len(days), 1)
    parts = []
    for number, day in enumerate(days):
        left = number * column + (column - 2 * _BAR - _GAP) / 2
        parts.append(_bar(left, day.before / most, _BEFORE, 0.55))
        parts.append(_bar(left + _BAR + _GAP, day.people / most, _NOW, 1))
    base = HEIGHT - _FOOT / 2
    parts.append(f'<path d="M0 {base}H{WIDTH}" stroke="{_LINE}" stroke-opacity="0.6"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
    )


def describe(days: Sequence[Day]) -> str:
    """The same in words, for those who do not see it."""
    told = ", ".join(f"{day.date:%A} {day.people} ({day.before})" for day in days)
    return f"People by day, and in brackets in the week before: {told}."


def _bar(left: float, share: float, colour: str, opacity: float) -> str:
    if share <= 0:
        return ""
    height = max(share * (HEIGHT - _FOOT), 2.0)
    top, radius = HEIGHT - _FOOT - height, min(_RADIUS, height)
    return (
        f'<path fill="{colour}" fill-opacity="{opacity}" d="M{left:.2f} {HEIGHT - _FOOT}'
        f"V{top + radius:.2f}q0 {-radius:.2f} {radius:.2f} {-radius:.2f}"
        f"h{_BAR - 2 * radius:.2f}q{radius:.2f} 0 {radius:.2f} {radius:.2f}"
        f'V{HEIGHT - _FOOT}z"/>'
    )
