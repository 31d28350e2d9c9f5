"""What PDF and PostScript share: inks of gradients, and pixels of logos."""

import io
from itertools import pairwise

import resvg_py
from PIL import Image

from pitchbar.symbols.colours import Cmyk, blend, number, read_rgb, to_cmyk
from pitchbar.symbols.drawing import Drawing, Gradient, Placed
from pitchbar.symbols.paths import Path

POINTS_PER_MM = 72 / 25.4
# Screens blend light and presses ink: so many steps keep the two together.
_STEPS = 16
_OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}
_LOGO_DPI = 600
_MOST_LOGO_PIXELS = 2048


def inks(colour: str) -> str:
    return cmyk_numbers(to_cmyk(read_rgb(colour)))


def cmyk_numbers(cmyk: Cmyk) -> str:
    return " ".join(number(part) for part in cmyk)


def path_operators(path: Path) -> str:
    """`m`, `l`, `c` and `h`, as PDF calls them."""
    words: list[str] = []
    for kind, values in path:
        words += map(number, values)
        words.append(_OPERATORS[kind])
    return " ".join(words)


def shading(gradient: Gradient) -> str:
    """The dictionary that both languages read."""
    if gradient.kind == "linear":
        kind, at = 2, [gradient.x1, gradient.y1, gradient.x2, gradient.y2]
    else:
        kind, at = 3, [gradient.x1, gradient.y1, 0, gradient.x1, gradient.y1, gradient.x2]
    start, end = read_rgb(gradient.start), read_rgb(gradient.end)
    stops = [cmyk_numbers(to_cmyk(blend(start, end, step / _STEPS))) for step in range(_STEPS + 1)]
    pieces = " ".join(
        f"<</FunctionType 2/Domain[0 1]/C0[{one}]/C1[{two}]/N 1>>" for one, two in pairwise(stops)
    )
    bounds = " ".join(f"{step / _STEPS:.4f}" for step in range(1, _STEPS))
    return (
        f"<</ShadingType {kind}/ColorSpace/DeviceCMYK"
        f"/Coords[{' '.join(number(value) for value in at)}]/Extend[true true]"
        f"/Function<</FunctionType 3/Domain[0 1]/Bounds[{bounds}]"
        f"/Encode[{' '.join(['0 1'] * _STEPS)}]/Functions[{pieces}]>>>>"
    )


def logo_pixels(placed: Placed, drawing: Drawing, width_mm: float) -> Image.Image:
    """RGB or RGBA. Vectors become pixels for print, at 600 dpi of the printed size."""
    logo = placed.logo
    if logo.kind != "svg":
        picture = Image.open(io.BytesIO(logo.data))
        return picture.convert("RGBA" if "A" in picture.getbands() else "RGB")
    printed = placed.width / drawing.width * width_mm / 25.4 * _LOGO_DPI
    longest = max(placed.width, placed.height)
    width = min(max(printed, 64), _MOST_LOGO_PIXELS * placed.width / longest)
    data = resvg_py.svg_to_bytes(
        svg_string=logo.data.decode(),
        width=max(1, round(width)),
        height=max(1, round(width * placed.height / placed.width)),
        skip_system_fonts=True,
    )
    return Image.open(io.BytesIO(bytes(data))).convert("RGBA")


def to_inks(picture: Image.Image) -> Image.Image:
    """RGB to CMYK as `to_cmyk` has it; greys of black ink alone."""
    import numpy as np

    parts = np.asarray(picture.convert("RGB"), dtype=np.float32) / 255
    light = parts.max(axis=2, keepdims=True)
    inks = (light - parts) / np.maximum(light, 1 / 1024)
    inks = np.concatenate([inks, 1 - light], axis=2)
    return Image.fromarray((inks * 255 + 0.5).astype(np.uint8), mode="CMYK")
