"""The QR symbol of a short address."""

import io

import segno
from PIL import Image

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
MIN_SIZE, MAX_SIZE = 64, 4096
_WHITE, _BLACK = 255, 0


def render_svg(url: str, error_correction: str) -> bytes:
    """A scalable image, black on white, with its quiet zone; it keeps its shape in whatever box a
    page or a layout program gives it.
    """
    out = io.BytesIO()
    symbol = _symbol(url, error_correction)
    symbol.save(
        out,
        kind="svg",
        border=QUIET_ZONE,
        light="#fff",
        scale=8,
        omitsize=True,
        xmldecl=False,
        nl=False,
    )
    side = symbol.symbol_size(scale=8, border=QUIET_ZONE)[0]
    # Both: without a viewBox it is cut where it is made smaller, without a size it fills the page.
    sized = f'<svg width="{side}" height="{side}" '
    return sized.encode() + out.getvalue().removeprefix(b"<svg ")


def render_pdf(url: str, error_correction: str) -> bytes:
    """As the SVG, for programs that print and know no other."""
    out = io.BytesIO()
    _symbol(url, error_correction).save(out, kind="pdf", border=QUIET_ZONE, light="#fff", scale=8)
    return out.getvalue()


def render_png(url: str, error_correction: str, size: int) -> bytes:
    """`size` pixels a side. Modules are whole pixels, so that edges stay sharp; what is left over
    widens the quiet zone. A symbol with more modules than that is a pixel a module.
    """
    rows = [bytes(row) for row in _symbol(url, error_correction).matrix_iter(border=QUIET_ZONE)]
    modules = len(rows)
    symbol = Image.frombytes("L", (modules, modules), b"".join(rows)).point(
        [_WHITE] + [_BLACK] * 255
    )
    side = modules * max(1, size // modules)
    image = Image.new("L", (max(size, side),) * 2, _WHITE)
    margin = (image.width - side) // 2
    image.paste(symbol.resize((side, side), Image.Resampling.NEAREST), (margin, margin))
    out = io.BytesIO()
    image.convert("1").save(out, "png", optimize=True)
    return out.getvalue()


def _symbol(url: str, error_correction: str) -> segno.QRCode:
    return segno.make(url, error=error_correction.lower(), boost_error=False, micro=False)
