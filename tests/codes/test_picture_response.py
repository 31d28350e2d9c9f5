"""A code's picture over HTTP: known again by its tag, and of no size that no program opens."""

import re
from io import BytesIO

import pytest
from PIL import Image

from pitchbar.codes.services import update_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

_POINTS_PER_MM = 72 / 25.4


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    code = make_code(people.workspace, short_code="menu")
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/codes/{code.id}/qr"


@pytest.mark.parametrize("ending", ["svg", "png", "pdf", "eps"])
def test_tag_spares_the_same_picture_and_no_other(
    client: FormClient, people: People, at: str, ending: str
) -> None:
    first = client.get(f"{at}.{ending}")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"{at}.{ending}", headers=known)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", *known.values())
    assert client.get(f"{at}.{ending}", headers={"If-None-Match": '"other"'}).status_code == 200
    if ending != "svg":
        larger = client.get(f"{at}.{ending}?mm=80", headers=known)
        assert larger.status_code == 200
        assert larger.headers["ETag"] != first.headers["ETag"]
    code = make_code(people.workspace, short_code="other")
    path = f"{at.rpartition('/codes/')[0]}/codes/{code.id}/qr.{ending}"
    assert client.get(path, headers=known).status_code == 200
    # What is changed and does not show in the picture leaves the tag.
    tag = client.get(path).headers["ETag"]
    update_code(code, SYSTEM, current_settings(), notes="Printed")
    db.session.commit()
    assert client.get(path).headers["ETag"] == tag
    update_code(code, SYSTEM, current_settings(), error_correction="H")
    db.session.commit()
    assert client.get(path).headers["ETag"] != tag


@pytest.mark.parametrize(
    ("asked", "millimetres"),
    [("80", 80), ("", 50), ("x", 50), ("nan", 50), ("inf", 50), ("-5", 5), ("0", 5), ("1e9", 3000)],
)
def test_printed_width_is_held_within_reason(
    client: FormClient, at: str, asked: str, millimetres: int
) -> None:
    pdf = client.get(f"{at}.pdf", query_string={"mm": asked}).data
    box = re.search(rb"/MediaBox\s*\[\s*([\d. ]+)\]", pdf)
    assert box is not None
    width = float(box[1].split()[2])
    eps = client.get(f"{at}.eps", query_string={"mm": asked}).text
    bounds = re.search(r"%%BoundingBox: 0 0 (\d+) ", eps)
    assert bounds is not None
    assert width == pytest.approx(millimetres * _POINTS_PER_MM, abs=0.1)
    assert int(bounds[1]) == pytest.approx(width, abs=1)


@pytest.mark.parametrize(
    ("asked", "pixels"),
    [
        ("mm=25.4&dpi=300", 300),
        ("mm=25.4", 300),
        ("mm=25.4&dpi=x", 300),
        ("mm=25.4&dpi=1", 72),
        ("mm=25.4&dpi=99999", 1200),
        ("mm=3000&dpi=1200", 8192),
        # A width in pixels counts where there is none on paper.
        ("size=200&mm=nan&dpi=600", 200),
        ("size=200&mm=25.4&dpi=600", 600),
    ],
)
def test_png_for_print_has_its_pixels_and_never_a_wall_of_them(
    client: FormClient, at: str, asked: str, pixels: int
) -> None:
    picture = Image.open(BytesIO(client.get(f"{at}.png?{asked}").data))
    assert picture.width == pixels
