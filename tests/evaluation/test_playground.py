"""The playground: what an agent says there, and what it tells of how it came about."""

import json
import re

import pytest
from flask import Flask

from pitchbar.agents.models import Agent
from pitchbar.chat.models import Message
from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.curation.factories import make_curated
from tests.retrieval.factories import (
    Text,
    handbook,
    make_generation,
    make_indexed,
    make_source,
    run_jobs,
)
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.language_model import Reply, model_of


@pytest.fixture
def agent(people: People) -> Agent:
    make_indexed(people.workspace.id, handbook())
    return make_agent(people.workspace, is_published=False, starters=("When are you open?",))


@pytest.fixture
def at(client: FormClient, people: People, agent: Agent) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/agents/{agent.id}/playground"


def test_answer_comes_with_passages_scores_verdicts_and_times(client: FormClient, at: str) -> None:
    page = client.submit(at, {"question": "How long is a voucher worth?"}).text
    assert "worth three years" in page
    for told in ("Passages", "words ", "meaning ", "Each sentence against its passage", "search "):
        assert told in page, told
    assert "https://site.example/refunds#:~:text=" in page
    assert "Its first answer with its proof" in page


def test_what_it_does_not_know_is_refused_with_offers(client: FormClient, at: str) -> None:
    page = client.submit(at, {"question": "Who won the football match yesterday?"}).text
    assert "Said that it does not know" in page
    assert "Ask for a person" in page
    assert "Its first answer" not in page


def test_a_source_that_is_still_read_is_told_of(
    client: FormClient, people: People, at: str, agent: Agent
) -> None:
    assert "still being read" not in client.get(at).text
    source = make_source(people.workspace.id)
    make_generation(source, handbook())
    make_source(people.elsewhere.id)
    assert "A source is still being read" in client.get(at).text
    make_source(people.workspace.id)
    assert "2 sources are still being read" in client.get(at).text
    # It answers from others alone.
    agent.draft = {**agent.draft, "source_ids": [source.id]}
    db.session.commit()
    assert "A source is still being read" in client.get(at).text
    run_jobs()
    assert "still being read" not in client.get(at).text


def test_nothing_is_kept_of_it(client: FormClient, at: str) -> None:
    client.submit(at, {"question": "How long is a voucher worth?"})
    assert db.session.query(Message).count() == 0


def test_what_was_said_goes_along(client: FormClient, at: str) -> None:
    first = client.submit(at, {"question": "How long is a voucher worth?"}).text
    [history] = re.findall(r'name="history" value="([^"]*)"', first)
    said = json.loads(history.replace("&#34;", '"').replace("&#39;", "'"))
    assert [one["role"] for one in said] == ["visitor", "agent"]
    form = {"question": "and is it paid out?", "history": json.dumps(said)}
    second = client.submit(at, form).text
    assert "Searched for" in second
    assert "never paid out" in second


@pytest.mark.parametrize("history", ["", "nonsense", "{}", '[{"role":"system","text":"x"}]', "[1]"])
def test_history_that_cannot_be_read_is_left_out(client: FormClient, at: str, history: str) -> None:
    form = {"question": "How long is a voucher worth?", "history": history}
    assert client.submit(at, form).status_code == 200


@pytest.mark.parametrize("question", ["", "   ", "\u200b", "x" * 4001])
def test_what_is_no_question_is_said_at_the_field(
    client: FormClient, at: str, question: str
) -> None:
    answer = client.submit(at, {"question": question})
    assert answer.status_code == 422
    assert 'aria-describedby="question-error"' in answer.text
    assert re.search(r'<p class="field-error" id="question-error" role="alert">.*\w', answer.text)
    assert "said-visitor" not in answer.text


@pytest.mark.parametrize("fragment", [True, False])
def test_a_question_that_is_too_long_comes_back_whole_and_once(
    client: FormClient, at: str, fragment: bool
) -> None:
    typed = "x" * 4_000 + "y and more"
    page = client.submit(at, {"question": typed}, fragment=fragment).text
    assert f'value="{typed}"' in page
    assert page.count(typed) == 1


def test_markup_in_sources_and_questions_stays_text(
    client: FormClient, people: People, at: str
) -> None:
    text = "# Badges\n\nA badge costs <script>alert(1)</script> four euros and <b>ten</b> cents."
    make_indexed(people.workspace.id, [Text("Badges", text)], "Badges")
    page = client.submit(at, {"question": "What does a badge cost? <img src=x>"}).text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "four euros" in page


def test_draft_and_published_are_asked_apart(
    client: FormClient, people: People, at: str, agent: Agent
) -> None:
    other = make_agent(people.workspace, name="Met", refusal="Met by visitors.")
    other.draft = other.draft | {"refusal": "Only a draft."}
    db.session.commit()
    path = at.replace(f"/{agent.id}/", f"/{other.id}/")
    question = {"question": "Who won the football match yesterday?"}
    assert "Only a draft." in client.submit(path, question).text
    assert "Met by visitors." in client.submit(path, question | {"of": "published"}).text


def test_own_answer_is_named_as_one(client: FormClient, at: str, agent: Agent) -> None:
    make_curated(agent)
    page = client.submit(at, {"question": "When are you open?"}).text
    assert "From nine to five." in page
    assert "Your own answer" in page


def test_index_that_is_away_is_said(
    client: FormClient, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise VectorsUnavailable("gone")

    monkeypatch.setattr("pitchbar.answers.lookup.search", away)
    answer = client.submit(at, {"question": "How long is a voucher worth?"})
    assert "cannot be reached" in answer.text
    assert 'value="How long is a voucher worth?"' in answer.text


def test_model_that_fails_is_told_of_in_words(app: Flask, client: FormClient, at: str) -> None:
    with model_of(app, Reply([b"no quota"], status=429)):
        page = client.submit(at, {"question": "How long is a voucher worth?"}).text
    assert "worth three years" in page
    assert "The model is not heard here: it is too busy" in page
