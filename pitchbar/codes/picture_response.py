"""The picture of a code as an answer, in each format."""

from math import isfinite

from flask import Response, make_response, request

from pitchbar.codes.addresses import address_of
from pitchbar.codes.models import Code
from pitchbar.codes.pictures import MAX_DPI, MAX_MM, MIN_DPI, MIN_MM, painter
from pitchbar.codes.rendering import MAX_SIZE, MIN_SIZE
from pitchbar.core.downloads import as_attachment
from pitchbar.core.text import file_name
from pitchbar.settings import current_settings
from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.rendering import MM_PER_INCH, png_for_print, to_eps, to_pdf, to_png, to_svg

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
    mm = request.args.get("mm", type=float)
    mm = min(max(mm, MIN_MM), MAX_MM) if mm is not None and isfinite(mm) else None
    if format == "svg":
        return to_svg(drawing)
    if format == "pdf":
        return to_pdf(drawing, mm or _USUAL_MM)
    if format == "eps":
        return to_eps(drawing, mm or _USUAL_MM)
    if mm is not None:
        dpi = min(max(request.args.get("dpi", 300, type=int), MIN_DPI), MAX_DPI)
        return png_for_print(drawing, min(mm, _MOST_PIXELS * MM_PER_INCH / dpi), dpi)
    size = min(max(request.args.get("size", 1024, type=int), MIN_SIZE), MAX_SIZE)
    return to_png(drawing, size)
