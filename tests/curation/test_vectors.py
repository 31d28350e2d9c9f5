"""A turn reads none of the curated questions but those that come near, and finds the same one."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from pitchbar.agents.models import Agent
from pitchbar.clients.embeddings import PACKAGED, EmbeddingsUnavailable, PackagedEmbedder
from pitchbar.curation import meaning, vectors
from pitchbar.curation.meaning import nearness
from pitchbar.curation.models import CuratedAnswer
from pitchbar.curation.services import update_curated
from pitchbar.curation.tasks import fill_vectors
from pitchbar.curation.vectors import near_questions
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.curation.factories import make_curated
from tests.curation.test_answers import OTHERS, SAME, ask
from tests.support.factories import People


@pytest.fixture
def agent(people: People) -> Agent:
    return make_agent(people.workspace)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the model reads from here on, of what nothing is known yet."""
    found: list[str] = []
    real = PackagedEmbedder.read

    def note(self: PackagedEmbedder, text: str) -> Any:
        found.append(text)
        return real(self, text)

    meaning._read.cache_clear()
    monkeypatch.setattr(PackagedEmbedder, "read", note)
    yield found
    meaning._read.cache_clear()


def forget(one: CuratedAnswer) -> None:
    """As the release before saves it."""
    one.vectors = one.vectors_of = None
    db.session.commit()


def test_a_turn_reads_only_what_comes_near(agent: Agent, read: list[str]) -> None:
    one = make_curated(agent, variants=["At which hours can I come by?"])
    make_curated(agent, question="Do you ship to Austria?")
    make_curated(agent, question="Is there parking at the museum?")
    meaning._read.cache_clear()
    read.clear()
    assert ask(agent, "What are your opening hours?").curated_id == one.id
    assert "When are you open?" in read
    assert not {"Do you ship to Austria?", "Is there parking at the museum?"} & set(read)


@pytest.mark.parametrize(("known", "asked"), [*SAME, *OTHERS])
def test_nothing_that_means_the_same_is_passed_over(agent: Agent, known: str, asked: str) -> None:
    one = make_curated(agent, question=known)
    for n in range(10):
        make_curated(agent, question=f"What is room {n} of the house like, and for whom is it?")
    found = near_questions([one], asked)[one.id]
    assert bool(found) >= (nearness(known, asked) > 0)
    assert (ask(agent, asked or "?").curated_id == one.id) is (nearness(known, asked) > 0)


def test_a_changed_question_is_found_by_its_new_words(agent: Agent) -> None:
    one = make_curated(agent)
    update_curated(agent, one, SYSTEM, question="Do you ship to Austria?")
    db.session.commit()
    assert ask(agent, "Can you deliver to Austria?").curated_id == one.id
    assert ask(agent, "What are your opening hours?").curated_id is None


def test_the_release_before_changes_a_question_and_not_its_vectors(agent: Agent) -> None:
    one = make_curated(agent)
    one.question = "Do you ship to Austria?"
    db.session.commit()
    assert ask(agent, "Can you deliver to Austria?").curated_id == one.id


def test_what_was_saved_without_is_found_and_filled_in(agent: Agent, read: list[str]) -> None:
    one, other = make_curated(agent), make_curated(agent, question="Do you ship to Austria?")
    forget(one)
    other.vectors_of = "another-model:0011223344556677"
    db.session.commit()
    assert ask(agent, "What are your opening hours?").curated_id == one.id
    fill_vectors()
    for filled in (one, other):
        db.session.refresh(filled)
        assert (filled.vectors_of or "").startswith(f"{PACKAGED}:")
    read.clear()
    assert vectors.fill_vectors(9) == 0
    assert not read


@pytest.mark.settings(embeddings_model="none")
def test_without_a_model_there_are_none_and_words_count(agent: Agent) -> None:
    one = make_curated(agent, question="Do you ship parcels to Austria?")
    assert one.vectors is None
    assert vectors.fill_vectors(9) == 0
    assert ask(agent, "do you ship parcels to Austria").curated_id == one.id


def test_a_model_that_cannot_be_used_keeps_nobody_from_saving(
    app: Flask, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(_text: str) -> None:
        raise EmbeddingsUnavailable("the file of the packaged model is not the one")

    monkeypatch.setattr(vectors, "reading_of", unavailable)
    assert make_curated(agent).vectors is None
