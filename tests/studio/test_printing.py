import pytest
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.scan_check.advice import check_design
from pitchbar.scan_check.reports import ScanReport
from pitchbar.studio import printing
from pitchbar.studio.designs import set_design
from pitchbar.studio.models import ScanCheck
from pitchbar.symbols.design import Design
from pitchbar.symbols.logos import Logo
from tests.studio.factories import PRETTY, UNREADABLE, make_designed, typed
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code


@pytest.fixture
def unreadable(client: FormClient, people: People) -> Code:
    sign_in(client, people.editor)
    return make_designed(people.workspace, UNREADABLE, name="Faint", short_code="faint")


def _code_at(people: People, code_id: int) -> str:
    return f"/w/{people.workspace.slug}/codes/{code_id}"


def test_design_that_does_not_scan_is_not_handed_out(
    client: FormClient, people: People, unreadable: Code
) -> None:
    at = _code_at(people, unreadable.id)
    for ending in ("svg", "png", "pdf", "eps"):
        answer = client.get(f"{at}/qr.{ending}?download=1")
        assert answer.status_code == 303
        assert answer.location == f"{at}/design"
    assert "This design does not scan" in client.get(f"{at}/design").text
    # Who may not design is told so where they are.
    sign_in(client, people.analyst)
    answer = client.get(f"{at}/qr.svg?download=1")
    assert answer.status_code == 409
    assert "This design does not scan" in answer.text
    sign_in(client, people.editor)
    # It is still shown, so that one sees what is meant.
    assert client.get(f"{at}/qr.svg").status_code == 200
    page = client.get(f"{at}/design").text
    assert "Use it all the same" in page


def test_override_is_explicit_audited_and_of_this_very_picture(
    client: FormClient, people: People, unreadable: Code
) -> None:
    code_id, at = unreadable.id, _code_at(people, unreadable.id)
    assert client.submit(f"{at}/design/override").status_code == 303
    assert client.get(f"{at}/qr.pdf?download=1").status_code == 200
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "code.design_overridden")
    ).one()
    assert entry.actor_name == people.editor.name
    check = db.session.scalars(select(ScanCheck).where(ScanCheck.code_id == code_id)).one()
    assert check.overridden_by_id == people.editor.id
    # Another design is another question.
    code = db.session.get_one(Code, code_id)
    set_design(code, Design(foreground="#ededed"), SYSTEM)
    db.session.commit()
    assert client.get(f"{at}/qr.pdf?download=1").status_code == 303


def test_what_scans_needs_no_override(client: FormClient, people: People) -> None:
    code = make_designed(people.workspace, PRETTY)
    sign_in(client, people.editor)
    at = _code_at(people, code.id)
    assert client.get(f"{at}/qr.eps?download=1").status_code == 200
    client.submit(f"{at}/design/override")
    check = db.session.scalars(select(ScanCheck).where(ScanCheck.code_id == code.id)).one()
    assert check.overridden_at is None
    assert check.verdict != "fails"


def test_analyst_may_not_override(client: FormClient, people: People) -> None:
    code = make_designed(people.workspace, UNREADABLE)
    sign_in(client, people.analyst)
    answer = client.submit(f"{_code_at(people, code.id)}/design/override")
    assert answer.status_code == 403


def test_a_picture_is_checked_once(
    client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make_designed(people.workspace, PRETTY)
    sign_in(client, people.editor)
    asked: list[str] = []

    def counted(text: str, design: Design, logo: Logo | None) -> ScanReport:
        asked.append(text)
        return check_design(text, design, logo)

    monkeypatch.setattr(printing, "check_design", counted)
    at = _code_at(people, code.id)
    for ending in ("svg", "png", "pdf"):
        assert client.get(f"{at}/qr.{ending}?download=1").status_code == 200
    assert len(asked) == 1


def test_plain_symbol_is_handed_out_without_a_look(
    client: FormClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.member)
    monkeypatch.setattr(printing, "check_design", lambda *_given: pytest.fail("looked"))
    assert client.get(f"{_code_at(people, code.id)}/qr.svg?download=1").status_code == 200


def test_verdict_is_drawn_from_what_is_typed(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    answer = client.submit(f"{_code_at(people, code.id)}/design/check", typed(PRETTY))
    assert answer.status_code == 200
    assert "verdict is-passes" in answer.text
    assert answer.text.count("data:image/webp;base64,") >= 9
    assert db.session.get_one(Code, code.id).design is None


def test_formats_come_in_the_asked_size(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.member)
    at = _code_at(people, code.id)
    from io import BytesIO

    from PIL import Image

    picture = Image.open(BytesIO(client.get(f"{at}/qr.png?mm=50.8&dpi=300").data))
    assert picture.width == 600
    # Neither a wall of pixels nor a fraction of one brings the server down.
    for ask in ("mm=1e9&dpi=99999", "mm=nan", "mm=-5", "mm=inf&dpi=0", "size=-1"):
        assert client.get(f"{at}/qr.png?{ask}").status_code == 200
    box = client.get(f"{at}/qr.eps?mm=25.4").text.partition("%%BoundingBox:")[2].split()[:4]
    assert [int(part) for part in box] == [0, 0, 72, 72]


def test_whoever_saves_a_design_that_does_not_scan_hears_it_at_once(
    client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.editor)
    at = f"{_code_at(people, code.id)}/design"
    answer = client.submit(at, typed(UNREADABLE))
    assert (answer.status_code, answer.location) == (303, at)
    assert "Saved, but it does not scan" in client.get(at).text
