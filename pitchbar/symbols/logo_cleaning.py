"""Images that people upload, made safe to be drawn and to be sent on.

What a file is called says nothing: its content decides. Pixels are written anew, vectors are
filtered by py-svg-hush, an allow list of elements and attributes, and looked at once more.
"""

import io
import re
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from pitchbar.symbols.logos import Logo
from pitchbar.symbols.svg_cleaning import MOST_RATIO, clean_svg
from pitchbar.symbols.unusable import UnusableLogo

MOST_BYTES = 1024 * 1024
_LONGEST_SIDE = 1024
# Read before anything is unpacked: a file of some bytes can promise gigabytes of pixels.
_MOST_PIXELS = 40_000_000
_PIXELS = {"PNG", "JPEG"}
_NAMED = {"GIF": "GIF", "WEBP": "WebP", "BMP": "BMP", "TIFF": "TIFF", "ICO": "ICO", "PSD": "PSD"}

__all__ = ["MOST_BYTES", "UnusableLogo", "clean_logo"]


def clean_logo(data: bytes, name: str) -> Logo:
    """`name` is what the file was called; it only helps to say what is wrong.

    Raises:
        UnusableLogo: with a sentence for whoever uploaded it.
    """
    if not data:
        raise UnusableLogo("The file is empty.")
    if len(data) > MOST_BYTES:
        raise UnusableLogo("The file is larger than 1 MB. Save a smaller one.")
    if _looks_like_svg(data):
        return clean_svg(data)
    return _clean_pixels(data, name)


def _clean_pixels(data: bytes, name: str) -> Logo:
    with _open(data, name) as picture:
        kind = picture.format
        try:
            upright = _upright(picture)
        except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
            raise UnusableLogo("The image is damaged. Save it again and upload that.") from None
    has_alpha = upright.mode == "RGBA"
    if has_alpha and not upright.getchannel("A").getbbox():
        raise UnusableLogo("The image is transparent all over, so nothing of it would be seen.")
    out = io.BytesIO()
    # A photograph stays one; all else is kept to the pixel.
    if kind == "JPEG":
        upright.save(out, "jpeg", quality=92, optimize=True)
        return Logo("jpeg", out.getvalue(), *upright.size)
    upright.save(out, "png", optimize=True)
    return Logo("png", out.getvalue(), *upright.size)


def _open(data: bytes, name: str) -> Image.Image:
    """Not yet unpacked, and of a size that can be."""
    try:
        with warnings.catch_warnings():
            # Pillow warns of many pixels; they are counted here.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
    except Image.DecompressionBombError:
        raise UnusableLogo(_too_many_pixels()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UnusableLogo(_unknown(data, name)) from None
    if picture.format not in _PIXELS:
        raise UnusableLogo(_other(_NAMED.get(picture.format or "", "an image of another kind")))
    if picture.width * picture.height > _MOST_PIXELS:
        raise UnusableLogo(_too_many_pixels())
    if max(picture.size) > MOST_RATIO * min(picture.size):
        raise UnusableLogo("The logo is too long and thin for a code.")
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """RGB, or RGBA where it is transparent somewhere, turned as its camera was held, without
    anything that a file says beside its pixels.
    """
    if picture.mode == "RGB":
        picture.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
    picture.load()
    turned = ImageOps.exif_transpose(picture)
    has_alpha = turned.has_transparency_data
    if turned.mode in {"I", "I;16", "I;16B", "F"}:
        turned = turned.convert("I").point(lambda value: value / 257).convert("L")
    plain = turned.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE), Image.Resampling.LANCZOS)
    if has_alpha and plain.getchannel("A").getextrema()[0] == 255:
        plain = plain.convert("RGB")
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    return clean


def _looks_like_svg(data: bytes) -> bool:
    head = data[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_named = re.search(rb"<(\w+:)?svg[\s>/]|<!doctype svg", data[:65536], re.IGNORECASE)
    return head.startswith((b"<?xml", b"<!DOCTYPE")) or (head.startswith(b"<") and bool(is_named))


def _too_many_pixels() -> str:
    return "The image has too many pixels. One with 1,024 on its longer side is enough."


def _other(kind: str) -> str:
    return f"This is {kind}. Save the logo as PNG, JPEG or SVG."


def _unknown(data: bytes, name: str) -> str:
    if data[:4] == b"\x1f\x8b\x08\x00" or data[:2] == b"\x1f\x8b":
        return "This is a packed file. Unpack it, and upload the SVG in it."
    if data[4:8] == b"ftyp":
        return _other("a HEIC or AVIF image")
    if data[:5] == b"%PDF-":
        return _other("a PDF")
    if name.lower().endswith((".png", ".jpg", ".jpeg", ".svg")):
        return (
            "The file's name says that it is an image, but its content is not, or it is damaged. "
            "Save it again as PNG, JPEG or SVG."
        )
    return "This is no image that can be read. Save the logo as PNG, JPEG or SVG."
