"""Answers that people wrote: which question gets which, where, when, and in which language."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pitchbar.agents.models import Agent
from pitchbar.agents.publication import draft_of
from pitchbar.answers.answering import answer
from pitchbar.answers.turns import CURATED, Answered, Turn
from pitchbar.core import clock
from pitchbar.curation.meaning import is_same
from pitchbar.curation.patterns import fits, refuse_pattern
from tests.agents.factories import make_agent
from tests.curation.factories import make_curated
from tests.support.factories import People

SAME = [
    ("What are your opening hours?", "When are you open?"),
    ("Do you ship to Austria?", "Can you deliver to Austria?"),
    ("What does the Growth plan cost?", "price of the Growth plan"),
    ("Do you offer student discounts?", "Is there a discount for students?"),
    ("Can I park at the museum?", "Is there parking at the museum?"),
    ("How do I delete my account?", "remove my account please"),
    ("When are you open?", "when are you OPEN??"),
]
OTHERS = [
    ("How do I cancel my order?", "How do I change my order?"),
    ("Do you ship to Austria?", "Do you ship to Australia?"),
    ("What does the Growth plan cost?", "What does the Scale plan cost?"),
    ("How do I reset my password?", "How do I reset my e-mail address?"),
    ("When are you open on Sundays?", "when are you open on mondays?"),
    ("Can I bring my dog?", "Can I bring my bicycle?"),
    ("How do I delete my account?", "How do I create an account?"),
    ("Is there a limit of scans?", "Is there a limit of members?"),
    ("Are 3 people too many?", "Are 30 people too many?"),
    ("What are your opening hours?", ""),
    ("What are your opening hours?", "???"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_questions_of_one_meaning_are_known(people: People, one: str, other: str) -> None:
    assert is_same(one, other)
    assert is_same(other, one)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_questions_that_ask_something_else_are_not(people: People, one: str, other: str) -> None:
    assert not is_same(one, other)
    assert not is_same(other, one)


@pytest.mark.settings(embeddings_model="none")
def test_without_a_model_the_same_words_count(people: People) -> None:
    assert is_same("Do you ship parcels to Austria?", "do you ship parcels to Austria")
    assert not is_same("Do you ship to Austria?", "Can you deliver to Austria?")


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        ("refund*", "How are refunds paid?", True),
        ("refund*", "I refunded nothing", True),
        ("refund", "How are refunds paid?", False),
        ("cancel* order", "Can I cancel an old order?", True),
        ("cancel* order", "The order: can I cancel it?", False),
        ("Öffnung*", "Wann sind eure öffnungszeiten", True),
        ("", "anything", False),
        ("*", "anything", False),
    ],
)
def test_patterns_are_words_in_their_order(pattern: str, text: str, does: bool) -> None:
    assert fits(pattern, text) is does


@pytest.mark.parametrize("pattern", ["", "*", "a*", "ab* order", "!!!", "x" * 201])
def test_patterns_that_fit_everything_or_nothing_are_refused(pattern: str) -> None:
    assert refuse_pattern(pattern)


def ask(agent: Agent, text: str, **more: Any) -> Answered:
    *_, last = answer(Turn(draft_of(agent), text, **more))
    assert isinstance(last, Answered)
    return last


@pytest.fixture
def agent(people: People) -> Agent:
    return make_agent(people.workspace)


class TestWhoGetsIt:
    def test_the_question_in_other_words_gets_it_word_for_word(self, agent: Agent) -> None:
        one = make_curated(agent)
        last = ask(agent, "What are your opening hours?")
        assert (last.text, last.mode, last.curated_id) == ("From nine to five.", CURATED, one.id)
        assert not last.is_refused

    def test_another_question_does_not(self, agent: Agent) -> None:
        make_curated(agent)
        assert ask(agent, "Where are you?").curated_id is None

    def test_what_is_switched_off_is_not_given(self, agent: Agent) -> None:
        make_curated(agent, is_active=False)
        assert ask(agent, "When are you open?").curated_id is None

    def test_of_two_the_agents_own_is_given(self, people: People, agent: Agent) -> None:
        own = make_curated(agent, answer="Ours.")
        make_curated(make_agent(people.workspace), answer="Of all.", of_all=True)
        assert ask(agent, "When are you open?").curated_id == own.id

    def test_another_agent_gives_what_is_of_all_alone(self, people: People, agent: Agent) -> None:
        make_curated(agent, answer="Ours.")
        other = make_agent(people.workspace)
        assert ask(other, "When are you open?").curated_id is None
        of_all = make_curated(agent, of_all=True)
        assert ask(other, "When are you open?").curated_id == of_all.id

    def test_another_workspace_gets_nothing(self, people: People, agent: Agent) -> None:
        make_curated(agent, of_all=True)
        assert ask(make_agent(people.elsewhere), "When are you open?").curated_id is None

    def test_only_on_its_paths(self, agent: Agent) -> None:
        one = make_curated(agent, paths=["/shop"])
        where = {"/shop": True, "/shop/a": True, "/shopping": False, "/": False}
        for path, is_given in where.items():
            last = ask(agent, "When are you open?", page_url=f"https://a.example{path}?b=c")
            assert (last.curated_id == one.id) is is_given, path

    def test_only_to_its_language(self, agent: Agent) -> None:
        one = make_curated(agent, question="Wann habt ihr offen?", language="de")
        assert ask(agent, "Wann habt ihr offen?", language="de").curated_id == one.id
        last = ask(agent, "wann habt ihr offen?", language="en")
        assert last.curated_id in (one.id, None)

    @pytest.mark.parametrize(
        ("given", "hour", "is_given"),
        [("open", 10, True), ("open", 20, False), ("closed", 10, False), ("closed", 20, True)],
    )
    def test_only_at_its_time(
        self,
        people: People,
        monkeypatch: pytest.MonkeyPatch,
        given: str,
        hour: int,
        is_given: bool,
    ) -> None:
        people.workspace.time_zone = "UTC"
        hours = [{"day": 0, "opens": "09:00", "closes": "17:00"}]
        agent = make_agent(people.workspace, hours=hours)
        one = make_curated(agent, given=given)
        monday = datetime(2026, 11, 23, hour, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: monday)
        assert (ask(agent, "When are you open?").curated_id == one.id) is is_given
