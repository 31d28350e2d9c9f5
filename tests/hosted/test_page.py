"""An agent's page, as a browser without scripts meets it."""

import gzip
import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.chat.models import Conversation, Lead, Message, Visitor
from pitchbar.core import clock
from pitchbar.core.assets import STATIC
from pitchbar.extensions import db
from pitchbar.hosted.markdown import draw_answer
from pitchbar.hosted.words import LANGUAGES, page_words
from pitchbar.scans.accepted import Way, new_scan_id
from pitchbar.scans.factories import make_token_cipher
from pitchbar.settings import current_settings
from tests.agents.factories import make_agent
from tests.hosted.factories import Page
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FormClient
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases

QUESTION = "When does money come back?"
MOST_BYTES = 50_000


def all_of(kind: type) -> list:  # type: ignore[type-arg]
    run_jobs("chat.")
    return list(db.session.scalars(select(kind).order_by(kind.id)))  # type: ignore[attr-defined]


def test_page_says_who_answers_and_what_to_ask(page: Page, people: People) -> None:
    assert page.status == 200
    assert "Nora" in page.html
    assert people.workspace.name in page.html
    assert "Ask me about the shop." in page.html
    assert f'value="{QUESTION}"' in page.html
    assert page.last is not None
    assert page.last.headers["X-Robots-Tag"] == "noindex"
    assert "--accent:#0b7a5c" in page.html
    assert not db.session.scalars(select(Conversation)).all()


def test_whole_page_weighs_less_than_fifty_kilobytes(page: Page) -> None:
    page.ask(QUESTION)
    assert page.last is not None
    named = re.findall(r'(?:href|src)="/static/([^"?]+)', page.html)
    files = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in set(named))
    assert {"css/hosted.css", "js/hosted.js"} <= set(named)
    whole = files + len(gzip.compress(page.html.encode()))
    assert whole < MOST_BYTES // 2, whole


@on_both_databases
def test_question_is_answered_with_its_sources(page: Page) -> None:
    page.ask(QUESTION)
    assert page.status == 200
    assert "fourteen days" in page.html
    assert 'class="chat-mark"' in page.html
    assert 'class="chat-sources"' in page.html
    conversation = all_of(Conversation)[0]
    assert conversation.channel == "page"
    assert conversation.page_url.endswith(page.address)
    answer = all_of(Message)[-1]
    assert answer.first_token_ms is not None
    assert 0 <= answer.first_token_ms <= answer.latency_ms


def test_starter_asks_as_it_stands(page: Page) -> None:
    assert "fourteen days" in page.send("/messages", text=QUESTION).html


def test_visitor_finds_the_conversation_again(page: Page) -> None:
    page.ask(QUESTION)
    assert "fourteen days" in page.open().html
    assert len(all_of(Visitor)) == 1
    page.ask("And in cash?")
    assert len(all_of(Conversation)) == 1


def test_other_browser_sees_nothing_of_it(app: Flask, page: Page) -> None:
    page.ask(QUESTION)
    other = app.test_client()
    assert isinstance(other, FormClient)
    assert "fourteen days" not in Page(other, page.agent).open().html


def test_conversation_that_fell_silent_is_not_taken_up_again(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.ask(QUESTION)
    run_jobs("chat.")
    later = clock.now() + timedelta(hours=25)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "fourteen days" not in page.open().html


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Please write a few words."),
        (" \u200b\n", "Please write a few words."),
        ("x" * 4001, "At most 4,000 characters."),
    ],
)
def test_what_cannot_be_asked_is_said_at_the_field(page: Page, text: str, said: str) -> None:
    page.ask(text)
    assert page.status == 422
    assert said in page.html
    assert 'aria-invalid="true"' in page.html
    assert text.strip() in page.html
    assert not all_of(Message)


def test_html_is_text(page: Page) -> None:
    page.ask("<script>alert(1)</script> <b>bold</b>")
    assert "<script>alert" not in page.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;bold&lt;/b&gt;" in page.html


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_widget_messages="1/minute")
def test_haste_is_said_and_nothing_typed_is_lost(page: Page) -> None:
    page.ask(QUESTION)
    page.ask("And how long does it take?")
    assert page.status == 429
    assert "Please wait" in page.html
    assert "And how long does it take?" in page.html
    assert "fourteen days" in page.html


def test_agent_that_was_withdrawn_meanwhile_loses_no_words(page: Page) -> None:
    page.agent.published_version_id = None
    page.ask("Are you there?")
    assert page.status == 404
    assert "Nobody answers here just now" in page.html
    assert "Are you there?" in page.html


def test_unknown_agent_has_a_page_that_says_so(client: FormClient, people: People) -> None:
    draft = make_agent(people.workspace, is_published=False)
    for one in ("ag_0", draft.public_id, "x" * 3000):
        answer = client.get(f"/c/{one}")
        assert answer.status_code == 404
        assert "Nobody answers here just now" in answer.text


def test_page_that_is_switched_off_answers_nobody(page: Page) -> None:
    page.agent.has_page = False
    token = page.token
    assert page.open().status == 404
    answer = page.client.get(
        "/api/v1/widget/messages",
        headers={"Authorization": f"Bearer {token}", "Origin": "http://pitchbar.test"},
    )
    assert answer.status_code == 404


def test_token_of_another_page_opens_nothing(page: Page, people: People) -> None:
    other = make_agent(people.workspace)
    answer = page.client.post(
        f"/c/{other.public_id}/messages", data={"token": page.token, "text": "Hello?"}
    )
    assert answer.status_code == 422
    assert "Hello?" in answer.text
    assert "open for a long time" in answer.text
    assert not all_of(Message)


def test_address_is_left(page: Page) -> None:
    page.ask("Can I speak with somebody about a large order of lamps?")
    page.send("/leads", email="Ada@Example.com", name="Ada")
    assert "ada@example.com" in page.html
    lead = all_of(Lead)[0]
    assert (lead.email, lead.name) == ("ada@example.com", "Ada")


def test_address_that_is_none_is_said_with_what_was_typed(page: Page) -> None:
    page.send("/leads", email="ada", name="n" * 201, phone="<i>1</i>")
    assert page.status == 422
    assert "Enter an address such as" in page.html
    assert "That is too long." in page.html
    assert 'value="ada"' in page.html
    assert not all_of(Lead)


def test_person_is_asked_for(page: Page) -> None:
    page.ask(QUESTION)
    page.send("/person")
    assert "The team has been told." in page.html
    assert all_of(Conversation)[0].human_requested_at is not None


def test_answer_is_judged(page: Page) -> None:
    page.ask(QUESTION)
    answer = all_of(Message)[-1]
    page.send("/satisfaction", message_id=str(answer.id), value="down")
    assert "What was missing?" in page.html
    page.send("/satisfaction", message_id=str(answer.id), value="down", text="The price.")
    assert all_of(Message)[-1].feedback_text == "The price."
    page.send("/satisfaction", message_id="nothing", value="up")
    assert page.status == 404


def test_visitor_begins_anew(page: Page) -> None:
    page.ask(QUESTION)
    assert "fourteen days" not in page.send("/clear").html
    page.ask("And in cash?")
    assert [one.status for one in all_of(Conversation)] == ["ended", "open"]
    assert len(all_of(Visitor)) == 1


def test_visitor_is_forgotten(page: Page) -> None:
    page.ask(QUESTION)
    run_jobs("chat.")
    page.send("/erasure")
    assert "It is erased." in page.html
    assert not all_of(Message)
    assert not all_of(Visitor)
    assert "fourteen days" not in page.open().html


def test_scan_stays_with_conversation_and_lead(page: Page, people: People) -> None:
    code = make_code(people.workspace)
    scan = new_scan_id(int(clock.now().timestamp() * 1000), 1)
    cipher = make_token_cipher(current_settings())
    page.query = f"?pb_at={cipher.write(scan, code.id, people.workspace.id, Way())}"
    page.open()
    page.query = ""
    page.open().ask(QUESTION)
    conversation = all_of(Conversation)[0]
    assert (conversation.code_id, conversation.scan_id) == (code.id, UUID(scan))


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_spoken_in_the_agents_language(
    client: FormClient, people: People, language: str
) -> None:
    agent = make_agent(people.workspace, language=language)
    page = Page(client, agent).open()
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in page.html
    assert page_words(language)["placeholder"] in page.html


def test_every_language_says_the_same() -> None:
    english = page_words("en")
    for language in LANGUAGES:
        words = page_words(language)
        assert set(words) == set(english)
        assert all(words.values())
        assert "!" not in "".join(words.values())


def test_browser_chooses_where_the_agent_does_not(page: Page) -> None:
    answer = page.client.get(page.address, headers={"Accept-Language": "pt, ar;q=0.8"})
    assert 'dir="rtl"' in answer.text


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("**Yes.** [1]", '<strong>Yes.</strong>\u202f<a class="chat-mark" href="/s">1</a>'),
        ("No. [7]", "No."),
        ("<img src=x onerror=1>", "&lt;img src=x onerror=1&gt;"),
        ("![a](https://x.example/p.png)", "p.png"),
        ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
        ("[1](https://x.example)", 'href="https://x.example"'),
        ("- a\n- b", "<li>"),
        ("# A\n\nb", '<p class="chat-heading" dir="auto">A</p>'),
    ],
)
def test_markdown_is_drawn_and_nothing_else(text: str, drawn: str) -> None:
    html = draw_answer(text, {1: "/s"})
    assert drawn in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_nothing_is_taken_before_the_visitor_agrees(client: FormClient, people: People) -> None:
    consent = {"text": "We keep what you write for 30 days.", "url": "https://shop.example/privacy"}
    agent = make_agent(people.workspace, consent=consent, is_published=True)
    page = Page(client, agent).open()
    assert "We keep what you write for 30 days." in page.html
    assert 'href="https://shop.example/privacy"' in page.html
    page.ask("When do you open?")
    assert page.status == 403
    assert "Please agree above first" in page.html
    assert ">When do you open?</textarea>" in page.html
    assert not all_of(Message)
    page.send("/consent")
    assert "We keep what you write" not in page.html
    page.ask("When do you open?")
    assert page.status == 200
    [conversation] = all_of(Conversation)
    assert conversation.consented_at is not None
