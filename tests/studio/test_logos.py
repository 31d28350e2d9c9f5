import io

import pytest
from PIL import Image

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.studio.errors import InvalidDesign
from pitchbar.studio.logos import store_image
from pitchbar.studio.models import DesignImage
from pitchbar.symbols.design import Design
from tests.studio.factories import make_designed, make_image, png, typed
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

_SCRIPTED = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" onload="alert(1)">
<script>alert(1)</script><foreignObject><body/></foreignObject>
<image href="https://elsewhere.example/a.png"/><rect width="10" height="10" fill="#900"/></svg>"""
_BOMB = b"""<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><svg xmlns="http://www.w3.org/2000/svg">
<text>&c;</text></svg>"""


def _huge() -> bytes:
    """A head that promises a thousand million pixels."""
    data = bytearray(png())
    import struct
    import zlib

    head = struct.pack(">II", 40_000, 25_000) + bytes(data[24:29])
    data[16:29] = head
    data[29:33] = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return bytes(data)


def _send(client: FormClient, people: People, data: bytes, name: str) -> tuple[int, str]:
    answer = client.submit(
        f"/w/{people.workspace.slug}/codes/logos",
        {"file": (io.BytesIO(data), name)},
        fragment=True,
    )
    return answer.status_code, answer.text


def test_logo_is_uploaded_chosen_and_drawn(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    status, html = _send(client, people, png(), "our anchor.png")
    assert status == 200
    image = db.session.query(DesignImage).one()
    assert f'value="{image.id}" checked' in html
    drawn = client.submit(
        f"/w/{people.workspace.slug}/codes/{code.id}/design/preview", typed(logo=image.id)
    )
    assert "data:image/png;base64," in drawn.text
    shown = client.get(f"/w/{people.workspace.slug}/codes/logos/{image.id}")
    assert Image.open(io.BytesIO(shown.data)).size == (40, 40)


def test_svg_keeps_its_shapes_and_loses_what_is_dangerous(
    client: FormClient, people: People
) -> None:
    sign_in(client, people.editor)
    status, _ = _send(client, people, _SCRIPTED, "logo.svg")
    if status == 422:
        assert db.session.query(DesignImage).count() == 0
        return
    image = db.session.query(DesignImage).one()
    shown = client.get(f"/w/{people.workspace.slug}/codes/logos/{image.id}")
    for bad in ("script", "onload", "foreignObject", "elsewhere.example"):
        assert bad not in shown.text
    assert "rect" in shown.text or "path" in shown.text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "logo.png"),
        (b"just words", "logo.png"),
        (_BOMB, "logo.svg"),
        (_huge(), "logo.png"),
        (b"GIF89a" + b"\0" * 40, "logo.gif"),
        (png()[:60], "cut.png"),
    ],
    ids=["empty", "words", "entities", "pixels", "gif", "cut"],
)
def test_bad_file_is_refused_with_a_sentence_and_the_page_stays(
    client: FormClient, people: People, data: bytes, name: str
) -> None:
    sign_in(client, people.editor)
    status, html = _send(client, people, data, name)
    assert status == 422
    attributes, _, sentence = html.partition('id="file-error"')[2].partition(">")
    assert "hidden" not in attributes
    assert "Error" not in sentence.partition("</p>")[0]
    assert db.session.query(DesignImage).count() == 0


def test_more_than_a_mebibyte_is_refused(people: People) -> None:
    with pytest.raises(InvalidDesign) as refused:
        store_image(
            people.workspace, SYSTEM, current_settings(), png() + b"\0" * (1 << 20), "a.png"
        )
    assert "larger than 1 MB" in refused.value.fields["file"]


def test_no_file_at_all_is_asked_for(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    answer = client.submit(f"/w/{people.workspace.slug}/codes/logos", fragment=True)
    assert answer.status_code == 422
    assert "Choose a picture" in answer.text


def test_logo_in_use_is_kept_and_its_place_named(client: FormClient, people: People) -> None:
    image = make_image(people.workspace)
    make_designed(people.workspace, Design(logo=image.id), name="Wine list")
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes/logos/{image.id}/deletion"
    answer = client.submit(at, fragment=True)
    assert answer.status_code == 409
    assert "the code “Wine list”" in answer.text
    assert db.session.get(DesignImage, image.id) is not None


def test_unused_logo_is_deleted(client: FormClient, people: People) -> None:
    image_id = make_image(people.workspace).id
    sign_in(client, people.editor)
    client.submit(f"/w/{people.workspace.slug}/codes/logos/{image_id}/deletion", fragment=True)
    assert db.session.get(DesignImage, image_id) is None


@pytest.mark.settings(design_images_max=2)
def test_limit_is_said(client: FormClient, people: People) -> None:
    for name in ("one.png", "two.png"):
        make_image(people.workspace, name)
    sign_in(client, people.editor)
    status, html = _send(client, people, png(), "three.png")
    assert status == 409
    assert "keeps 2 logos at most" in html


def test_refused_file_leaves_the_chosen_logo(client: FormClient, people: People) -> None:
    image = make_image(people.workspace)
    sign_in(client, people.editor)
    values = {"file": (io.BytesIO(b""), "empty.png"), "logo": image.id}
    answer = client.submit(f"/w/{people.workspace.slug}/codes/logos", values, fragment=True)
    assert answer.status_code == 422
    assert f'value="{image.id}" checked' in answer.text


def test_another_logo_is_deleted_and_the_chosen_one_stays(
    client: FormClient, people: People
) -> None:
    chosen, other = make_image(people.workspace).id, make_image(people.workspace, "old.png").id
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes/logos"
    answer = client.submit(f"{at}/{other}/deletion", {"logo": chosen}, fragment=True)
    assert f'value="{chosen}" checked' in answer.text
    assert other not in answer.text
