import io
from xml.etree import ElementTree

import pytest
import zxingcpp
from PIL import Image, ImageOps

from pitchbar.codes.rendering import render_png, render_svg
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

LEVELS = "LMQH"


def read_png(data: bytes) -> tuple[list[str], int]:
    """What a scanner reads, and the width in pixels."""
    image = Image.open(io.BytesIO(data)).convert("L")
    assert image.width == image.height
    return [found.text for found in zxingcpp.read_barcodes(image)], image.width


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("short_code", ["abc", "a" * 64])
def test_png_reads_as_the_short_link_in_every_size(level: str, short_code: str) -> None:
    url = f"https://codes.pitchbar.example/t/{short_code}"
    for size in (128, 200, 512, 1000, 1024, 2048, 4096):
        found, width = read_png(render_png(url, level, size))
        assert found == [url]
        assert width == size


def test_symbol_has_its_quiet_zone_of_four_modules() -> None:
    """The top edge of the first eye is seven modules long, which gives the module's size."""
    image = Image.open(io.BytesIO(render_png("https://pitchbar.test/t/menu", "M", 512))).convert(
        "L"
    )
    left, top, right, _ = ImageOps.invert(image).getbbox() or (0, 0, 0, 0)
    edge = [image.getpixel((x, top)) for x in range(left, right)].index(255)
    # What is left of the width is spread evenly.
    least = edge // 7 * 4
    assert least <= left == top
    assert 0 <= image.width - right - left <= 1


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    """The address of a code's image, without its ending."""
    sign_in(client, people.member)
    code = make_code(people.workspace, short_code="menu", error_correction="H")
    return f"/w/{people.workspace.slug}/codes/{code.id}/qr"


def test_image_of_the_page_leads_to_the_short_link(client: FormClient, at: str) -> None:
    response = client.get(f"{at}.png")
    assert response.mimetype == "image/png"
    found, width = read_png(response.data)
    assert found == ["http://pitchbar.test/t/menu"]
    assert width == 1024


def test_levels_make_different_images(client: FormClient, people: People, at: str) -> None:
    images = set()
    for level in LEVELS:
        code = make_code(people.workspace, short_code=f"level-{level}", error_correction=level)
        found = zxingcpp.read_barcodes(
            Image.open(
                io.BytesIO(
                    client.get(at.rpartition("/codes/")[0] + f"/codes/{code.id}/qr.png").data
                )
            )
        )
        images.add(found[0].ec_level)
    assert images == set(LEVELS)


def test_svg_is_a_safe_black_on_white_image(client: FormClient, at: str) -> None:
    response = client.get(f"{at}.svg")
    assert response.mimetype == "image/svg+xml"
    assert response.text.startswith("<svg ")
    assert 'fill="#fff"' in response.text
    for unsafe in ("<script", "style=", "href", "onload"):
        assert unsafe not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ("abc", 1024),
        ("", 1024),
        ("1e9", 1024),
        ("0", 64),
        ("-5", 64),
        ("300", 300),
        ("9" * 20, 4096),
    ],
)
def test_size_is_held_within_reason(client: FormClient, at: str, size: str, pixels: int) -> None:
    _, width = read_png(client.get(f"{at}.png", query_string={"size": size}).data)
    assert width == pixels


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Spring menu, 2nd floor", "filename=spring-menu-2nd-floor"),
        ("../../etc/passwd", "filename=etc-passwd"),
        ("Grüße", "filename=download; filename*=UTF-8''gr%C3%BC%C3%9Fe"),
        ("!!!", "filename=menu"),
    ],
)
def test_download_is_named_after_the_code(
    client: FormClient, people: People, name: str, file: str
) -> None:
    sign_in(client, people.member)
    code = make_code(people.workspace, name=name, short_code="menu")
    at = f"/w/{people.workspace.slug}/codes/{code.id}/qr"
    for ending in ("png", "svg"):
        shown, saved = client.get(f"{at}.{ending}"), client.get(f"{at}.{ending}?download=1")
        assert "Content-Disposition" not in shown.headers
        assert saved.headers["Content-Disposition"] == f"attachment; {file}.{ending}"


def test_svg_says_its_size_and_scales_with_any_box() -> None:
    svg = ElementTree.fromstring(render_svg("https://codes.pitchbar.example/t/menu", "M"))
    assert svg.get("viewBox") == f"0 0 {svg.get('width')} {svg.get('height')}"


def test_other_formats_are_not_found(client: FormClient, at: str) -> None:
    for ending in ("gif", "ps", "svgz", "html"):
        assert client.get(f"{at}.{ending}").status_code == 404


def test_pdf_is_for_programs_that_print(client: FormClient, at: str) -> None:
    answer = client.get(f"{at}.pdf?download=1")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert ".pdf" in answer.headers["Content-Disposition"]
