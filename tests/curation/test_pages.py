"""The pages of answers and of unanswered questions."""

import pytest

from pitchbar.agents.models import Agent
from pitchbar.chat.hooks import KeptTurn
from pitchbar.chat.models import Conversation, Message
from pitchbar.curation.gaps import list_gaps, note_feedback, note_turn
from pitchbar.curation.models import ANSWERED, DISMISSED, OPEN, CuratedAnswer, Gap
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.curation.factories import make_conversation, make_curated, make_gap, say
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People

FORM = {
    "question": "Do you sell spare wheels?",
    "answer": "Yes, in all sizes.",
    "given": "always",
    "is_active": "y",
}


@pytest.fixture
def agent(people: People) -> Agent:
    return make_agent(people.workspace)


@pytest.fixture
def at(client: FormClient, people: People, agent: Agent) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/agents/{agent.id}"


@pytest.fixture
def conversation(agent: Agent) -> Conversation:
    return make_conversation(agent)


def note(conversation: Conversation, text: str, **answer: object) -> tuple[Message, Message]:
    asked, answered = say(conversation, text, **(answer or {"is_refused": True}))
    note_turn(KeptTurn(conversation, asked, answered))
    db.session.commit()
    return asked, answered


class TestGaps:
    def test_refused_questions_of_one_meaning_are_one_gap(
        self, agent: Agent, conversation: Conversation
    ) -> None:
        for text in ("When are you open?", "What are your opening hours?", "Can I bring my dog?"):
            note(conversation, text)
        first, second = list_gaps(agent.id, OPEN, 0, 10)
        assert (first.title, first.count) == ("When are you open?", 2)
        assert (second.title, second.count) == ("Can I bring my dog?", 1)

    def test_a_good_answer_is_no_gap(self, agent: Agent, conversation: Conversation) -> None:
        note(conversation, "When are you open?", is_refused=False)
        assert not list_gaps(agent.id, OPEN, 0, 10)

    def test_a_turn_that_is_kept_twice_counts_once(
        self, agent: Agent, conversation: Conversation
    ) -> None:
        asked, answered = note(conversation, "When are you open?")
        note_turn(KeptTurn(conversation, asked, answered))
        assert list_gaps(agent.id, OPEN, 0, 10)[0].count == 1

    def test_an_answer_that_was_not_liked_is_one(
        self, agent: Agent, conversation: Conversation
    ) -> None:
        _, answered = note(conversation, "When are you open?", feedback="down")
        note_feedback(conversation, answered)
        assert list_gaps(agent.id, OPEN, 0, 10)[0].title == "When are you open?"

    def test_it_goes_with_the_messages_of_those_who_asked(
        self, client: FormClient, agent: Agent, conversation: Conversation, at: str
    ) -> None:
        note(conversation, "When are you open?")
        gap_id = db.session.query(Gap).one().id
        db.session.delete(conversation)
        db.session.commit()
        assert not list_gaps(agent.id, OPEN, 0, 10)
        assert "is forgotten" in client.get(f"{at}/gaps/{gap_id}").text

    def test_gap_that_was_put_aside_stays_aside(
        self, client: FormClient, agent: Agent, conversation: Conversation, at: str
    ) -> None:
        note(conversation, "When are you open?")
        gap = db.session.query(Gap).one()
        assert client.submit(f"{at}/gaps/{gap.id}/dismissal").status_code == 303
        note(conversation, "What are your opening hours?")
        assert list_gaps(agent.id, DISMISSED, 0, 10)[0].count == 2
        assert client.submit(f"{at}/gaps/{gap.id}/reopening").status_code == 303
        assert "opening hours" in client.get(f"{at}/gaps/{gap.id}").text

    def test_gap_of_another_agent_is_not_there(
        self, client: FormClient, people: People, at: str
    ) -> None:
        gap = make_gap(make_agent(people.workspace))
        assert client.get(f"{at}/gaps/{gap.id}").status_code == 404
        assert client.get(f"{at}/answers/new?gap={gap.id}").status_code == 404
        assert client.get(f"{at}/gaps/{2**63}").status_code == 404


class TestAnswering:
    def test_one_click_turns_a_gap_into_an_answer_that_is_proved(
        self, client: FormClient, agent: Agent, at: str
    ) -> None:
        gap = make_gap(agent, "Do you sell spare wheels?", "Do you have any spare wheels to buy?")
        page = client.get(f"{at}/gaps").text
        assert f"answers/new?gap={gap.id}" in page
        form = client.get(f"{at}/answers/new?gap={gap.id}").text
        assert 'value="Do you sell spare wheels?"' in form
        assert client.submit(f"{at}/answers", FORM | {"gap": str(gap.id)}).status_code == 303
        assert db.session.get_one(Gap, gap.id).state == ANSWERED
        one = db.session.query(CuratedAnswer).one()
        assert len(one.proof) == 2
        assert all(each["is_met"] for each in one.proof)

    def test_answer_that_does_not_hold_leaves_the_gap_open_and_says_which(
        self, client: FormClient, agent: Agent, at: str
    ) -> None:
        gap = make_gap(agent, "Do you sell spare wheels?")
        form = FORM | {"gap": str(gap.id), "question": "Is there a bell?"}
        answer = client.submit(f"{at}/answers", form)
        assert answer.status_code == 303
        assert "/edit" in answer.headers["Location"]
        assert db.session.get_one(Gap, gap.id).state == OPEN
        page = client.get(answer.headers["Location"]).text
        assert "Another answer came" in page
        assert "Does not hold" in client.get(f"{at}/answers").text

    def test_gap_whose_answer_is_deleted_waits_again(
        self, client: FormClient, agent: Agent, at: str
    ) -> None:
        gap = make_gap(agent, "Do you sell spare wheels?")
        client.submit(f"{at}/answers", FORM | {"gap": str(gap.id)})
        one = db.session.query(CuratedAnswer).one()
        assert client.submit(f"{at}/answers/{one.id}/deletion").status_code == 303
        assert db.session.get_one(Gap, gap.id).state == OPEN

    @pytest.mark.parametrize(
        ("field", "typed", "said"),
        [
            ("question", " ", "as a visitor would ask it"),
            ("question", "x" * 301, "300 characters"),
            ("answer", "", "what visitors should read"),
            ("answer", "x" * 4001, "4,000 characters"),
            ("variants", "\n".join(f"Question {n}" for n in range(21)), "20 at the most"),
            ("patterns", "a*", "three letters"),
            ("language", "!!", "such as en, de"),
            ("paths", "shop", "no path"),
        ],
    )
    def test_what_is_not_fit_is_said_at_its_field(
        self, client: FormClient, at: str, field: str, typed: str, said: str
    ) -> None:
        answer = client.submit(f"{at}/answers", FORM | {"variants": "One\nTwo", field: typed})
        assert answer.status_code == 422
        assert said in answer.text
        assert db.session.query(CuratedAnswer).count() == 0

    def test_answer_of_another_agent_is_not_there(
        self, client: FormClient, people: People, at: str
    ) -> None:
        one = make_curated(make_agent(people.workspace))
        assert client.get(f"{at}/answers/{one.id}/edit").status_code == 404
        assert client.submit(f"{at}/answers/{one.id}", FORM).status_code == 404

    @pytest.mark.settings(curated_answers_per_workspace=1)
    def test_one_too_many_is_refused(self, client: FormClient, agent: Agent, at: str) -> None:
        make_curated(agent)
        assert client.submit(f"{at}/answers", FORM).status_code == 409
