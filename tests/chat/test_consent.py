"""What visitors agree to before they write, where the agent asks for it."""

import pytest
from sqlalchemy import select

from pitchbar.chat.models import Conversation
from pitchbar.chat.recent import recent
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.chat.widget import Widget, error_code
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People

CONSENT = {"text": "We keep what you write for a year.", "url": "https://shop.example/privacy"}
ADA = {"email": "ada@mail.example"}


@pytest.fixture
def widget(client: FormClient, people: People) -> Widget:
    made = Widget(client, make_agent(people.workspace, consent=CONSENT))
    assert made.init().get_json()["agent"]["consent"] == CONSENT
    return made


def kept() -> Conversation:
    db.session.expire_all()
    return db.session.scalars(select(Conversation)).one()


def test_agent_without_a_line_asks_for_nothing(client: FormClient, people: People) -> None:
    plain = Widget(client, make_agent(people.workspace))
    assert plain.init().get_json()["agent"]["consent"] is None
    plain.ask("When are you open?")


def test_nothing_is_answered_before_consent(widget: Widget) -> None:
    refused = widget.send("POST", "/messages", {"text": "When are you open?"})
    assert (refused.status_code, error_code(refused)) == (403, "consent_needed")
    assert error_code(widget.send("POST", "/leads", ADA)) == "consent_needed"
    no = widget.send("POST", "/messages", {"text": "Hello", "consented": False})
    assert error_code(no) == "consent_needed"
    run_jobs("chat.")
    assert db.session.scalars(select(Conversation)).all() == []


def test_consent_is_given_once_and_kept_with_its_time(widget: Widget) -> None:
    widget.ask("When are you open?", consented=True)
    widget.ask("And on Sundays?")
    run_jobs("chat.keep")
    at = kept().consented_at
    assert at
    assert widget.send("POST", "/leads", ADA).status_code == 201
    # Another process, which knows nothing of the conversation, reads it from the database.
    recent().forget(kept().public_id)
    widget.ask("And in winter?")
    run_jobs("chat.keep")
    assert kept().consented_at == at


def test_person_is_asked_for_only_after_consent(widget: Widget) -> None:
    refused = widget.send("POST", "/request-human")
    assert (refused.status_code, error_code(refused)) == (403, "consent_needed")
    assert error_code(widget.send("POST", "/request-human", {"consented": 1})) == "invalid"
    assert db.session.scalars(select(Conversation)).all() == []
    assert widget.send("POST", "/request-human", {"consented": True}).status_code == 200
    assert kept().consented_at
    assert kept().human_requested_at
    widget.ask("When are you open?")


def test_consent_given_with_the_form_holds_for_messages(widget: Widget) -> None:
    assert widget.send("POST", "/leads", {**ADA, "consented": True}).status_code == 201
    widget.ask("When are you open?")
    assert kept().consented_at


def test_new_conversation_is_asked_anew(widget: Widget) -> None:
    widget.ask("When are you open?", consented=True)
    widget.token = widget.send("POST", "/clear").get_json()["token"]
    refused = widget.send("POST", "/messages", {"text": "And on Sundays?"})
    assert error_code(refused) == "consent_needed"


def test_pages_are_kept_without_queries(widget: Widget) -> None:
    shop = "https://shop.example"
    widget.ask("When?", consented=True, page_url=f"{shop}/cups?email=ada@mail.example#top")
    for n in range(25):
        widget.ask("And then?", page_url=f"{shop}/page/{n}")
        widget.ask("And then?", page_url=f"{shop}/page/{n}?again")
    run_jobs("chat.keep")
    pages = kept().pages or []
    assert [one["url"] for one in pages] == [f"{shop}/page/{n}" for n in range(5, 25)]
    assert [one["at"] for one in pages] == sorted(one["at"] for one in pages)
