"""Colours of screens, and the inks that print them."""

from functools import lru_cache

Cmyk = tuple[float, float, float, float]
Rgb = tuple[float, float, float]


def read_rgb(colour: str) -> Rgb:
    """Of "#rrggbb", each from 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def to_cmyk(rgb: Rgb) -> Cmyk:
    """Each from 0 to 1. Black and greys are made of black ink alone, so that they stay sharp where
    the plates of a press do not meet exactly.
    """
    black = 1 - max(rgb)
    if black >= 1:
        return 0.0, 0.0, 0.0, 1.0
    cyan, magenta, yellow = ((1 - part - black) / (1 - black) for part in rgb)
    return cyan, magenta, yellow, black


def blend(start: Rgb, end: Rgb, share: float) -> Rgb:
    red, green, blue = (a + (b - a) * share for a, b in zip(start, end, strict=True))
    return red, green, blue


# The same places come again and again: modules stand in rows and columns.
@lru_cache(maxsize=65536)
def number(value: float) -> str:
    """As short as it goes, to a thousandth."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
