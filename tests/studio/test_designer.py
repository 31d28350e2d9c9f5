import re

from pitchbar.codes.models import Code
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.studio.designs import design_of
from pitchbar.symbols.design import PLAIN
from tests.studio.factories import PRETTY, make_designed, make_image, typed
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code


def _at(people: People, code: Code) -> str:
    return f"/w/{people.workspace.slug}/codes/{code.id}/design"


def test_design_is_saved_and_every_picture_shows_it(client: FormClient, people: People) -> None:
    code = make_code(people.workspace, short_code="menu")
    sign_in(client, people.editor)
    at = _at(people, code)
    before = client.get(f"/w/{people.workspace.slug}/codes/{code.id}/qr.svg")
    answer = client.submit(at, typed(PRETTY, seen=code.symbol_version))
    assert answer.status_code == 303
    assert design_of(db.session.get_one(Code, code.id)) == PRETTY
    after = client.get(f"/w/{people.workspace.slug}/codes/{code.id}/qr.svg")
    assert "#0b5c56" in after.text
    assert after.headers["ETag"] != before.headers["ETag"]
    # As it is shown in the list, under an address of its own.
    page = client.get(f"/w/{people.workspace.slug}/codes").text
    assert db.session.get_one(Code, code.id).symbol_version in page


def test_page_shows_what_is_stored(client: FormClient, people: People) -> None:
    code = make_designed(people.workspace, PRETTY)
    sign_in(client, people.editor)
    page = client.get(_at(people, code)).text
    assert 'value="Scan for the menu"' in page
    assert re.search(r'<input[^>]*checked[^>]*value="rounded"', page)
    assert "#0b5c56" in page


def test_what_changed_is_in_the_audit_log_and_nothing_else(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    client.submit(_at(people, code), typed(PLAIN, module_shape="dot", seen=code.symbol_version))
    entry = db.session.query(AuditEntry).filter_by(action="code.designed").one()
    assert entry.before == {"module_shape": "square"}
    assert entry.after == {"module_shape": "dot"}


def test_every_wrong_field_is_said_and_nothing_typed_is_lost(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    wrong = typed(
        PRETTY,
        foreground="greenish",
        gradient="linear",
        gradient_end="#12",
        quiet_zone="99",
        logo_share="-1",
        frame_text="<b>Scan</b> " + "x" * 260,
        frame="label",
    )
    answer = client.submit(_at(people, code), wrong)
    assert answer.status_code == 422
    assert answer.text.count("Write a colour as six digits") == 2
    assert "Use a whole number from 0 to 12." in answer.text
    assert "Use a number from 0.1 to 0.35." in answer.text
    assert "Use at most 255 characters." in answer.text
    assert 'value="greenish"' in answer.text
    assert "&lt;b&gt;Scan&lt;/b&gt;" in answer.text
    assert db.session.get_one(Code, code.id).design is None


def test_short_and_bare_colours_are_what_they_look_like(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    assert client.submit(_at(people, code), typed(foreground="0B5")).status_code == 303
    assert design_of(db.session.get_one(Code, code.id)).foreground == "#00bb55"


def test_preview_follows_what_is_half_typed(client: FormClient, people: People) -> None:
    """A colour of three signs out of six leaves the one that was there."""
    code = make_designed(people.workspace, PRETTY)
    sign_in(client, people.editor)
    at = _at(people, code)
    answer = client.submit(f"{at}/preview", typed(PRETTY, foreground="#9a3b", module_shape="dot"))
    assert answer.status_code == 200
    assert "#0b5c56" in answer.text
    assert design_of(db.session.get_one(Code, code.id)) == PRETTY


def test_of_two_who_design_at_once_the_second_is_asked(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    seen = code.symbol_version
    sign_in(client, people.editor)
    client.submit(_at(people, code), typed(module_shape="dot", seen=seen))
    answer = client.submit(_at(people, code), typed(module_shape="bars", seen=seen))
    assert answer.status_code == 409
    assert "Somebody else changed this design" in answer.text
    assert design_of(db.session.get_one(Code, code.id)).module_shape == "dot"
    newer = re.search(r'name="seen" value="([^"]*)"', answer.text)
    assert newer
    again = client.submit(_at(people, code), typed(module_shape="bars", seen=newer[1]))
    assert again.status_code == 303
    assert design_of(db.session.get_one(Code, code.id)).module_shape == "bars"


def test_logo_of_another_workspace_is_none_of_ours(client: FormClient, people: People) -> None:
    code, foreign = make_code(people.workspace), make_image(people.elsewhere)
    sign_in(client, people.editor)
    answer = client.submit(_at(people, code), typed(logo=foreign.id))
    assert answer.status_code == 422
    assert "not among those of the workspace" in answer.text
    shown = client.get(f"/w/{people.workspace.slug}/codes/logos/{foreign.id}")
    assert shown.status_code == 404
    # And a preview draws none.
    answer = client.submit(f"{_at(people, code)}/preview", typed(logo=foreign.id))
    assert "<image" not in answer.text


def test_low_contrast_is_said_beside_the_picture(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    answer = client.submit(f"{_at(people, code)}/preview", typed(foreground="#c8c8c8"))
    notes = answer.text.partition("studio-notes")[2]
    assert "is-fault" in notes


def test_storage_that_is_away_leaves_the_rest_of_the_preview(
    client: FormClient, people: People, monkeypatch: object
) -> None:
    image, code = make_image(people.workspace), make_code(people.workspace)
    sign_in(client, people.editor)
    from pitchbar.studio import logos
    from pitchbar.studio.painting import _draw

    logos._read.cache_clear()
    _draw.cache_clear()

    class Away:
        def read(self, _key: str) -> list[bytes]:
            raise OSError("connection refused")

    monkeypatch.setattr(logos, "open_storage", lambda _url: Away())  # type: ignore[attr-defined]  # pytest's own
    answer = client.submit(f"{_at(people, code)}/preview", typed(logo=image.id))
    assert answer.status_code == 200
    assert "The logo cannot be reached right now." in answer.text
    assert "<svg" in answer.text
