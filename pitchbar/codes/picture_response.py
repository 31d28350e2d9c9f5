"""The picture of a code as an answer, in each format."""

from flask import Response, make_response, request

from pitchbar.codes.addresses import address_of
from pitchbar.codes.models import Code
from pitchbar.codes.pictures import MAX_DPI, MAX_MM, MIN_DPI, MIN_MM, painter
from pitchbar.codes.rendering import MAX_SIZE, MIN_SIZE
from pitchbar.core.downloads import as_attachment
from pitchbar.core.text import file_name
from pitchbar.settings import current_settings
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.rendering import png_for_print, to_eps, to_pdf, to_png, to_svg

_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "eps": "application/postscript",
}
# Wide enough for a table card, and scaled by whoever places it.
_USUAL_MM = 50.0
# A side of more is nothing that a picture program opens.
_MOST_PIXELS = 8192


def qr_response(
    code: Code, format: str, *, is_saved: bool = False, is_printed: bool = False
) -> Response:
    """`?size=` in pixels for PNG, or `?mm=` with `?dpi=`; `mm` is the width of PDF and EPS.

    Args:
        is_saved: as a download, and then it must scan; `is_printed` asks that too.
    """
    if is_saved or is_printed:
        painter().require_printable(code)
    drawing = painter().draw(code, address_of(code, current_settings()))
    response = make_response(_render(drawing, format))
    response.mimetype = _TYPES[format]
    response.add_etag()
    response.make_conditional(request)
    if is_saved:
        name = f"{file_name(code.name) or code.present_short_code}.{format}"
        return as_attachment(response, name)
    return response


def _render(drawing: Drawing, format: str) -> bytes:
    mm = _held("mm", 0.0, MIN_MM, MAX_MM)
    if format == "svg":
        return to_svg(drawing)
    if format == "pdf":
        return to_pdf(drawing, mm or _USUAL_MM)
    if format == "eps":
        return to_eps(drawing, mm or _USUAL_MM)
    if mm:
        dpi = int(_held("dpi", 300.0, MIN_DPI, MAX_DPI))
        return png_for_print(drawing, min(mm, _MOST_PIXELS * 25.4 / dpi), dpi)
    return to_png(drawing, int(_held("size", 1024.0, MIN_SIZE, MAX_SIZE)))


def _held(name: str, usual: float, least: float, most: float) -> float:
    """A number of the address within its bounds; 0 where there is none and none is usual."""
    value = request.args.get(name, usual, type=float)
    return min(max(value, least), most) if value and value == value else usual
