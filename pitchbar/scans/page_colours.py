"""The colours of a page that visitors see, from the one colour that a workspace chose.

Whatever they chose, text on it is read (4.5:1) and a button is told from what it stands on (3:1),
in light and in dark, as WCAG 2.2 measures it.
"""

import re
from typing import NamedTuple

Rgb = tuple[int, int, int]

OURS = "#007654"
# What cards stand on, and cards: `code_state.css` says the same.
CARD = {"light": "#ffffff", "dark": "#161c1b"}
TEXT_RATIO = 4.5
CONTROL_RATIO = 3.0
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


class Shades(NamedTuple):
    """`brand` is the chosen colour, `on_brand` what is written on it, and `edge`, around a button,
    the nearest to it that is seen on the card of this theme.
    """

    brand: str
    on_brand: str
    edge: str


def find_shades(colour: str, theme: str) -> Shades:
    """Args:
    colour: as "#0f7b5f"; ours for none, and for what is no colour.
    theme: "light" or "dark".
    """
    brand = _read(colour if _HEX.fullmatch(colour) else OURS)
    card = _read(CARD[theme])
    edge = _until_seen(brand, card, _BLACK if theme == "light" else _WHITE)
    return Shades(_write(brand), _text_on(brand), _write(edge))


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    return _contrast(_read(one), _read(other))


def _text_on(back: Rgb) -> str:
    """White where it is read; else black, which then is."""
    return "#ffffff" if _contrast(_WHITE, back) >= TEXT_RATIO else "#000000"


def _until_seen(colour: Rgb, back: Rgb, towards: Rgb) -> Rgb:
    for step in range(101):
        mixed = _mix(colour, towards, step / 100)
        if _contrast(mixed, back) >= CONTROL_RATIO:
            return mixed
    return towards


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _contrast(one: Rgb, other: Rgb) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Rgb) -> float:
    """Source: WCAG 2.2, "relative luminance"."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _write(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
