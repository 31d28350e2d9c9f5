"""A form that a visitor sends becomes a person, once for each address."""

import threading
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.chat.models import Lead as SentForm
from pitchbar.chat.services import erase_visitor  # noqa: F401  # by way of the API
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.leads.capturing import keep_person
from pitchbar.leads.hearing import note_conversions
from pitchbar.leads.missed import keep_missed_leads
from pitchbar.leads.models import Lead, LeadConversation, LeadNote
from pitchbar.leads.services import add_note
from pitchbar.scans.accepted import new_scan_id
from pitchbar.workspaces.mailing_lists.links import Subscription
from pitchbar.workspaces.mailing_lists.services import refuse_list
from tests.chat.widget import Widget
from tests.leads.factories import leave_address, make_conversation, make_lead, say
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People
from tests.support.mailbox import sent_mails
from tests.support.servers import on_both_databases

ADA = {"email": "Ada@Mail.Example", "name": "Ada"}


def leads() -> list[Lead]:
    return list(db.session.scalars(select(Lead).order_by(Lead.id)))


def test_form_becomes_a_lead(widget: Widget) -> None:
    widget.ask("How much is it?")
    assert widget.send("POST", "/leads", ADA).status_code == 201
    (lead,) = leads()
    assert (lead.email, lead.name, lead.status) == ("ada@mail.example", "Ada", "new")
    assert [one["key"] for one in lead.reasons] == ["address", "name", "own_domain", "asked_price"]
    assert lead.score == sum(one["points"] for one in lead.reasons)


def test_same_address_in_other_case_and_conversation_is_the_same_person(
    widget: Widget, client: FormClient
) -> None:
    widget.send("POST", "/leads", ADA)
    other = Widget(client, widget.agent)
    other.init()
    other.send("POST", "/leads", {"email": "ADA@mail.example", "phone": "+43 1 2345"})
    (lead,) = leads()
    assert (lead.name, lead.phone) == ("Ada", "+43 1 2345")
    assert db.session.scalar(select(func.count()).select_from(LeadConversation)) == 2
    captured = select(AuditEntry).where(AuditEntry.action == "lead.captured")
    assert len(db.session.scalars(captured).all()) == 1
    assert "came_back" in [one["key"] for one in lead.reasons]


def test_corrected_address_keeps_the_person(widget: Widget) -> None:
    widget.send("POST", "/leads", {"email": "ada@mial.example"})
    (lead,) = leads()
    first = lead.id
    widget.send("POST", "/leads", ADA)
    assert [(one.id, one.email) for one in leads()] == [(first, "ada@mail.example")]


def test_correction_to_an_address_that_is_known_joins_both(people: People) -> None:
    known = make_lead(people.workspace, "ada@mail.example")
    conversation = make_conversation(people.workspace)
    typed = leave_address(conversation, "ada@mial.example")
    add_note(typed, people.owner, "Called", SYSTEM)
    db.session.commit()
    known_id = known.id
    leave_address(conversation, "ada@mail.example")
    db.session.commit()
    assert [one.id for one in leads()] == [known_id]
    assert db.session.scalars(select(LeadNote.lead_id)).all() == [known_id]
    assert set(db.session.scalars(select(LeadConversation.lead_id))) == {known_id}


def test_who_gave_the_address_elsewhere_too_is_another_person_with_another(people: People) -> None:
    first = make_conversation(people.workspace)
    leave_address(first, "ada@mail.example")
    second = make_conversation(people.workspace)
    leave_address(second, "ada@mail.example")
    leave_address(second, "grace@mail.example")
    db.session.commit()
    assert [one.email for one in leads()] == ["ada@mail.example", "grace@mail.example"]


@on_both_databases
def test_two_at_once_make_one(app: Flask, people: People) -> None:
    conversations = [make_conversation(people.workspace) for _ in range(4)]
    for n, one in enumerate(conversations):
        email = "ada@mail.example"
        now = clock.now()
        form = SentForm(workspace_id=people.workspace.id, conversation_id=one.id, email=email)
        form.name, form.updated_at, form.fields = f"Ada {n}", now, {}
        db.session.add(form)
    db.session.commit()
    ids = [one.id for one in conversations]
    ready, made = threading.Barrier(4), []

    def capture(conversation_id: int) -> None:
        with app.app_context():
            ready.wait(10)
            from pitchbar.chat.models import Conversation

            conversation = db.session.get_one(Conversation, conversation_id)
            form = db.session.scalars(
                select(SentForm).where(SentForm.conversation_id == conversation_id)
            ).one()
            db.session.rollback()
            conversation = db.session.get_one(Conversation, conversation_id)
            form = db.session.get_one(SentForm, form.id)
            made.append(keep_person(conversation, form)[1])
            db.session.commit()
            db.session.remove()

    threads = [threading.Thread(target=capture, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(made) == [False, False, False, True]
    assert len(leads()) == 1
    assert db.session.scalar(select(func.count()).select_from(LeadConversation)) == 4


def test_owner_and_admin_are_mailed_later_and_once(widget: Widget, people: People) -> None:
    widget.send("POST", "/leads", {**ADA, "name": "Ada <b>&\nBcc: all"} | {"name": "Ada <b>&"})
    widget.send("POST", "/leads", ADA)
    # The worker is down: nothing is lost.
    assert sent_mails() == []
    assert run_jobs("leads.mail") == ["leads.mail_captured"]
    assert {mail.to for mail in sent_mails()} == {people.owner.email, people.admin.email}
    (lead,) = leads()
    text = sent_mails()[0].text
    assert f"/leads/{lead.id}" in text
    assert "Left an address: 20" in text


def test_who_left_the_list_gets_no_mail(widget: Widget, people: People) -> None:
    refuse_list(Subscription(people.workspace.id, people.admin.email, "leads"))
    db.session.commit()
    widget.send("POST", "/leads", ADA)
    run_jobs("leads.mail")
    assert [mail.to for mail in sent_mails()] == [people.owner.email]


def test_score_follows_turns_and_requests(widget: Widget) -> None:
    widget.send("POST", "/leads", {"email": "ada@gmail.com"})
    (lead,) = leads()
    assert [one["key"] for one in lead.reasons] == ["address"]
    for text in ("What does it cost?", "Is it red?", "Is it large?"):
        widget.ask(text)
    widget.send("POST", "/request-human")
    run_jobs("chat.keep")
    assert run_jobs("leads.score") == ["leads.score_lead"]
    (lead,) = leads()
    keys = [one["key"] for one in lead.reasons]
    assert keys == ["address", "asked_price", "asked_person", "many_questions"]


def test_visitor_who_is_forgotten_takes_the_lead_along(widget: Widget, people: People) -> None:
    widget.send("POST", "/leads", ADA)
    (lead,) = leads()
    add_note(lead, people.owner, "Called", SYSTEM)
    db.session.commit()
    assert widget.send("DELETE", "/me").status_code == 204
    assert leads() == []
    assert db.session.scalars(select(LeadNote)).all() == []


def test_leads_go_after_their_time(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    from pitchbar.leads.tasks import purge_leads

    old = make_lead(people.workspace, "ada@mail.example")
    make_lead(people.workspace, "grace@mail.example")
    old.last_at = clock.now() - timedelta(days=366)
    db.session.commit()
    purge_leads()
    assert [one.email for one in leads()] == ["grace@mail.example"]


def test_price_is_heard_in_several_languages() -> None:
    from pitchbar.leads.scoring import asks_for_price

    asked = ("How much is it?", "Was kostet das?", "Quel est le prix ?", "¿Cuánto cuesta?")
    assert all(asks_for_price(text) for text in asked)
    assert not any(asks_for_price(text) for text in ("Where are you?", "Is it costly-looking"[:5]))


def test_said_words_count(people: People) -> None:
    conversation = make_conversation(people.workspace)
    for n in range(6):
        say(conversation, f"Question {n}")
    lead = leave_address(conversation, "ada@mail.example")
    assert "very_many_questions" in [one["key"] for one in lead.reasons]


def test_form_of_a_process_of_before_becomes_a_lead(widget: Widget) -> None:
    widget.send("POST", "/leads", ADA)
    for model in (LeadConversation, Lead):
        db.session.query(model).delete()
    db.session.commit()
    keep_missed_leads()
    keep_missed_leads()
    assert [one.email for one in leads()] == ["ada@mail.example"]


def test_purchase_counts(people: People) -> None:
    scan_id = UUID(hex=new_scan_id(1, 1))
    lead = leave_address(make_conversation(people.workspace, scan_id=scan_id), "ada@mail.example")
    bought = {"id": uuid4(), "workspace_id": people.workspace.id, "code_id": 1, "scan_id": scan_id}
    days = {"day": clock.now().date(), "scan_day": clock.now().date()}
    at = {"scanned_at": clock.now(), "occurred_at": clock.now()}
    db.session.add(Conversion(event="purchase", source="pixel", **bought, **days, **at))
    db.session.flush()
    connection = db.session.connection()
    note_conversions(connection, [{"scan_id": scan_id}, {"scan_id": uuid4()}])
    note_conversions(connection, [{"scan_id": scan_id}])
    db.session.commit()
    assert run_jobs("leads.score") == ["leads.score_lead"]
    db.session.expire_all()
    assert "purchased" in [one["key"] for one in lead.reasons]
