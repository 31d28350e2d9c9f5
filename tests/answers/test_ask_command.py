"""`pitchbar ask --agent`."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from pitchbar import create_app
from pitchbar.answers.commands import ask
from pitchbar.commands import Console
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.agents.factories import make_agent
from tests.retrieval.factories import handbook, make_indexed
from tests.support.factories import People

Run = Callable[..., Result]
QUESTION = "How long is a voucher worth?"

pytestmark = pytest.mark.settings(embeddings_model="none")


@pytest.fixture
def run(settings: Settings) -> Run:
    def asked(*words: str) -> Result:
        db.session.commit()
        done = CliRunner().invoke(ask, list(words), obj=Console(settings, create_app))
        db.session.rollback()
        return done

    return asked


def test_an_agent_answers_in_a_terminal_with_its_citations(people: People, run: Run) -> None:
    make_indexed(people.workspace.id, handbook())
    told = run(QUESTION, "--agent", make_agent(people.workspace).public_id)
    assert told.exit_code == 0, told.output
    assert "A voucher is worth three years and is never paid out. [1]" in told.output
    assert "[1] Refunds  https://site.example/refunds#:~:text=A%20voucher" in told.output
    assert "without a language model" in told.output


def test_what_it_does_not_know_is_refused_with_what_it_offers(people: People, run: Run) -> None:
    make_indexed(people.workspace.id, handbook())
    told = run("How tall is the Eiffel Tower?", "--agent", make_agent(people.workspace).public_id)
    assert "could not find an answer" in told.output
    assert "a person of the workspace or to leave an address" in told.output


def test_programs_get_all_of_a_turn(people: People, run: Run) -> None:
    make_indexed(people.workspace.id, handbook())
    told = run(QUESTION, "--json", "--agent", make_agent(people.workspace).public_id)
    answered = json.loads(told.output)
    assert answered["mode"] == "extractive"
    assert answered["trace"]["hits"][answered["citations"][0]["hit"]]["title"] == "Refunds"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--agent", "ag_nobody"), "No agent ag_nobody is published."),
        ((), "Name an agent (--agent) or a workspace (--workspace)."),
        (("--agent", "ag_x", "--workspace", "corner"), "Name an agent (--agent)"),
        (("--workspace", "nowhere"), "There is no workspace at nowhere."),
    ],
)
def test_who_is_asked_must_be_there(
    people: People, run: Run, words: tuple[str, ...], sentence: str
) -> None:
    told = run(QUESTION, *words)
    assert told.exit_code != 0
    assert sentence in told.output


def test_a_draft_is_not_asked(people: People, run: Run) -> None:
    agent = make_agent(people.workspace, is_published=False)
    assert "is published" in run(QUESTION, "--agent", agent.public_id).output
