"""The QR symbol of a short address."""

import io

import segno

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks
MIN_SIZE, MAX_SIZE = 64, 4096


def render_svg(url: str, error_correction: str) -> bytes:
    """A scalable image, black on white, with its quiet zone."""
    out = io.BytesIO()
    _symbol(url, error_correction).save(
        out, kind="svg", border=QUIET_ZONE, light="#fff", scale=8, xmldecl=False, nl=False
    )
    return out.getvalue()


def render_png(url: str, error_correction: str, size: int) -> bytes:
    """At most `size` pixels a side: modules are whole pixels, so that edges stay sharp."""
    symbol = _symbol(url, error_correction)
    modules = symbol.symbol_size(border=QUIET_ZONE)[0]
    out = io.BytesIO()
    symbol.save(out, kind="png", border=QUIET_ZONE, scale=max(1, size // modules))
    return out.getvalue()


def _symbol(url: str, error_correction: str) -> segno.QRCode:
    return segno.make(url, error=error_correction.lower(), boost_error=False, micro=False)
