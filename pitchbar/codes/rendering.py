"""The plain QR symbol of a short address, black on white with its quiet zone."""

from functools import lru_cache

from pitchbar.symbols.design import Design
from pitchbar.symbols.rendering import Drawing, draw_symbol, to_eps, to_pdf, to_png, to_svg

MIN_SIZE, MAX_SIZE = 64, 4096  # pixels
_PRINTED_MM = 50


def render_svg(url: str, error_correction: str) -> bytes:
    """It keeps its shape in whatever box a page or a layout program gives it."""
    return to_svg(_draw(url, error_correction))


def render_pdf(url: str, error_correction: str) -> bytes:
    """As the SVG, for programs that print and know no other."""
    return to_pdf(_draw(url, error_correction), _PRINTED_MM)


def render_eps(url: str, error_correction: str) -> bytes:
    """As the PDF, for older layout programs."""
    return to_eps(_draw(url, error_correction), _PRINTED_MM)


def render_png(url: str, error_correction: str, size: int) -> bytes:
    """`size` pixels a side. Modules are whole pixels, so that edges stay sharp; what is left over
    widens the quiet zone. A symbol with more modules than that is a pixel a module.
    """
    return to_png(_draw(url, error_correction), size)


@lru_cache(maxsize=64)
def _draw(url: str, error_correction: str) -> Drawing:
    return draw_symbol(url, Design.read({"error_correction": error_correction}))
