"""What a workspace's people see and do about privacy."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.privacy.models import PrivacyReceipt
from pitchbar.scans.models import Scan
from tests.privacy.factories import ADA, make_visitor
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace)


@pytest.fixture
def admin(client: FormClient, people: People) -> FormClient:
    sign_in(client, people.admin)
    return client


@pytest.fixture
def send(admin: FormClient, people: People) -> Callable[..., tuple[int, str]]:
    def send(path: str, **values: str) -> tuple[int, str]:
        answer = admin.submit(f"/w/{people.workspace.slug}/privacy{path}", values)
        return answer.status_code, " ".join(answer.text.split())

    return send


Send = Callable[..., tuple[int, str]]


def test_look_up_shows_what_each_table_holds_and_is_on_record(send: Send, code: Code) -> None:
    make_visitor(code, scans=25)
    status, page = send("/look-ups", whom=f" {ADA.upper()} ")
    assert status == 200
    assert "25 rows, the first 20 are shown" in page
    assert "order of a" in page
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert entry.action == "privacy.looked_up"
    assert entry.after == {"tables": {"scans": 25, "scan_visitors": 1, "conversions": 1}}


def test_nobody_is_said_to_be_nobody(send: Send) -> None:
    status, page = send("/look-ups", whom="nobody@pitchbar.example")
    assert status == 200
    assert "Nothing is stored of them" in page
    assert "Erase it" not in page


def test_a_member_is_said_to_be_one(send: Send, people: People) -> None:
    assert "This is a member" in send("/look-ups", whom=people.editor.email)[1]


@pytest.mark.parametrize("typed", ["", "x", "a" * 31, "g" * 32, "@", "a@b", "two words@x.example"])
@pytest.mark.parametrize("path", ["/look-ups", "/exports", "/erasures"])
def test_what_is_neither_is_said_at_the_field_and_kept(send: Send, typed: str, path: str) -> None:
    status, page = send(path, whom=typed)
    assert status == 422
    assert 'id="whom-error"' in page
    assert f'value="{typed}"' in page


def test_export_holds_every_row(admin: FormClient, people: People, code: Code) -> None:
    make_visitor(code, scans=25)
    answer = admin.submit(f"/w/{people.workspace.slug}/privacy/exports", {"whom": ADA})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    told = json.loads(answer.text)
    assert {table: len(rows) for table, rows in told.items()} == {
        "scans": 25,
        "scan_visitors": 1,
        "conversions": 1,
    }
    assert {row["visitor"] for row in told["scans"]} == {ADA}


def test_export_of_nobody_is_an_empty_object(admin: FormClient, people: People) -> None:
    answer = admin.submit(f"/w/{people.workspace.slug}/privacy/exports", {"whom": "b" * 32})
    assert json.loads(answer.text) == {}


def test_erasure_asks_first(send: Send, code: Code) -> None:
    make_visitor(code)
    status, page = send("/erasures", whom=ADA)
    assert status == 422
    assert "Tick this to go on" in page
    assert ADA in page
    assert db.session.scalars(select(Scan.visitor)).all() == [ADA, ADA]


def test_erasure_leaves_a_receipt_on_the_page(
    admin: FormClient, people: People, code: Code, send: Send
) -> None:
    make_visitor(code)
    assert send("/erasures", whom=ADA, understood="y")[0] == 303
    assert db.session.scalars(select(Scan.visitor)).all() == [None, None]
    page = " ".join(admin.get(f"/w/{people.workspace.slug}/privacy").text.split())
    assert "4 rows are erased. The receipt is below." in page
    assert "Erased on request: visitor aaaa…" in page
    assert people.admin.name in page
    assert db.session.scalars(select(PrivacyReceipt)).one().actor_name == people.admin.name


@pytest.mark.settings(privacy_scan_retention_days=90, privacy_respect_dnt=True)
def test_pages_say_the_settings_in_force(admin: FormClient, people: People) -> None:
    own = " ".join(admin.get(f"/w/{people.workspace.slug}/privacy").text.split())
    public = " ".join(admin.get("/privacy").text.split())
    assert "Deleted after 90 days" in own
    assert "Respected" in own
    assert "Each is deleted 90 days after it was made" in public
    assert "asks not to be tracked (Do Not Track, or Global Privacy Control)" in public


@pytest.mark.settings(privacy_scan_retention_days=0)
def test_pages_say_when_nothing_is_deleted(admin: FormClient, people: People) -> None:
    assert "Kept for as long as the workspace" in " ".join(
        admin.get(f"/w/{people.workspace.slug}/privacy").text.split()
    )
    assert "They are kept until it is deleted" in " ".join(admin.get("/privacy").text.split())
