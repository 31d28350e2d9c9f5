"""A drawing as encapsulated PostScript, language level 3: vectors in CMYK."""

from base64 import a85encode
from math import ceil
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

_PROLOG = (
    "/m{moveto}bind def/l{lineto}bind def/c{curveto}bind def/h{closepath}bind def"
    "/k{setcmykcolor}bind def/f{fill}bind def"
)
_LINE = 120  # the standard allows 255 letters


def write_eps(drawing: Drawing, width_mm: float) -> bytes:
    """PostScript knows no half transparency: a logo's edges are mixed with the background (with
    white, where that is transparent), and what is mostly transparent is left out.
    """
    scale = width_mm * POINTS_PER_MM / drawing.width
    width, height = drawing.width * scale, drawing.height * scale
    lines = [
        "%!PS-Adobe-3.0 EPSF-3.0",
        f"%%BoundingBox: 0 0 {ceil(width - 1e-6)} {ceil(height - 1e-6)}",
        f"%%HiResBoundingBox: 0 0 {width:.4f} {height:.4f}",
        "%%LanguageLevel: 3",
        "%%DocumentProcessColors: Cyan Magenta Yellow Black",
        "%%EndComments",
        "gsave",
        _PROLOG,
        f"0 {height:.6f} translate {scale:.6f} {-scale:.6f} scale",
    ]
    for item in drawing.items:
        if isinstance(item, Placed):
            lines += _place(item, drawing, width_mm)
        else:
            lines += _wrap(_fill(item))
    lines += ["grestore", "%%EOF", ""]
    return "\n".join(lines).encode("ascii")


def _fill(fill: Fill) -> str:
    path = path_operators(fill.path)
    if isinstance(fill.paint, Gradient):
        return f"gsave {path} clip newpath {shading(fill.paint)} shfill grestore"
    return f"{inks(fill.paint.colour)} k {path} f"


def _place(placed: Placed, drawing: Drawing, width_mm: float) -> list[str]:
    picture = logo_pixels(placed, drawing, width_mm)
    width, height = picture.size
    size = (
        f"/ImageType 1/Width {width}/Height {height}/BitsPerComponent 8"
        f"/ImageMatrix[{width} 0 0 {height} 0 0]"
    )
    source = "/DataSource currentfile/ASCII85Decode filter/FlateDecode filter"
    whole = f"<<{size}/Decode[0 1 0 1 0 1 0 1]{source}>>"
    inked = to_inks(_mixed(picture, drawing.background or "#ffffff")).tobytes()
    if picture.mode == "RGBA":
        # Before the four inks of a pixel stands whether it is left out.
        left_out = picture.getchannel("A").point([255] * 128 + [0] * 128).tobytes()
        samples = bytearray(5 * width * height)
        samples[0::5] = left_out
        for ink in range(4):
            samples[ink + 1 :: 5] = inked[ink::4]
        inked = bytes(samples)
        mask = f"<<{size}/Decode[0 1]>>"
        whole = f"<</ImageType 3/InterleaveType 1/DataDict {whole}/MaskDict {mask}>>"
    letters = a85encode(compress(inked, 9)).decode() + "~>"
    return [
        "gsave /DeviceCMYK setcolorspace",
        f"{number(placed.x)} {number(placed.y)} translate"
        f" {number(placed.width)} {number(placed.height)} scale",
        *_wrap(whole),
        "image",
        # A line that begins with a per cent sign would be taken for a comment of the structure.
        *(" " + letters[at : at + _LINE] for at in range(0, len(letters), _LINE)),
        "grestore",
    ]


def _mixed(picture: Image.Image, ground: str) -> Image.Image:
    if picture.mode == "RGB":
        return picture
    mixed = Image.new("RGB", picture.size, ground)
    mixed.paste(picture, mask=picture.getchannel("A"))
    return mixed


def _wrap(text: str) -> list[str]:
    """At spaces. Dictionaries without any are cut before a `/` or a `<<`."""
    lines = [""]
    for word in text.replace("/", " /").replace("<<", " <<").split():
        if len(lines[-1]) + len(word) >= _LINE:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
