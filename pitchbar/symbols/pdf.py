"""A drawing as a PDF of one page, of its own size: vectors in CMYK."""

from collections.abc import Iterable
from zlib import compress

from PIL import Image

from pitchbar.symbols.colours import number
from pitchbar.symbols.drawing import Drawing, Fill, Gradient, Placed
from pitchbar.symbols.printing import (
    POINTS_PER_MM,
    inks,
    logo_pixels,
    path_operators,
    shading,
    to_inks,
)


def write_pdf(drawing: Drawing, width_mm: float) -> bytes:
    """Gradients are shadings, a logo is pixels with a soft mask."""
    scale = width_mm * POINTS_PER_MM / drawing.width
    width, height = drawing.width * scale, drawing.height * scale
    shadings: dict[Gradient, str] = {}
    images: list[Placed] = []
    # Three places are too few for the scale of a poster.
    operators = [f"{scale:.6f} 0 0 {-scale:.6f} 0 {height:.6f} cm"]
    for item in drawing.items:
        if isinstance(item, Placed):
            images.append(item)
            operators.append(_place(item, f"Im{len(images)}"))
        else:
            operators.append(_fill(item, shadings))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"",
        _stream(b"", "\n".join(operators).encode()),
    ]
    named = []
    for at, placed in enumerate(images, 1):
        made = _image(logo_pixels(placed, drawing, width_mm), len(objects) + 1)
        objects += made
        named.append(f"/Im{at} {len(objects) - len(made) + 1} 0 R")
    fades = "".join(f"/{name} {shading(one)}" for one, name in shadings.items())
    objects[2] = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {number(width)} {number(height)}]"
        f"/Contents 4 0 R/Resources<</Shading<<{fades}>>/XObject<<{' '.join(named)}>>>>>>"
    ).encode()
    return _file(objects)


def _fill(fill: Fill, shadings: dict[Gradient, str]) -> str:
    path = path_operators(fill.path)
    if isinstance(fill.paint, Gradient):
        name = shadings.setdefault(fill.paint, f"Sh{len(shadings) + 1}")
        return f"q {path} W n /{name} sh Q"
    return f"{inks(fill.paint.colour)} k {path} f"


def _place(placed: Placed, name: str) -> str:
    """Images stand on their feet, the drawing on its head."""
    at = (placed.width, 0, 0, -placed.height, placed.x, placed.y + placed.height)
    return f"q {' '.join(number(value) for value in at)} cm /{name} Do Q"


def _image(picture: Image.Image, first: int) -> list[bytes]:
    """The objects of an image, of which the first has the number `first`."""
    size = f"/Type/XObject/Subtype/Image/Width {picture.width}/Height {picture.height}"
    mask = ""
    masks = []
    if picture.mode == "RGBA":
        mask = f"/SMask {first + 1} 0 R"
        masks = [
            _stream(
                f"{size}/ColorSpace/DeviceGray/BitsPerComponent 8".encode(),
                picture.getchannel("A").tobytes(),
            )
        ]
    head = f"{size}/ColorSpace/DeviceCMYK/BitsPerComponent 8{mask}"
    return [_stream(head.encode(), to_inks(picture).tobytes()), *masks]


def _stream(head: bytes, data: bytes) -> bytes:
    packed = compress(data, 9)
    return b"<<%b/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
        head,
        len(packed),
        packed,
    )


def _file(objects: Iterable[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for at, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (at, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    return bytes(out)
