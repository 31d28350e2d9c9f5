"""Symbols as pictures: the front door of this room.

One matrix becomes one drawing, and each format is written from that. The same design gives the
same bytes: no date and no random name is in any of them.
"""

from PIL import Image

from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.eps import write_eps
from pitchbar.symbols.logo_fitting import largest_logo_share
from pitchbar.symbols.matrix import TextTooLong
from pitchbar.symbols.pdf import write_pdf
from pitchbar.symbols.png import MOST_PIXELS, TooManyPixels, rasterise, write_png
from pitchbar.symbols.scenes import draw_symbol
from pitchbar.symbols.svg import write_svg

MM_PER_INCH = 25.4

__all__ = [
    "MM_PER_INCH",
    "MOST_PIXELS",
    "Drawing",
    "TextTooLong",
    "TooManyPixels",
    "draw_symbol",
    "largest_logo_share",
    "png_for_print",
    "to_eps",
    "to_image",
    "to_pdf",
    "to_png",
    "to_svg",
]


def to_svg(drawing: Drawing) -> bytes:
    return write_svg(drawing)


def to_png(drawing: Drawing, width_px: int) -> bytes:
    """Exactly `width_px` wide, or a pixel a module where that is more. Raises TooManyPixels."""
    return write_png(drawing, width_px)


def png_for_print(drawing: Drawing, mm: float, dpi: float) -> bytes:
    """`mm` wide at `dpi`, which the file says too. Raises TooManyPixels."""
    return write_png(drawing, round(mm / MM_PER_INCH * dpi), dpi)


def to_pdf(drawing: Drawing, width_mm: float) -> bytes:
    return write_pdf(drawing, width_mm)


def to_eps(drawing: Drawing, width_mm: float) -> bytes:
    return write_eps(drawing, width_mm)


def to_image(drawing: Drawing, px_per_module: int) -> Image.Image:
    """RGB, as a scanner's eye sees it; what is transparent is white."""
    return rasterise(drawing, px_per_module)
