"""The same picture in all four formats, the same bytes each time, and the right inks."""

import io
import re
from zlib import decompress

import numpy as np
import pypdfium2
import pytest
import resvg_py
from PIL import Image

from pitchbar.symbols.design import PLAIN, Design
from pitchbar.symbols.logo_cleaning import clean_logo
from pitchbar.symbols.logos import Logo
from pitchbar.symbols.rendering import (
    Drawing,
    TooManyPixels,
    draw_symbol,
    png_for_print,
    to_eps,
    to_pdf,
    to_png,
    to_svg,
)
from tests.support.postscript import draw_postscript
from tests.symbols.pictures import SVG_LOGO, TEXT, png_logo, styled

PX = 10


def draw_svg(data: bytes, width: int) -> Image.Image:
    drawn = resvg_py.svg_to_bytes(svg_string=data.decode(), width=width, background="#ffffff")
    return Image.open(io.BytesIO(bytes(drawn))).convert("RGB")


def draw_pdf(data: bytes, width: int) -> Image.Image:
    page = pypdfium2.PdfDocument(data)[0]
    # Its pixels are rounded up.
    drawn: Image.Image = page.render(scale=(width - 0.01) / page.get_width()).to_pil()
    return drawn.convert("RGB")


def draw_png(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "#ffffff"), picture).convert("RGB")


def differing(one: Image.Image, other: Image.Image, least: int) -> float:
    """The share of pixels that differ by `least` or more of 255 in any colour."""
    assert abs(one.width - other.width) <= 1
    assert abs(one.height - other.height) <= 1
    size = (min(one.width, other.width), min(one.height, other.height))
    first, second = (np.asarray(p.crop((0, 0, *size)), dtype=int) for p in (one, other))
    return float((np.abs(first - second).max(axis=2) >= least).mean())


def assert_same_in_all(drawing: Drawing) -> None:
    width = drawing.width * PX
    svg = draw_svg(to_svg(drawing), width)
    assert differing(svg, draw_png(to_png(drawing, width)), 24) < 0.001
    assert differing(svg, draw_postscript(to_eps(drawing, 50), width), 24) < 0.002
    # Readers of PDF show inks as paper does, less bright than a screen.
    assert differing(svg, draw_pdf(to_pdf(drawing, 50), width), 80) < 0.003


@pytest.mark.parametrize("at", range(0, 30, 2))
def test_four_formats_show_one_picture(at: int) -> None:
    logos: tuple[Logo | None, ...] = (
        None,
        png_logo(),
        clean_logo(SVG_LOGO, "logo.svg"),
        png_logo(alpha=True),
    )
    assert_same_in_all(draw_symbol(TEXT, styled(at), logos[at // 2 % 4]))


def test_plain_symbol_is_one_picture_in_four_formats() -> None:
    assert_same_in_all(draw_symbol(TEXT, PLAIN))


@pytest.mark.parametrize("at", [1, 7])
def test_bytes_are_the_same_each_time(at: int) -> None:
    def all_four() -> list[bytes]:
        drawing = draw_symbol(TEXT, styled(at), png_logo(alpha=True))
        return [
            to_svg(drawing),
            to_png(drawing, 700),
            to_pdf(drawing, 40),
            to_eps(drawing, 40),
            png_for_print(drawing, 40, 300),
        ]

    first = all_four()
    assert first == all_four()
    for data in first:
        assert b"CreationDate" not in data
        assert b"/ID" not in data
        assert b"tIME" not in data


def pdf_operators(data: bytes) -> str:
    return decompress(re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)[-1]).decode()


def test_black_and_greys_are_black_ink_alone() -> None:
    design = Design(foreground="#000000", eye_ball_colour="#404040", background="#ffffff")
    drawing = draw_symbol(TEXT, design)
    pdf, eps = pdf_operators(to_pdf(drawing, 50)), to_eps(drawing, 50).decode()
    for written in (pdf, eps):
        inks = re.findall(r"(\S+ \S+ \S+ \S+) k\b", written)
        assert inks == ["0 0 0 0", "0 0 0 1", "0 0 0 0.749"]
    assert not re.search(r"\b(rg|g|RG|setrgbcolor|setgray)\b", pdf + eps)


def test_colours_are_mixed_without_black_where_they_are_bright() -> None:
    pdf = pdf_operators(to_pdf(draw_symbol(TEXT, Design(foreground="#ff0000")), 50))
    assert "0 1 1 0 k" in pdf


def test_gradients_stay_vectors() -> None:
    design = Design(gradient="linear", gradient_end="#0b57d0", module_shape="dot")
    drawing = draw_symbol(TEXT, design)
    assert b"/ShadingType 2/ColorSpace/DeviceCMYK" in to_pdf(drawing, 50)
    assert b"/Subtype/Image" not in to_pdf(drawing, 50)
    assert "shfill" in to_eps(drawing, 50).decode()
    assert b"<image" not in to_svg(drawing)


@pytest.mark.parametrize(
    ("mm", "dpi", "width"), [(25.4, 300, 300), (40, 600, 945), (10, 1200, 472)]
)
def test_png_for_print_has_its_size_in_it(mm: float, dpi: int, width: int) -> None:
    picture = Image.open(io.BytesIO(png_for_print(draw_symbol(TEXT, PLAIN), mm, dpi)))
    assert picture.width == width
    assert picture.info["dpi"][0] == pytest.approx(dpi, rel=0.001)


def test_pages_are_as_wide_as_asked() -> None:
    drawing = draw_symbol(TEXT, Design(frame="label", frame_text="Scan me"))
    page = pypdfium2.PdfDocument(to_pdf(drawing, 50))[0]
    assert page.get_width() == pytest.approx(50 * 72 / 25.4, abs=0.01)
    assert page.get_height() / page.get_width() == pytest.approx(
        drawing.height / drawing.width, 1e-4
    )


def test_transparent_background_stays_so() -> None:
    drawing = draw_symbol(TEXT, Design(background=None))
    picture = Image.open(io.BytesIO(to_png(drawing, 500)))
    assert picture.mode == "RGBA"
    assert picture.getchannel("A").getpixel((0, 0)) == 0
    assert "0 0 0 0 k" not in pdf_operators(to_pdf(drawing, 50))


def test_modules_are_whole_pixels() -> None:
    """No pixel of a square symbol in colour is a mixture."""
    drawing = draw_symbol(TEXT, Design(foreground="#12355b"))
    picture = Image.open(io.BytesIO(to_png(drawing, 1000))).convert("RGB")
    assert picture.size == (1000, 1000)
    assert len(picture.getcolors() or []) == 2


def test_sizes_beyond_reason_are_refused() -> None:
    with pytest.raises(TooManyPixels):
        to_png(draw_symbol(TEXT, PLAIN), 1_000_000)


def test_svg_of_a_logo_has_no_ways_out() -> None:
    svg = to_svg(draw_symbol(TEXT, PLAIN, clean_logo(SVG_LOGO, "logo.svg"))).decode()
    assert svg.count("<svg") == 2
    assert "#b3261e" in svg
