"""Every pair of colours that meet on a page, in both themes: text is read, controls are seen."""

import math
import re
from itertools import pairwise

import pytest

from pitchbar.core.assets import STATIC

THEMES = ("light", "dark")
# What other things stand on, from the page up.
SURFACES = ("bg", "surface", "raised", "sunken")
UNDER_POINTER = ("hover", "pressed")

_OKLCH = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)(?: / [\d.]+)?\)")
_TOKEN = re.compile(r"--([\w-]+): light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\);")


def luminance(colour: str) -> float:
    """WCAG's relative luminance of an opaque OKLCH colour.

    Source: bottosson.github.io/posts/oklab, and WCAG 2.2, "relative luminance".
    """
    found = _OKLCH.fullmatch(colour)
    assert found, colour
    light, chroma, hue = float(found[1]) / 100, float(found[2]), math.radians(float(found[3]))
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    within = [min(max(one, 0.0), 1.0) for one in (red, green, blue)]
    return 0.2126 * within[0] + 0.7152 * within[1] + 0.0722 * within[2]


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def tokens(theme: str) -> dict[str, float]:
    """The luminance of each colour by its name."""
    css = (STATIC / "css" / "tokens.css").read_text()
    at = 2 + THEMES.index(theme)
    return {found[1]: luminance(found[at]) for found in _TOKEN.finditer(css)}


def too_weak(
    theme: str, fronts: tuple[str, ...], backs: tuple[str, ...], least: float
) -> list[str]:
    known = tokens(theme)
    ratios = {
        f"{front} on {back}": contrast(known[front], known[back])
        for front in fronts
        for back in backs
    }
    return [f"{pair}: {ratio:.2f}" for pair, ratio in ratios.items() if ratio < least]


def test_contrast_is_what_others_measure() -> None:
    assert contrast(luminance("oklch(100% 0 0)"), luminance("oklch(0% 0 0)")) == pytest.approx(21)
    # #767676 on white, the known edge of AA.
    assert contrast(1, luminance("oklch(56.59% 0 0)")) == pytest.approx(4.54, abs=0.03)
    # #007854, of a hue of its own: 5.44 by WCAG's formula.
    assert contrast(1, luminance("oklch(50.5% 0.109 163)")) == pytest.approx(5.4, abs=0.15)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_read_on_every_surface(theme: str) -> None:
    everywhere = SURFACES + UNDER_POINTER
    assert too_weak(theme, ("text", "text-2", "text-3", "accent-text"), everywhere, 4.5) == []
    assert too_weak(theme, ("danger",), (*SURFACES, "hover", "danger-soft"), 4.5) == []
    assert too_weak(theme, ("text", "text-2", "accent-text"), ("accent-soft",), 4.5) == []
    assert too_weak(theme, ("warn-text", "text"), (*SURFACES, "warn-soft"), 4.5) == []
    assert too_weak(theme, ("text", "text-2"), ("danger-soft", "warn-soft"), 4.5) == []
    assert too_weak(theme, ("on-accent",), ("accent", "accent-hover"), 4.5) == []
    assert too_weak(theme, ("on-danger",), ("danger", "danger-hover"), 4.5) == []


@pytest.mark.parametrize("theme", THEMES)
def test_borders_of_controls_and_the_focus_are_seen_on_every_surface(theme: str) -> None:
    everywhere = (*SURFACES, "hover", "accent-soft", "danger-soft", "warn-soft")
    assert too_weak(theme, ("control-line",), everywhere, 3) == []
    assert too_weak(theme, ("focus",), everywhere, 3) == []
    assert too_weak(theme, ("accent", "chart-before"), SURFACES, 3) == []


@pytest.mark.parametrize("theme", THEMES)
def test_chosen_segment_is_told_from_its_neighbours(theme: str) -> None:
    css = (STATIC / "css" / "components.css").read_text()
    rule = re.search(r"\.segment\[aria-current[^{]*\{([^}]*)\}", css)
    track = re.search(r"\.segments \{[^}]*background: var\(--([\w-]+)\)", css)
    edge = re.search(r"box-shadow: inset 0 0 0 1px var\(--([\w-]+)\)", rule[1] if rule else "")
    assert track
    assert edge
    assert too_weak(theme, (edge[1],), (track[1], "raised"), 3) == []


def test_surfaces_step_up_in_the_dark() -> None:
    known = tokens("dark")
    steps = [known[name] for name in ("bg", "surface", "raised")]
    assert all(contrast(lower, upper) >= 1.1 for lower, upper in pairwise(steps))
    assert steps == sorted(steps)
    # A line around a panel is seen against both sides of it.
    assert too_weak("dark", ("line",), ("bg", "surface"), 1.2) == []
    assert too_weak("dark", ("line-strong",), ("raised", "surface", "bg"), 1.3) == []
    assert known["hover"] > known["surface"]
    assert known["pressed"] > known["hover"]


def test_controls_have_the_border_that_was_measured() -> None:
    css = (STATIC / "css" / "components.css").read_text()
    for name in (".button", ".input"):
        rule = re.search(rf"^{re.escape(name)} \{{([^}}]*)\}}", css, re.MULTILINE)
        assert rule
        assert "border: 1px solid var(--control-line)" in rule[1]
