"""A drawing as pixels."""

import io

import resvg_py
from PIL import Image

from pitchbar.symbols.drawing import Drawing
from pitchbar.symbols.svg import write_svg

MOST_PIXELS = 12_000  # on a side: 500 mm at 600 dpi


class TooManyPixels(ValueError):
    """The picture would be too large to be made."""


def write_png(drawing: Drawing, width: int, dpi: float | None = None) -> bytes:
    """`width` pixels. Modules are whole pixels, so that edges stay sharp; what is left over widens
    the margin. With more modules than that, it is a pixel a module. The margin is as wide above
    and below.

    Raises:
        TooManyPixels: a side would be longer than MOST_PIXELS.
    """
    scale = max(1, width // drawing.width)
    spare = max(0, width - scale * drawing.width)
    if max(scale * drawing.width, scale * drawing.height) + spare > MOST_PIXELS:
        raise TooManyPixels(f"A picture has at most {MOST_PIXELS:,} pixels on a side.")
    picture = _plain(drawing, scale) or _drawn(drawing, scale)
    if spare:
        size = (picture.width + spare, picture.height + spare)
        framed = Image.new(picture.mode, size, _margin(drawing, picture.mode))
        framed.paste(picture, (spare // 2, spare // 2))
        picture = framed
    if drawing.plain_rows is not None:
        picture = picture.convert("1")
    out = io.BytesIO()
    # Trying all filters pays for two colours; with gradients it takes a second and saves little.
    optimize = drawing.plain_rows is not None
    if dpi:
        picture.save(out, "png", optimize=optimize, dpi=(dpi, dpi))
    else:
        picture.save(out, "png", optimize=optimize)
    return out.getvalue()


def rasterise(drawing: Drawing, scale: int) -> Image.Image:
    """RGB, `scale` pixels a module; what is transparent is white."""
    plain = _plain(drawing, scale)
    if plain:
        return plain.convert("RGB")
    picture = _drawn(drawing, scale)
    if picture.mode == "RGB":
        return picture
    ground = Image.new("RGB", picture.size, "#ffffff")
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _plain(drawing: Drawing, scale: int) -> Image.Image | None:
    rows = drawing.plain_rows
    if rows is None:
        return None
    picture = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
    picture = picture.point([255] + [0] * 255)
    side = len(rows) * scale
    return picture.resize((side, side), Image.Resampling.NEAREST)


def _drawn(drawing: Drawing, scale: int) -> Image.Image:
    data = resvg_py.svg_to_bytes(
        svg_string=write_svg(drawing).decode(),
        width=drawing.width * scale,
        height=drawing.height * scale,
        skip_system_fonts=True,
    )
    picture = Image.open(io.BytesIO(bytes(data)))
    return picture.convert("RGBA" if drawing.background is None else "RGB")


def _margin(drawing: Drawing, mode: str) -> int | str | tuple[int, ...]:
    if drawing.background is None:
        return (0, 0, 0, 0)
    return 255 if mode == "L" else drawing.background
