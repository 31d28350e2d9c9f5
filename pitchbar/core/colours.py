"""Colours that people choose, and what can be read on them or seen beside them (WCAG 2.2)."""

import re

WHITE, BLACK = "#ffffff", "#000000"
_TEXT, _EDGE = 4.5, 3.0
_STEPS = 20


def readable_on(colour: str) -> str:
    """White where it is read on the colour (4.5 : 1), else black."""
    if not _is_colour(colour):
        return WHITE
    return WHITE if contrast(colour, WHITE) >= _TEXT else BLACK


def tones(accent: str, light: str, dark: str) -> dict[str, str]:
    """The accent and what goes with it on two grounds: `on-accent`; `text-light`, `text-dark` to be
    read on them, `edge-light`, `edge-dark` to be seen.
    """
    accent = accent if _is_colour(accent) else BLACK
    found = {"accent": accent, "on-accent": readable_on(accent)}
    for name, ground in (("light", light), ("dark", dark)):
        found[f"text-{name}"] = seen_on(ground, accent, _TEXT)
        found[f"edge-{name}"] = seen_on(ground, accent, _EDGE)
    return found


def seen_on(ground: str, colour: str, least: float) -> str:
    """The colour itself, or as much nearer to black or white as that contrast takes."""
    goal = BLACK if contrast(ground, BLACK) > contrast(ground, WHITE) else WHITE
    steps = (_mix(colour, goal, step / _STEPS) for step in range(_STEPS))
    return next((one for one in steps if contrast(one, ground) >= least), goal)


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _is_colour(text: str) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{6}", text) is not None


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _mix(colour: str, goal: str, part: float) -> str:
    pairs = zip(_channels(colour), _channels(goal), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * part):02x}" for one, other in pairs)


def _luminance(colour: str) -> float:
    shares = (one / 255 for one in _channels(colour))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
