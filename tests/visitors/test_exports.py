import csv
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchbar.analytics.exports.models import DONE, Export
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from tests.leads.factories import leave_address, make_conversation, say
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.mailbox import sent_mails

FORM = {"agent": "", "first": "", "last": "", "status": "", "kind": "csv"}


@pytest.fixture
def base(client: FormClient, people: People) -> str:
    sign_in(client, people.admin)
    return f"/w/{people.workspace.slug}"


def make_file(client: FormClient, base: str, **values: str) -> str:
    """What the file holds that the job makes."""
    answer = client.submit(f"{base}/conversations/exports", {**FORM, **values})
    assert answer.status_code == 303, answer.text
    assert run_jobs("visitors.exports.") == ["visitors.exports.export_conversations"]
    export = db.session.scalars(select(Export).order_by(Export.id.desc())).first()
    assert export
    assert export.state == DONE
    return client.get(f"{base}/exports/{export.id}/file").text.removeprefix("\ufeff")


def test_file_has_a_row_for_each_message(client: FormClient, base: str, people: People) -> None:
    one = make_conversation(people.workspace, page_url="https://shop.example/cups")
    say(one, "=1+1", answer="Two.")
    leave_address(one, "ada@mail.example")
    say(make_conversation(people.elsewhere), "Another's")
    db.session.commit()
    rows = list(csv.DictReader(io.StringIO(make_file(client, base))))
    assert [(row["role"], row["text"]) for row in rows] == [("visitor", "'=1+1"), ("agent", "Two.")]
    assert rows[0]["lead_email"] == "ada@mail.example"
    assert rows[0]["page_url"] == "https://shop.example/cups"
    assert [mail.to for mail in sent_mails()] == [people.admin.email]
    assert "1 conversations as CSV" in sent_mails()[0].text
    page = client.get(f"{base}/exports").text
    assert "Conversations as CSV" in page
    assert "All conversations" in page


def test_file_is_narrowed(client: FormClient, base: str, people: People) -> None:
    now = clock.now()
    for days in (0, 3, 9):
        status = "ended" if days else "open"
        say(
            make_conversation(people.workspace, at=now - timedelta(days=days), status=status),
            f"D{days}",
        )
    db.session.commit()
    first = (now - timedelta(days=4)).date().isoformat()
    made = json.loads(make_file(client, base, kind="json", first=first, status="ended"))
    assert [one["messages"][0]["text"] for one in made] == ["D3"]
    assert json.loads(make_file(client, base, kind="json")) != []
    assert "that are over" in client.get(f"{base}/exports").text


def test_wrong_days_are_said_at_their_field(client: FormClient, base: str) -> None:
    address = f"{base}/conversations/exports"
    values = {**FORM, "first": "2026-03-02", "last": "2026-03-01"}
    refused = client.submit(address, values)
    assert refused.status_code == 422
    assert "before the first day" in refused.text
    assert "2026-03-02" in refused.text
    assert client.submit(address, {**FORM, "kind": "doc"}).status_code == 422
    assert client.submit(address, {**FORM, "agent": "9"}).status_code == 422


def test_export_goes_on_where_it_stopped(
    client: FormClient, base: str, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pitchbar.visitors.exports import conversations, tasks

    monkeypatch.setattr(conversations, "_PART", 2)
    monkeypatch.setattr(tasks, "_SECONDS", 0.0)
    for n in range(5):
        say(make_conversation(people.workspace), f"Question {n}")
    db.session.commit()
    client.submit(f"{base}/conversations/exports", {**FORM, "kind": "json"})
    assert len(run_jobs("visitors.exports.")) == 4
    export = db.session.scalars(select(Export)).one()
    made = json.loads(client.get(f"{base}/exports/{export.id}/file").text)
    assert [one["messages"][0]["text"] for one in made] == [f"Question {n}" for n in range(5)]


def test_who_may_not_export_gets_no_form(client: FormClient, base: str, people: People) -> None:
    sign_in(client, people.editor)
    assert client.get(f"{base}/conversations/exports/new").status_code == 403


def test_files_go_with_who_is_erased(client: FormClient, base: str, people: People) -> None:
    say(make_conversation(people.workspace), "My name is Ada")
    db.session.commit()
    make_file(client, base)
    folder = current_settings().data_dir
    assert [path for path in folder.rglob("*.csv") if "exports" in path.parts]
    subject = Subject("visitor", 1, "visitor", people.workspace.id)
    record_event("visitor.erased", subject, by=SYSTEM)
    db.session.commit()
    assert db.session.scalars(select(Export)).all() == []
    assert not [path for path in folder.rglob("*.csv") if "exports" in path.parts]
