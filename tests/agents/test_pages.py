"""Agents as their people see them: made, edited, published, taken back, gone back to."""

import pytest

from pitchbar.agents.config import AgentConfig
from pitchbar.agents.models import Agent, AgentVersion
from pitchbar.agents.publication import draft_of, find_published
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.sources.services import delete_source
from tests.agents.factories import make_agent
from tests.sources.factories import make_source
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_workspace

FORM = {"name": "Help desk", "tone": "formal", "scope": "all", "accent": "#123456"}


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/agents"


def the_agent() -> Agent:
    return db.session.query(Agent).one()


class TestMaking:
    def test_new_agent_is_a_draft_that_nobody_meets(self, client: FormClient, at: str) -> None:
        answer = client.submit(at, {"name": "Help desk", "scope": "all"})
        assert answer.status_code == 303
        agent = the_agent()
        assert agent.name == "Help desk"
        assert AgentConfig.of(agent.draft).source_ids is None
        assert find_published(agent.public_id) is None

    def test_it_knows_only_the_sources_that_are_ticked(
        self, client: FormClient, people: People, at: str
    ) -> None:
        first, _second = (make_source(people.workspace, "text", text=f"Text {n}") for n in (1, 2))
        form = {"name": "Help desk", "scope": "chosen", "source_ids": str(first.id)}
        client.submit(at, form)
        assert AgentConfig.of(the_agent().draft).source_ids == (first.id,)

    def test_source_of_another_workspace_is_refused(
        self, client: FormClient, people: People, at: str
    ) -> None:
        other = make_source(people.elsewhere, "text", text="Not yours")
        form = {"name": "Help desk", "scope": "chosen", "source_ids": str(other.id)}
        answer = client.submit(at, form)
        assert answer.status_code == 422
        assert db.session.query(Agent).count() == 0

    def test_without_a_name_the_form_comes_back_with_what_was_typed(
        self, client: FormClient, at: str
    ) -> None:
        answer = client.submit(at, {"name": "  ", "scope": "all"})
        assert answer.status_code == 422
        assert "Give it a name" in answer.text

    @pytest.mark.settings(agents_per_workspace=1)
    def test_one_too_many_is_refused(self, client: FormClient, people: People, at: str) -> None:
        make_agent(people.workspace)
        answer = client.submit(at, {"name": "Second", "scope": "all"})
        assert answer.status_code == 409
        assert "can have 1 agents" in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Give it a name"),
        ("name", "x" * 81, "at most 80 characters"),
        ("persona", "x" * 1001, "at most 1,000 characters"),
        ("instructions", "x" * 4001, "at most 4,000 characters"),
        ("starters", "\n".join("abcdefg"), "6 questions at the most"),
        ("starters", "x" * 121, "120 characters"),
        ("language", "klingon!", "such as en, de"),
        ("threshold", "1.5", "0 to 1"),
        ("threshold", "much", "valid float"),
        ("threshold", "nan", "0 to 1"),
        ("accent", "red", "such as #0b7a5c"),
        ("accent", '#123456"/><script>', "such as #0b7a5c"),
        ("tone", "rude", "valid choice"),
        ("theme", "neon", "valid choice"),
    ],
)
def test_what_is_not_fit_is_said_at_its_field_and_nothing_typed_is_lost(
    client: FormClient, people: People, at: str, field: str, typed: str, said: str
) -> None:
    agent = make_agent(people.workspace)
    answer = client.submit(f"{at}/{agent.id}", FORM | {"greeting": "Grüß Gott", field: typed})
    assert answer.status_code == 422
    assert said in answer.text.lower() or said in answer.text
    assert "Grüß Gott" in answer.text
    assert "<script>" not in answer.text.split("<main")[1]
    assert the_agent().draft["name"] == "Helper"


class TestHours:
    def test_days_that_are_ticked_are_kept(
        self, client: FormClient, people: People, at: str
    ) -> None:
        agent = make_agent(people.workspace)
        hours = {"open_when": "sometimes", "day-0": "1", "opens-0": "08:30", "closes-0": "24:00"}
        assert client.submit(f"{at}/{agent.id}", FORM | hours).status_code == 303
        [monday] = AgentConfig.of(the_agent().draft).hours or ()
        assert (monday.day, monday.opens, monday.closes) == (0, "08:30", "24:00")

    @pytest.mark.parametrize("times", [("25:00", "26:00"), ("9", "17:00"), ("17:00", "09:00")])
    def test_times_that_are_none_are_refused(
        self, client: FormClient, people: People, at: str, times: tuple[str, str]
    ) -> None:
        agent = make_agent(people.workspace)
        hours = {"open_when": "sometimes", "day-3": "1", "opens-3": times[0], "closes-3": times[1]}
        answer = client.submit(f"{at}/{agent.id}", FORM | hours)
        assert answer.status_code == 422
        assert f'value="{times[0]}"' in answer.text


class TestPublishing:
    def test_visitors_meet_what_is_published_and_not_the_draft(
        self, client: FormClient, people: People, at: str
    ) -> None:
        agent = make_agent(people.workspace, name="Old")
        client.submit(f"{at}/{agent.id}", FORM | {"name": "New"})
        assert "changes wait in the draft" in " ".join(client.get(f"{at}/{agent.id}").text.split())
        served = find_published(agent.public_id)
        assert served
        assert served.config.name == "Old"
        assert draft_of(the_agent()).config.name == "New"
        assert client.submit(f"{at}/{agent.id}/publication").status_code == 303
        served = find_published(agent.public_id)
        assert served
        assert (served.config.name, served.version) == ("New", 2)

    def test_there_must_be_something_new(self, client: FormClient, people: People, at: str) -> None:
        agent = make_agent(people.workspace)
        answer = client.submit(f"{at}/{agent.id}/publication")
        assert answer.status_code == 409
        assert "nothing has changed" in answer.text

    def test_what_was_taken_back_is_met_no_longer(
        self, client: FormClient, people: People, at: str
    ) -> None:
        agent = make_agent(people.workspace)
        client.submit(f"{at}/{agent.id}/withdrawal")
        assert find_published(agent.public_id) is None
        assert client.submit(f"{at}/{agent.id}/withdrawal").status_code == 409

    def test_going_back_publishes_the_old_one_anew(
        self, client: FormClient, people: People, at: str
    ) -> None:
        agent = make_agent(people.workspace, name="First")
        client.submit(f"{at}/{agent.id}", FORM | {"name": "Second"})
        client.submit(f"{at}/{agent.id}/publication")
        page = client.get(f"{at}/{agent.id}/versions/1").text
        assert "First" in page
        assert "Second" in page
        assert client.submit(f"{at}/{agent.id}/versions/1/return").status_code == 303
        served = find_published(agent.public_id)
        assert served
        assert (served.config.name, served.version) == ("First", 3)
        assert the_agent().draft["name"] == "First"

    def test_going_back_leaves_out_sources_that_are_gone(
        self, client: FormClient, people: People, at: str
    ) -> None:
        source = make_source(people.workspace, "text", text="Hours: 9 to 5.")
        agent = make_agent(people.workspace, source_ids=(source.id,))
        client.submit(f"{at}/{agent.id}", FORM)
        client.submit(f"{at}/{agent.id}/publication")
        delete_source(source, SYSTEM)
        db.session.commit()
        assert client.submit(f"{at}/{agent.id}/versions/1/return").status_code == 303
        assert AgentConfig.of(the_agent().draft).source_ids == ()

    @pytest.mark.settings(agent_versions_kept=2)
    def test_old_versions_are_cleared_away(
        self, client: FormClient, people: People, at: str
    ) -> None:
        agent = make_agent(people.workspace)
        for n in range(3):
            client.submit(f"{at}/{agent.id}", FORM | {"name": f"Name {n}"})
            client.submit(f"{at}/{agent.id}/publication")
        numbers = [version.number for version in db.session.query(AgentVersion)]
        assert sorted(numbers) == [3, 4]
        assert client.get(f"{at}/{agent.id}/versions/1").status_code == 404


class TestAccess:
    def test_origins_and_paths_act_at_once(
        self, client: FormClient, people: People, at: str
    ) -> None:
        agent = make_agent(people.workspace, allowed_origins=())
        form = {
            "allowed_origins": "shop.example\nhttps://SHOP.example:443\nhttps://*.shop.example",
            "restricted_paths": "/checkout",
        }
        assert client.submit(f"{at}/{agent.id}/access", form).status_code == 303
        served = find_published(agent.public_id)
        assert served
        assert served.allowed_origins == ("https://shop.example", "https://*.shop.example")
        assert served.restricted_paths == ("/checkout",)

    @pytest.mark.parametrize(
        "typed",
        [
            "https://shop.example/path",
            "ftp://shop.example",
            "https://user@shop.example",
            "https://*",
            "https://sh*p.example",
            "https://*.*.example",
            "https://shop.example:99999",
            "https://büro.example",
            "javascript:alert(1)",
        ],
    )
    def test_what_is_no_site_is_refused(
        self, client: FormClient, people: People, at: str, typed: str
    ) -> None:
        agent = make_agent(people.workspace)
        answer = client.submit(f"{at}/{agent.id}/access", {"allowed_origins": typed})
        assert answer.status_code == 422
        assert the_agent().allowed_origins == ["https://shop.example"]

    @pytest.mark.parametrize("typed", ["checkout", "/a b", "/a?b=c", "/a#b"])
    def test_what_is_no_path_is_refused(
        self, client: FormClient, people: People, at: str, typed: str
    ) -> None:
        agent = make_agent(people.workspace)
        form = {"allowed_origins": "*", "restricted_paths": typed}
        assert client.submit(f"{at}/{agent.id}/access", form).status_code == 422


def test_list_says_what_visitors_meet(client: FormClient, people: People, at: str) -> None:
    assert "Nobody answers yet" in client.get(at).text
    make_agent(people.workspace, name="Shown")
    make_agent(people.workspace, name="Hidden", is_published=False)
    make_agent(make_workspace(people.owner), name="Elsewhere")
    page = client.get(at).text
    assert "Version 1" in page
    assert "Draft" in page
    assert "Elsewhere" not in page


def test_preview_shows_what_is_typed(client: FormClient, at: str) -> None:
    typed = "name=<b>Ada&accent=%23ffee00&starters=One%0ATwo&theme=dark"
    page = client.get(f"{at}/preview?{typed}").text
    assert "&lt;b&gt;Ada" in page
    assert 'fill="#ffee00"' in page
    assert 'stroke="#000000"' in page
    assert "is-dark" in page
    assert page.count("agent-starter") == 2
    assert 'fill="#0b7a5c"' in client.get(f"{at}/preview?accent=url(x)&theme=neon").text


def test_deleting_is_told_and_takes_its_versions(
    client: FormClient, people: People, at: str
) -> None:
    agent = make_agent(people.workspace)
    assert "cannot be undone" in client.get(f"{at}/{agent.id}/delete").text
    client.submit(f"{at}/{agent.id}/deletion")
    assert db.session.query(Agent).count() == db.session.query(AgentVersion).count() == 0
    assert db.session.query(AuditEntry).filter_by(action="agent.deleted").count() == 1


class TestManyMistakes:
    def test_all_are_told_at_once_and_nothing_typed_is_lost(
        self, client: FormClient, people: People, at: str
    ) -> None:
        agent = make_agent(people.workspace)
        wrong = {
            **FORM,
            "name": " ",
            "accent": "blue",
            "threshold": "7",
            "starters": "x" * 121,
            "open_when": "sometimes",
            "day-0": "1",
            "opens-0": "late",
            "closes-0": "17:00",
        }
        answer = client.submit(f"{at}/{agent.id}", wrong)
        assert answer.status_code == 422
        for sentence in (
            "Give it a name",
            "Enter a colour such as",
            "It can be 0 to 1",
            "A question can have 120 characters",
            "Enter times such as 09:00",
        ):
            assert sentence in answer.text
        assert 'value="blue"' in answer.text
        assert "x" * 121 in answer.text
