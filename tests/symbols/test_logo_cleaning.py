"""What people upload, and what is made of it."""

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
import resvg_py
from PIL import Image

from pitchbar.symbols.logo_cleaning import UnusableLogo, clean_logo
from tests.symbols.pictures import SVG_LOGO

NS = 'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"'
SHAPE = '<path d="M0 0h10v10H0z"/>'


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def svg(inside: str, attributes: str = NS) -> bytes:
    return f"<svg {attributes}>{inside}</svg>".encode()


def png_of_pixels(width: int, height: int) -> bytes:
    """A header that promises them, and nothing behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


BOMB = "".join(f'<g id="n{at}">' + f'<use href="#n{at - 1}"/>' * 10 + "</g>" for at in range(1, 9))
RED = Image.new("RGB", (60, 40), "#ff0000")
BAD = {
    "nothing": (b"", "empty"),
    "too many bytes": (b"\x89PNG" + b"0" * 1_100_000, "1 MB"),
    "pixel bomb": (png_of_pixels(31623, 31623), "pixels"),
    "pixels beyond Pillow": (png_of_pixels(100_000, 100_000), "pixels"),
    "cut off": (saved(RED, "png")[:80], "damaged"),
    "WebP": (saved(RED, "webp"), "WebP"),
    "GIF": (saved(RED, "gif"), "GIF"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 50, "HEIC"),
    "PDF": (b"%PDF-1.7 rest", "PDF"),
    "text called PNG": (b"just words", "content"),
    "long and thin": (saved(Image.new("RGB", (3000, 10)), "png"), "thin"),
    "transparent": (saved(Image.new("RGBA", (9, 9)), "png"), "transparent"),
    "svgz": (b"\x1f\x8b\x08\x00aaaa", "packed"),
    "entities": (
        b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + svg("<g>&b;</g>"),
        "entities",
    ),
    "entity of a file": (
        b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "https://outside.example/secret">]>'
        + svg("<text>&x;</text>"),
        "entities",
    ),
    "uses that multiply": (svg(f'<g id="n0">{SHAPE}</g>{BOMB}<use href="#n8"/>'), "too many"),
    "circle of uses": (svg('<g id="a"><use href="#a"/></g>' + SHAPE), "itself"),
    "elements": (svg("<g/>" * 6000 + SHAPE), "too many"),
    "depth": (svg("<g>" * 100 + SHAPE + "</g>" * 100), "too many"),
    "foreignObject": (svg(f"<foreignObject><p>x</p></foreignObject>{SHAPE}"), "web page"),
    "picture inside": (svg('<image href="https://a.example/x.png"/>' + SHAPE), "pixels inside"),
    "letters": (svg("<text y='5'>Hi</text>" + SHAPE), "outlines"),
    "style from elsewhere": (
        svg(f"<style>path{{fill:url(//a.example/x#x)}}</style>{SHAPE}"),
        "elsewhere",
    ),
    "style sheet from elsewhere": (
        svg(f"<style>@import url(//a.example/x.css);</style>{SHAPE}"),
        "elsewhere",
    ),
    "no size": (svg(SHAPE, 'xmlns="http://www.w3.org/2000/svg"'), "how large"),
    "endless size": (svg(SHAPE, NS.replace("10 10", "1e999 1")), "how large"),
    "empty drawing": (svg("<g/>"), "Nothing"),
    "thin": (svg(SHAPE, NS.replace("10 10", "1000 1")), "thin"),
    "cut off vectors": (b"<svg xmlns", "damaged"),
    "page": (b"<!DOCTYPE html><html><body>hi</body></html>", "SVG"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_a_sentence(name: str) -> None:
    data, word = BAD[name]
    with pytest.raises(UnusableLogo) as refused:
        clean_logo(data, "logo.png")
    assert word in refused.value.sentence
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>" + SHAPE,
        '<path onclick="alert(1)" d="M0 0h9v9z"/>',
        '<a href="javascript:alert(1)"><path d="M0 0h9v9z"/></a>',
        '<use href="https://a.example/x.svg#a"/>' + SHAPE,
        '<animate attributeName="href" to="javascript:alert(1)"/>' + SHAPE,
        '<path stroke="#000" fill="url(//a.example/#x)" d="M0 0h9v9z"/>',
        "<set attributeName='onload' to='alert(1)'/>" + SHAPE,
        '<metadata><x xmlns="urn:x">hidden</x></metadata>' + SHAPE,
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://a.example"/>' + SHAPE,
    ],
)
def test_what_could_act_is_taken_out(inside: str) -> None:
    logo = clean_logo(svg(inside), "logo.svg")
    text = logo.data.decode().lower()
    for unsafe in (
        "script",
        "onclick",
        "onload",
        "example",
        "<animate",
        "<set",
        "hidden",
        "iframe",
    ):
        assert unsafe not in text
    assert text.startswith("<svg ")


def test_plain_doctype_of_drawing_programs_is_no_fault() -> None:
    head = (
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"'
        b' "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    assert b"DOCTYPE" not in clean_logo(head + svg(SHAPE), "logo.svg").data


def test_cleaned_vectors_look_as_before() -> None:
    before = svg(
        '<defs><linearGradient id="g"><stop stop-color="#f00"/><stop offset="1" stop-color="#00f"/>'
        '</linearGradient><clipPath id="c"><circle cx="5" cy="5" r="4"/></clipPath></defs>'
        '<g clip-path="url(#c)"><rect width="10" height="10" style="fill:url(#g);opacity:.8"/></g>'
    )
    logo = clean_logo(before, "logo.svg")
    assert b"style" not in logo.data

    def draw(data: bytes) -> Any:
        drawn = resvg_py.svg_to_bytes(svg_string=data.decode(), width=100, height=100)
        return np.asarray(Image.open(io.BytesIO(bytes(drawn))))

    assert (draw(before) == draw(logo.data)).all()
    assert clean_logo(logo.data, "logo.svg").data.startswith(b"<svg ")


def test_vectors_with_a_style_sheet_keep_it() -> None:
    logo = clean_logo(svg("<style>.a{fill:#f00}</style><path class='a' d='M0 0h9v9z'/>"), "a.svg")
    drawn = resvg_py.svg_to_bytes(svg_string=logo.data.decode(), width=100, height=100)
    assert Image.open(io.BytesIO(bytes(drawn))).getpixel((60, 20)) == (255, 0, 0, 255)


def test_size_of_vectors_without_a_view_box_is_their_own() -> None:
    logo = clean_logo(
        svg(SHAPE, 'xmlns="http://www.w3.org/2000/svg" width="40px" height="20"'), "logo.svg"
    )
    assert (logo.width, logo.height) == (40, 20)


def test_photographs_stand_upright_without_what_else_they_say() -> None:
    picture = Image.new("RGB", (80, 40), "#ff0000")
    picture.paste("#0000ff", (0, 0, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side: to be turned clockwise
    exif[0x010E] = "Taken at home"
    logo = clean_logo(saved(picture, "jpeg", exif=exif, quality=95), "logo.jpg")
    assert (logo.kind, logo.width, logo.height) == ("jpeg", 40, 80)
    shown = Image.open(io.BytesIO(logo.data))
    red, _, blue = np.asarray(shown)[10, 20]
    assert blue > 200 > 50 > red
    assert not shown.getexif()
    assert b"home" not in logo.data


def test_jpeg_of_a_press_becomes_one_of_a_screen() -> None:
    logo = clean_logo(saved(Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "jpeg"), "logo.jpeg")
    red, green, blue = np.asarray(Image.open(io.BytesIO(logo.data)))[25, 25]
    assert red > 200
    assert green < 60
    assert blue < 60


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "I;16", "1"])
def test_pixels_of_every_kind_are_taken(mode: str) -> None:
    picture = Image.new("RGBA", (2000, 500), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (0, 0, 1000, 500))
    data = saved(
        picture.convert(mode) if mode != "I;16" else Image.new("I;16", (2000, 500), 65535), "png"
    )
    logo = clean_logo(data, "logo.svg")
    shown = Image.open(io.BytesIO(logo.data))
    assert shown.size == (1024, 256) == (logo.width, logo.height)
    assert shown.mode == ("RGBA" if mode in ("RGBA", "LA", "P") else "RGB")
    assert shown.convert("RGB").getpixel((100, 100)) == (255, 255, 255)


def test_a_file_may_be_called_anything() -> None:
    assert clean_logo(SVG_LOGO, "logo.png").kind == "svg"
    assert clean_logo(saved(RED, "png"), "logo.svg").kind == "png"
    assert clean_logo("\ufeff".encode() + SVG_LOGO, "x").kind == "svg"
