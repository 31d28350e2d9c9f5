"""What conversations came to."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from pitchbar.answers.models import LlmUsage
from pitchbar.chat_analytics.asked import Asked, Choice
from pitchbar.chat_analytics.figures import read_series, read_totals
from pitchbar.chat_analytics.models import CitedSource
from pitchbar.chat_analytics.questions import list_asked_often
from pitchbar.chat_analytics.sources import list_never_cited
from pitchbar.core import clock
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.chat_analytics.factories import make_talk
from tests.hosted.factories import Page
from tests.retrieval.factories import handbook, make_indexed, run_jobs
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def asked(people: People, **choice: object) -> Asked:
    chosen = Choice(**choice)  # type: ignore[arg-type]
    return Asked(people.workspace.id, NOON - DAY, NOON + DAY, chosen)


@on_both_databases
def test_totals_are_those_of_the_span_and_of_the_workspace(app: Flask, people: People) -> None:
    agent, other = make_agent(people.workspace), make_agent(people.elsewhere)
    make_talk(agent, "a", "b", at=NOON, refused=1, status="ended", first_token_ms=100)
    make_talk(agent, "c", at=NOON, status="ended", handed_over_at=NOON, first_token_ms=900)
    make_talk(agent, "d", at=NOON, feedback="up", first_token_ms=100)
    make_talk(agent, at=NOON, feedback_text="", status="ended")
    make_talk(agent, "e", at=NOON - 2 * DAY)
    make_talk(other, "f", at=NOON)
    found = read_totals(asked(people))
    assert (found.conversations, found.answered, found.refused, found.handed_over) == (4, 3, 1, 1)
    assert (found.ended, found.resolved) == (3, 1)
    assert found.deflection == pytest.approx(1 / 3)
    assert found.satisfaction == 1.0
    assert found.first_word_p50 == 120
    assert found.first_word_p95 == 920
    steps = read_series(asked(people), [NOON - DAY, NOON - timedelta(hours=1), NOON + DAY / 2])
    assert [one.conversations for one in steps] == [0, 4, 0]
    assert [one.refused for one in steps] == [0, 1, 0]
    assert read_totals(Asked(people.workspace.id, NOON, NOON, Choice())).deflection is None


@on_both_databases
def test_agent_code_and_campaign_narrow_all_figures(app: Flask, people: People) -> None:
    agent, other = make_agent(people.workspace), make_agent(people.workspace)
    spring, summer = make_code(people.workspace), make_code(people.workspace)
    spring.campaign, summer.campaign = "Spring", "Summer"
    make_talk(agent, "a", at=NOON, code_id=spring.id, feedback="up", first_token_ms=10)
    make_talk(other, "b", at=NOON, code_id=summer.id, feedback="down", first_token_ms=990)
    for choice in ({"agent_id": agent.id}, {"code_id": spring.id}, {"campaign": "Spring"}):
        found = read_totals(asked(people, **choice))
        assert (found.conversations, found.helped, found.not_helped) == (1, 1, 0), choice
        assert found.first_word_p95 == 20
        steps = read_series(asked(people, **choice), [NOON - DAY])
        assert [one.conversations for one in steps] == [1]
        assert [one.text for one in list_asked_often(asked(people, **choice))] == ["a"]


def test_questions_in_other_words_are_one(app: Flask, people: People) -> None:
    agent = make_agent(people.workspace)
    make_talk(agent, "When are you open?", "when are you OPEN", at=NOON)
    make_talk(agent, "What are your opening hours?", at=NOON, refused=1)
    make_talk(agent, "Do you sell gift cards?", at=NOON)
    groups = list_asked_often(asked(people))
    assert [(one.text, one.count, one.refused) for one in groups] == [
        ("When are you open?", 3, 1),
        ("Do you sell gift cards?", 1, 0),
    ]
    assert groups[0].others == ("What are your opening hours?",)


def test_kept_turn_is_counted_with_its_sources(client: FormClient, people: People) -> None:
    used = make_indexed(people.workspace.id, handbook())
    make_indexed(people.workspace.id, handbook()[:1], "Old list")
    page = Page(client, make_agent(people.workspace, source_ids=(used.id,))).open()
    page.ask("When does money come back?")
    page.ask("What is the capital of Peru?")
    run_jobs("chat.")
    today = clock.now().date()
    whole = Asked(people.workspace.id, clock.now() - DAY, clock.now() + DAY, Choice())
    found = read_totals(whole)
    assert (found.conversations, found.answered, found.refused) == (1, 1, 1)
    assert found.first_word_p50 is not None
    names = [one.name for one in list_never_cited(people.workspace.id, today - DAY, today + DAY)]
    assert names == ["Old list"]
    assert db.session.query(CitedSource).one().source_id == used.id
    page.send("/person")
    assert read_totals(whole).handed_over == 1


def test_page_shows_them_and_keeps_its_state_in_the_address(
    client: FormClient, people: People
) -> None:
    agent = make_agent(people.workspace, name="Nora")
    make_talk(agent, "When do you open?", refused=1)
    address = f"/w/{people.workspace.slug}/chat-figures"
    sign_in(client, people.member)
    shown = client.get(f"{address}?agent={agent.id}&metric=refused&range=7d").text
    assert f"agent={agent.id}&amp;metric=refused&amp;range=90d" in shown.replace(
        f"range=90d&amp;agent={agent.id}&amp;metric=refused",
        f"agent={agent.id}&amp;metric=refused&amp;range=90d",
    )
    assert "Of 0 conversations that have ended" in shown
    assert "When do you open?" in client.get(f"{address}/questions").text
    assert "No conversations in this span" in client.get(f"{address}?agent=999999").text


def test_nonsense_in_the_address_is_left_out_or_said(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    address = f"/w/{people.workspace.slug}/chat-figures"
    assert client.get(f"{address}?agent=x&code=-1&campaign=%00&metric=y&range=z").status_code == 200
    wrong = client.get(f"{address}?from=yesterday&to=2026-01-01")
    assert wrong.status_code == 422
    assert "This is no day." in wrong.text


@pytest.mark.settings(llm_prompt_price=2.0, llm_completion_price=10.0, llm_price_currency="EUR")
def test_tokens_have_a_price_where_one_is_set(client: FormClient, people: People) -> None:
    make_talk(make_agent(people.workspace), "Hello?")
    usage = LlmUsage(
        workspace_id=people.workspace.id,
        day=clock.now().date(),
        prompt_tokens=1_000_000,
        completion_tokens=100_000,
    )
    db.session.add(usage)
    sign_in(client, people.owner)
    shown = client.get(f"/w/{people.workspace.slug}/chat-figures").text
    assert "EUR 3.00" in shown
    assert "1,000,000 tokens in" in shown
