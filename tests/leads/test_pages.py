import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from pitchbar.chat.models import Lead as SentForm
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.leads.models import Lead, LeadNote
from tests.leads.factories import make_lead
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_token


@pytest.fixture
def base(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/leads"


def test_empty_list_says_where_leads_come_from(client: FormClient, base: str) -> None:
    assert "No leads yet" in client.get(base).text
    assert "No leads yet" in client.get(f"{base}/board").text


def test_list_is_narrowed_and_paged(client: FormClient, base: str, people: People) -> None:
    for n in range(53):
        make_lead(people.workspace, f"visitor{n}@mail.example")
    mine = make_lead(people.workspace, "grace@mail.example", name="Grace_100%", phone="+43")
    mine.status, mine.owner_id = "won", people.owner.id
    db.session.commit()
    first = client.get(base).text
    assert "visitor52@" in first
    assert "visitor1@" not in first
    place = first.partition("after=")[2].partition('"')[0]
    assert "visitor1@" in client.get(f"{base}?after={place}").text
    for query in ("q=GRACE_100%25", "status=won", f"owner={people.owner.id}", "q=%2B43"):
        page = client.get(f"{base}?{query}").text
        assert "grace@mail.example" in page
        assert "visitor52@" not in page
    assert "No lead fits this" in client.get(f"{base}?q=100_").text
    assert "grace@mail.example" not in client.get(f"{base}?owner=none").text
    best = client.get(f"{base}?order=best").text
    assert best.index("grace@") < best.index("visitor52@")


def test_html_in_every_field_is_text(client: FormClient, base: str, people: People) -> None:
    evil = "<script>alert(1)</script>"
    lead = make_lead(people.workspace, name=evil, phone=evil[:60], fields={evil: evil})
    client.submit(f"{base}/{lead.id}/notes", {"text": evil})
    for page in (base, f"{base}/board", f"{base}/{lead.id}", f"{base}/deletion?lead_id={lead.id}"):
        text = client.get(page).text
        assert "alert(1)" in text
        assert evil not in text


def test_card_moves_to_another_column(client: FormClient, base: str, people: People) -> None:
    lead = make_lead(people.workspace)
    answer = client.submit(f"{base}/{lead.id}/status", {"status": "won"}, fragment=True)
    assert answer.status_code == 200
    assert 'data-lead-status="won"' in answer.text
    assert 'data-lead-status="new"' not in answer.text
    again = client.submit(f"{base}/{lead.id}/status", {"status": "lost", "from": "board"})
    assert again.location.endswith("/leads/board")
    assert client.submit(f"{base}/{lead.id}/status", {"status": "rich"}).status_code == 422
    db.session.expire_all()
    assert db.session.get_one(Lead, lead.id).status == "lost"


def test_owner_is_a_member(client: FormClient, base: str, people: People) -> None:
    lead = make_lead(people.workspace)
    address = f"{base}/{lead.id}/owner"
    assert client.submit(address, {"owner": str(people.member.id)}).status_code == 303
    assert client.submit(address, {"owner": str(people.outsider.id)}).status_code == 422
    assert client.submit(address, {"owner": "x"}).status_code == 422
    db.session.expire_all()
    assert db.session.get_one(Lead, lead.id).owner_id == people.member.id


def test_leads_of_who_leaves_wait_for_another(
    client: FormClient, base: str, people: People
) -> None:
    from pitchbar.events.actors import SYSTEM
    from pitchbar.workspaces.members.services import remove_member
    from pitchbar.workspaces.models import Membership

    lead = make_lead(people.workspace)
    lead.owner_id = people.member.id
    db.session.commit()
    member = db.session.scalars(
        select(Membership).where(
            Membership.person_id == people.member.id,
            Membership.workspace_id == people.workspace.id,
        )
    ).one()
    remove_member(member, SYSTEM, by_role="owner")
    db.session.commit()
    db.session.expire_all()
    assert db.session.get_one(Lead, lead.id).owner_id is None


def test_note_that_is_refused_stays_typed(client: FormClient, base: str, people: People) -> None:
    lead = make_lead(people.workspace)
    address = f"{base}/{lead.id}/notes"
    long = "x" * 4001
    refused = client.submit(address, {"text": long})
    assert refused.status_code == 422
    assert long in refused.text
    assert client.submit(address, {"text": " "}).status_code == 422
    assert client.submit(address, {"text": "Calls on Monday"}).status_code == 303
    note = db.session.scalars(select(LeadNote)).one()
    client.submit(f"{address}/{note.id}/removal")
    assert db.session.scalars(select(LeadNote)).all() == []


def test_chosen_leads_change_together(client: FormClient, base: str, people: People) -> None:
    ids = [make_lead(people.workspace).id for _ in range(3)]
    values: dict[str, Any] = {"lead_id": [str(one) for one in ids[:2]], "change": "status"}
    answer = client.submit(f"{base}/changes", {**values, "status": "contacted"})
    assert answer.status_code == 303
    assert client.submit(f"{base}/changes", {"change": "status"}).status_code == 422
    assert client.submit(f"{base}/changes", {**values, "change": "name"}).status_code == 422
    assert "cannot be undone" in client.get(f"{base}/deletion?lead_id={ids[0]}").text
    client.submit(f"{base}/deletion", {"lead_id": [str(ids[0])]})
    db.session.expire_all()
    statuses = {one.id: one.status for one in db.session.scalars(select(Lead))}
    assert statuses == {ids[1]: "contacted", ids[2]: "new"}
    # The address is nowhere any more.
    assert len(db.session.scalars(select(SentForm)).all()) == 2


def test_leads_of_another_workspace_are_not_there(
    client: FormClient, base: str, people: People
) -> None:
    other = make_lead(people.elsewhere, "other@mail.example")
    assert client.get(f"{base}/{other.id}").status_code == 404
    assert "other@" not in client.get(base).text
    assert client.submit(f"{base}/{other.id}/status", {"status": "won"}).status_code == 404
    answer = client.submit(f"{base}/deletion", {"lead_id": [str(other.id)]})
    assert answer.status_code == 422
    sign_in(client, people.outsider)
    assert client.get(base).status_code == 404


def test_who_only_looks_changes_nothing(client: FormClient, base: str, people: People) -> None:
    lead = make_lead(people.workspace)
    sign_in(client, people.analyst)
    page = client.get(f"{base}/{lead.id}")
    assert page.status_code == 200
    assert "Add note" not in page.text
    assert client.submit(f"{base}/{lead.id}/status", {"status": "won"}).status_code == 403
    assert client.submit(f"{base}/exports", {"kind": "csv"}).status_code == 200


def test_export_defuses_formulas(client: FormClient, base: str, people: People) -> None:
    make_lead(people.workspace, "ada@mail.example", name="=HYPERLINK(1)", phone="+43 1")
    make_lead(people.workspace, "grace@mail.example")
    sign_in(client, people.admin)
    answer = client.submit(f"{base}/exports?q=ada", {"kind": "csv"})
    assert answer.headers["Content-Disposition"].startswith("attachment")
    header, row = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    told = dict(zip(header, row, strict=True))
    assert (told["name"], told["phone"], told["email"]) == (
        "'=HYPERLINK(1)",
        "'+43 1",
        "ada@mail.example",
    )
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "leads.exported"))
    assert entry.one().after == {"filters": {"q": "ada"}}


def test_api_lists_and_changes(client: FormClient, people: People) -> None:
    leads = [make_lead(people.workspace, f"v{n}@mail.example") for n in range(3)]
    headers = bearer(make_token(people.workspace))
    address = f"/api/v1/workspaces/{people.workspace.slug}/leads"
    first = client.get(f"{address}?per_page=2", headers=headers).get_json()
    rest = client.get(
        f"{address}?per_page=2&cursor={first['next_cursor']}", headers=headers
    ).get_json()
    found = [one["email"] for one in first["data"] + rest["data"]]
    assert found == ["v2@mail.example", "v1@mail.example", "v0@mail.example"]
    assert rest["next_cursor"] is None
    one = first["data"][0]
    assert one["score"] == sum(reason["points"] for reason in one["reasons"])
    assert one["origin"] is None
    lead = f"{address}/{leads[0].id}"
    change = {"status": "won", "owner_id": people.editor.id}
    changed = client.patch(lead, json=change, headers=headers).get_json()
    assert (changed["status"], changed["owner"]["id"]) == ("won", people.editor.id)
    wrong = client.patch(lead, json={"owner_id": people.outsider.id}, headers=headers)
    assert "owner_id" in wrong.get_json()["error"]["fields"]
    assert client.patch(lead, json={"status": "rich"}, headers=headers).status_code == 422
    only = client.get(f"{address}?status=won", headers=headers).get_json()["data"]
    assert [each["id"] for each in only] == [leads[0].id]
    freed = client.patch(lead, json={"owner_id": None}, headers=headers).get_json()
    assert freed["owner"] is None
