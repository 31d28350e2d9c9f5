"""The colour of a workspace, on the pages that visitors of its codes see."""

import re

from pitchbar.errors import DomainError

# What those pages show where nothing is chosen.
OURS = "#007654"
PALETTE = {
    "#1d4ed8": "Blue",
    "#6d28d9": "Violet",
    "#be185d": "Pink",
    "#b91c1c": "Red",
    "#c2410c": "Orange",
    "#a16207": "Gold",
    "#334155": "Slate",
}
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)


class InvalidColour(DomainError):
    code = "invalid_colour"

    def __init__(self) -> None:
        sentence = "Write the colour as six digits and letters a to f, such as #0f7b5f."
        super().__init__(sentence, fields={"own_colour": sentence})


def clean_colour(typed: str) -> str:
    """ "#0F7B5F", "0f7b5f" and "#abc" as pages take them; empty stays empty.

    Raises:
        InvalidColour
    """
    plain = typed.strip().lower()
    if not plain:
        return ""
    found = _HEX.fullmatch(plain)
    if found is None:
        raise InvalidColour
    digits = found[1] if len(found[1]) == 6 else "".join(2 * digit for digit in found[1])
    return f"#{digits}"


def text_on(colour: str) -> str:
    """White where it is read on the colour (4.5:1, WCAG 2.2), else black."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= 4.5 else "#000000"
