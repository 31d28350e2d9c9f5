"""The second look at what was found, by the words of passages."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from pitchbar.clients.embeddings import PackagedEmbedder, packaged_embedder
from pitchbar.extensions import db
from pitchbar.retrieval import late_interaction, search
from pitchbar.retrieval.late_interaction import COMPARED, reordered
from pitchbar.retrieval.passages import Scored
from pitchbar.sources.models import Chunk, Document, Embedding
from tests.retrieval.factories import Text, handbook, make_indexed
from tests.support.factories import People

QUESTION = "When does the boat depart?"
# The answer is one line among many; the other text is about boats throughout.
BUSY = Text(
    "Island",
    "# Island\n\nThe shop sells bread, maps and sun hats. Tents may stand behind the dunes. The"
    " ferry leaves at nine. Seals rest on the northern beach, and the lighthouse is shut.",
)
BOATS = Text(
    "Boats",
    "# Boats\n\nA boat floats on water. A boat may be of wood, and a boat may be of steel.",
)


@pytest.fixture
def reader() -> PackagedEmbedder:
    model = packaged_embedder()
    assert model is not None
    return model


def _scored(*titles: str) -> list[Scored]:
    """The first one is a little ahead."""
    rows = db.session.execute(select(Document.title, Chunk.id).join(Chunk))
    ids = {row[0]: row[1] for row in rows}
    return [
        Scored(ids[title], 1, 1, title, 0.6 - at / 100, 1.0, 0.5) for at, title in enumerate(titles)
    ]


def _titles(found: Sequence[Scored]) -> list[str]:
    return [one.content_hash for one in found]


def test_a_passage_of_which_few_words_answer_comes_before_one_about_the_same(
    people: People, reader: PackagedEmbedder
) -> None:
    make_indexed(people.workspace.id, [BUSY, BOATS])
    found = _scored("Boats", "Island")
    again = reordered(QUESTION, found, ["en"], reader)
    assert _titles(again) == ["Island", "Boats"]
    # The bounds are what they were.
    assert [one.score for one in again] == pytest.approx([0.6, 0.59])
    assert (again[0].lexical, again[0].cosine) == (1.0, 0.5)


def test_of_passages_that_were_level_the_nearer_comes_first(
    people: People, reader: PackagedEmbedder
) -> None:
    make_indexed(people.workspace.id, [BOATS, BUSY])
    found = [replace(one, score=0.5) for one in _scored("Island", "Boats")]
    again = reordered(QUESTION, list(reversed(found)), ["en"], reader)
    assert _titles(again) == ["Island", "Boats"]
    assert [one.score for one in again] == [0.5, 0.5]


def test_search_looks_a_second_time(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    make_indexed(people.workspace.id, [*handbook(), BUSY, BOATS])
    question = "When will the boat leave?"
    assert search.search(people.workspace.id, question).hits[0].title == "Island"
    monkeypatch.setattr(search, "reordered", lambda _question, found, *_rest: found)
    assert search.search(people.workspace.id, question).hits[0].title == "Boats"


@pytest.mark.parametrize("question", ["?!", "the of and", ""])
def test_a_question_without_words_leaves_the_order(
    people: People, reader: PackagedEmbedder, question: str
) -> None:
    make_indexed(people.workspace.id, [BUSY, BOATS])
    found = _scored("Boats", "Island")
    assert reordered(question, found, ["en"], reader) == found


def test_words_that_are_not_kept_of_one_leave_the_order_of_all(
    people: People, reader: PackagedEmbedder
) -> None:
    make_indexed(people.workspace.id, [BUSY, BOATS])
    found = _scored("Boats", "Island")
    one = update(Embedding).where(Embedding.chunk_id == found[0].chunk_id)
    db.session.execute(one.values(token_vectors=None))
    assert reordered(QUESTION, found, ["en"], reader) == found


def test_nothing_and_one_alone_stay_what_they_are(people: People, reader: PackagedEmbedder) -> None:
    make_indexed(people.workspace.id, [BUSY])
    assert reordered(QUESTION, [], ["en"], reader) == []
    found = _scored("Island")
    assert reordered(QUESTION, found, ["en"], reader) == found


def test_those_that_are_not_compared_stay_behind(
    people: People, reader: PackagedEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_indexed(people.workspace.id, [BUSY, BOATS, Text("Till", "# Till\n\nThe ferry departs.")])
    monkeypatch.setattr(late_interaction, "COMPARED", 2)
    again = reordered(QUESTION, _scored("Boats", "Island", "Till"), ["en"], reader)
    assert _titles(again) == ["Island", "Boats", "Till"]


def test_as_many_come_as_were_asked_for(people: People) -> None:
    texts = [Text(f"Boat {n}", f"# Boat {n}\n\nThe boat number {n} departs.") for n in range(24)]
    make_indexed(people.workspace.id, texts)
    ids = [one.chunk_id for one in search.search(people.workspace.id, QUESTION, limit=20).hits]
    assert len(ids) == len(set(ids)) == 20 > COMPARED
    assert len(search.search(people.workspace.id, QUESTION, limit=3).hits) == 3
