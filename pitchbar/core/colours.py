"""Colours that people choose, and what can be read on them."""

import re

WHITE, BLACK = "#ffffff", "#000000"


def readable_on(colour: str) -> str:
    """White where it is read on the colour (4.5 : 1, WCAG 2.2), else black."""
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        return WHITE
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return WHITE if 1.05 / (luminance + 0.05) >= 4.5 else BLACK
