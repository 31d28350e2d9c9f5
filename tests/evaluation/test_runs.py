"""The regression set: where its questions come from, what a run finds, and what has changed."""

import pytest

from pitchbar.agents.models import Agent
from pitchbar.agents.services import publish_agent, update_agent
from pitchbar.chat.hooks import feedback_given
from pitchbar.chat.models import Conversation, Visitor
from pitchbar.core.personal_data import Whom, list_holdings_to_erase
from pitchbar.evaluation.matching import rank_of
from pitchbar.evaluation.models import (
    DONE,
    PUBLISHED,
    RECONFIGURED,
    REINDEXED,
    RegressionQuestion,
    RegressionResult,
    RegressionRun,
)
from pitchbar.evaluation.runs import ask_next, compare, list_runs
from pitchbar.evaluation.tasks import give_up, run_regression, run_where_setup_changed
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Queue
from pitchbar.settings import current_settings
from tests.agents.factories import make_agent
from tests.answers.hits import make_hit
from tests.curation.factories import make_conversation, make_curated, say
from tests.evaluation.factories import make_finished, make_question, make_run
from tests.retrieval.factories import Text, handbook, make_generation, make_indexed
from tests.sources.factories import work_off
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People

KNOWN = "How long is a voucher worth?"
UNKNOWN = "Who won the football match yesterday?"


@pytest.fixture
def agent(people: People) -> Agent:
    return make_agent(people.workspace)


@pytest.fixture
def at(client: FormClient, people: People, agent: Agent) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/agents/{agent.id}"


def results(run: RegressionRun) -> dict[str, RegressionResult]:
    return {one.question.text: one.now for one in compare(run, None)}


class TestRuns:
    def test_run_says_what_was_answered_found_and_right(self, people: People, agent: Agent) -> None:
        make_indexed(people.workspace.id, handbook())
        make_question(
            agent, KNOWN, expected="A voucher is worth three years and is never paid out."
        )
        make_question(agent, UNKNOWN, must_refuse=True)
        make_question(agent, "Where do bicycles go?", expected="Something nobody ever wrote down.")
        make_question(agent, "How tall is the tower of the town hall?")
        run = make_run(agent)
        run_regression(run.id)
        assert run.state == DONE
        assert (run.asked, run.passed, run.expecting, run.found) == (4, 2, 2, 1)
        found = results(run)
        assert found[KNOWN].is_passed
        assert found[KNOWN].rank == 1
        assert found[UNKNOWN].is_passed
        assert not found[UNKNOWN].is_answered
        assert not found["Where do bicycles go?"].is_passed
        assert "quotes" in run.setup

    def test_before_and_after_show_what_changed(
        self, client: FormClient, people: People, agent: Agent, at: str
    ) -> None:
        source = make_indexed(people.workspace.id, handbook())
        make_question(agent, KNOWN)
        first = make_run(agent)
        run_regression(first.id)
        make_generation(source, [Text("Parking", "# Parking\n\nThere is none for cars.")])
        work_off(Queue.INDEX, Queue.ANALYTICS)
        latest, _ = list_runs(agent.id, 0, 5)
        assert latest.reason == REINDEXED
        [changed] = compare(latest, first)
        assert changed.is_changed
        assert not changed.now.is_passed
        page = client.get(f"{at}/tests/runs/{latest.number}").text
        assert "was right before" in page
        assert "-100" in page
        assert f"Run {latest.number}" in client.get(f"{at}/tests").text

    def test_publishing_runs_them(self, agent: Agent) -> None:
        make_question(agent, UNKNOWN)
        update_agent(agent, SYSTEM, greeting="Hello")
        publish_agent(agent, SYSTEM, current_settings())
        db.session.commit()
        work_off(Queue.INDEX, Queue.ANALYTICS)
        [run] = list_runs(agent.id, 0, 5)
        assert (run.reason, run.state, run.version) == (PUBLISHED, DONE, 2)

    def test_another_threshold_runs_them(self, agent: Agent) -> None:
        make_question(agent, UNKNOWN)
        run_regression(make_run(agent).id)
        run_where_setup_changed()
        assert len(list_runs(agent.id, 0, 5)) == 1
        run = list_runs(agent.id, 0, 1)[0]
        run.setup = "another model"
        db.session.commit()
        run_where_setup_changed()
        assert list_runs(agent.id, 0, 1)[0].reason == RECONFIGURED

    def test_job_that_is_killed_goes_on_where_it_was(self, agent: Agent) -> None:
        for n in range(3):
            make_question(agent, f"{UNKNOWN} {n}")
        run = make_run(agent)
        assert not ask_next(run, 2)
        assert db.session.query(RegressionResult).count() == 2
        run_regression(run.id)
        run_regression(run.id)
        assert (run.state, run.asked) == (DONE, 3)

    def test_run_that_gives_up_says_so(self, client: FormClient, agent: Agent, at: str) -> None:
        make_question(agent)
        run = make_run(agent)
        give_up(AttemptError(1, "timeout"), run.id)
        assert "It broke off" in client.get(f"{at}/tests/runs/{run.number}").text
        assert client.submit(f"{at}/tests/runs").status_code == 303

    def test_long_run_comes_in_pages_what_is_wrong_first(
        self, client: FormClient, agent: Agent, at: str
    ) -> None:
        run = make_finished(agent, right=51, wrong=1)
        first = client.get(f"{at}/tests/runs/{run.number}").text
        assert first.count("<details>") == 50
        assert "Wrong 0" in first
        assert "52 questions, page" in first
        second = client.get(f"{at}/tests/runs/{run.number}?page=2").text
        assert second.count("<details>") == 2
        assert "Right 50" in second
        assert client.get(f"{at}/tests/runs/{run.number}?page={10**30}").status_code == 200

    def test_two_at_once_are_refused_and_none_without_questions(
        self, client: FormClient, agent: Agent, at: str
    ) -> None:
        assert client.submit(f"{at}/tests/runs").status_code == 409
        make_question(agent)
        assert client.submit(f"{at}/tests/runs").status_code == 303
        answer = client.submit(f"{at}/tests/runs")
        assert answer.status_code == 409
        assert "under way" in answer.text

    @pytest.mark.settings(regression_runs_kept=2)
    def test_old_runs_are_cleared_away(self, agent: Agent) -> None:
        make_question(agent, UNKNOWN)
        for _ in range(4):
            run_regression(make_run(agent).id)
        assert [run.number for run in list_runs(agent.id, 0, 9)] == [4, 3]


class TestQuestions:
    def test_thumbs_down_becomes_one_and_goes_with_the_visitor(
        self, people: People, agent: Agent
    ) -> None:
        conversation = make_conversation(agent)
        _, answer = say(conversation, "When are you open?", feedback="down")
        feedback_given(conversation, answer)
        feedback_given(conversation, answer)
        db.session.commit()
        [one] = db.session.query(RegressionQuestion)
        assert (one.text, one.origin) == ("When are you open?", "disliked")
        erase(people.workspace.id, conversation)
        assert db.session.query(RegressionQuestion).count() == 0

    def test_thumbs_up_does_not(self, agent: Agent) -> None:
        conversation = make_conversation(agent)
        _, answer = say(conversation, "When are you open?", feedback="up")
        feedback_given(conversation, answer)
        assert db.session.query(RegressionQuestion).count() == 0

    def test_answer_by_hand_becomes_one(self, agent: Agent) -> None:
        make_curated(agent)
        [one] = db.session.query(RegressionQuestion)
        assert (one.text, one.origin) == ("When are you open?", "corrected")

    def test_passage_of_the_playground_is_expected(
        self, client: FormClient, people: People, agent: Agent, at: str
    ) -> None:
        make_indexed(people.workspace.id, handbook())
        page = client.submit(f"{at}/playground", {"question": KNOWN}).text
        chunk = page.partition('name="chunk_id" value="')[2].partition('"')[0]
        client.submit(f"{at}/tests/questions", {"text": KNOWN, "chunk_id": chunk})
        [one] = db.session.query(RegressionQuestion)
        assert "worth three years" in one.expected

    def test_passage_of_another_workspace_is_none(
        self, client: FormClient, people: People, at: str
    ) -> None:
        make_indexed(people.elsewhere.id, handbook())
        answer = client.submit(f"{at}/tests/questions", {"text": KNOWN, "chunk_id": "1"})
        assert answer.status_code == 422
        assert db.session.query(RegressionQuestion).count() == 0

    @pytest.mark.parametrize(
        ("form", "said"),
        [
            ({"text": " "}, "as a visitor would ask it"),
            ({"text": "x" * 501}, "500 characters"),
            ({"text": "A?", "expected": "B", "must_refuse": "y"}, "no passage can be expected"),
        ],
    )
    def test_what_is_not_fit_is_said_at_its_field(
        self, client: FormClient, at: str, form: dict[str, str], said: str
    ) -> None:
        answer = client.submit(f"{at}/tests/questions", form)
        assert answer.status_code == 422
        assert said in answer.text

    @pytest.mark.settings(regression_questions_per_agent=1)
    def test_one_too_many_is_refused(self, client: FormClient, agent: Agent, at: str) -> None:
        make_question(agent)
        answer = client.submit(f"{at}/tests/questions", {"text": "Another one?"})
        assert answer.status_code == 409

    def test_question_of_another_agent_is_not_there(
        self, client: FormClient, people: People, at: str
    ) -> None:
        one = make_question(make_agent(people.workspace))
        assert client.submit(f"{at}/tests/questions/{one.id}/deletion").status_code == 404


def erase(workspace_id: int, conversation: Conversation) -> None:
    visitor = db.session.get_one(Visitor, conversation.visitor_id)
    whom = Whom(visitor=str(visitor.public_id))
    for holding in list_holdings_to_erase():
        holding.erase(db.session(), workspace_id, whom)
    db.session.commit()


def test_passage_counts_as_found_though_it_was_cut_elsewhere() -> None:
    text = "A voucher is worth three years and is never paid out in money to anybody."
    others = "A voucher is worth nothing at all to us in these long years."
    assert rank_of(text, [make_hit("Nothing."), make_hit(f"Before it. {text} Behind it.")]) == 2
    assert rank_of(text, [make_hit("A voucher is worth three years and is never paid out.")]) == 1
    assert rank_of(text, [make_hit(others)]) is None
    assert rank_of("", [make_hit("Something.")]) is None
