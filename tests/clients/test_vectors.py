"""The folder and the server answer alike."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pitchbar.clients.vectors import (
    DENSE,
    SPARSE,
    Candidate,
    Collection,
    Point,
    Probe,
    SparseVector,
    VectorStore,
    VectorsUnavailable,
    Where,
    find_candidates,
    point_id,
)
from pitchbar.clients.vectors_folder import FolderStore
from pitchbar.clients.vectors_server import ServerStore
from tests.fakes.qdrant import FakeQdrant, fake_qdrant

MODEL = Collection("a model", 3)
WORDS = Collection()


def _point(
    generation: int, chunk: int, dense: list[float] | None, words: dict[int, float], owner: int = 1
) -> Point:
    payload = {"workspace_id": owner, "generation_id": generation, "chunk_id": chunk}
    sparse = SparseVector(tuple(sorted(words)), tuple(words[one] for one in sorted(words)))
    return Point(point_id(generation, chunk), dense, sparse, payload)


POINTS = [
    _point(1, 1, [1.0, 0.0, 0.0], {7: 1.0, 8: 2.0}),
    _point(1, 2, [0.6, 0.8, 0.0], {7: 1.5, 9: 1.0}),
    _point(1, 3, [0.0, 0.0, 1.0], {7: 0.5}),
    _point(2, 4, [1.0, 0.0, 0.0], {9: 1.0}),
    _point(3, 5, [1.0, 0.0, 0.0], {9: 3.0}, owner=2),
]


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, FakeQdrant]]:
    with fake_qdrant() as made:
        yield made


@pytest.fixture(params=["folder", "server"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, server: tuple[str, FakeQdrant]
) -> Iterator[VectorStore]:
    url, fake = server
    fake.collections.clear()
    fake.points.clear()
    fake.status = 0
    made: VectorStore = (
        FolderStore(tmp_path / "vectors") if request.param == "folder" else ServerStore(url)
    )
    yield made
    made.close()


def _ids(candidates: list[Candidate]) -> dict[int, Candidate]:
    return {one.payload["chunk_id"]: one for one in candidates}


def test_both_measures_are_known_of_every_candidate(store: VectorStore) -> None:
    store.upsert(MODEL, POINTS)
    asked = SparseVector((9,), (1.0,))
    found = _ids(find_candidates(store, MODEL, [1.0, 0.0, 0.0], asked, Where(1, (1,)), 1))
    # One is the best by words, the other by meaning; each has both scores.
    assert found.keys() == {1, 2}
    assert found[2].lexical > 0
    assert found[2].cosine == pytest.approx(0.6)
    assert found[1].lexical == 0
    assert found[1].cosine == pytest.approx(1.0)


def test_words_weigh_by_how_rare_they_are_in_the_workspace(store: VectorStore) -> None:
    store.upsert(MODEL, POINTS)
    asked = Probe(SPARSE, SparseVector((7, 9), (1.0, 1.0)), Where(1), 10)
    scores = {one.payload["chunk_id"]: one.score for one in store.query(MODEL, [asked])[0]}
    # Of four chunks, three have 7 and two have 9: log(1 + (n - df + 0.5) / (df + 0.5)).
    assert scores[3] == pytest.approx(0.5 * 0.3567, abs=1e-3)
    assert scores[4] == pytest.approx(0.6931, abs=1e-3)
    assert scores[2] == pytest.approx(1.5 * 0.3567 + 0.6931, abs=1e-3)


@pytest.mark.parametrize(
    ("where", "chunks"),
    [
        (Where(), {1, 2, 3, 4, 5}),
        (Where(1), {1, 2, 3, 4}),
        (Where(2), {5}),
        (Where(1, (1,)), {1, 2, 3}),
        (Where(1, (1, 2)), {1, 2, 3, 4}),
        (Where(1, ()), set()),
        (Where(2, (1,)), set()),
        (Where(point_ids=(point_id(1, 2),)), {2}),
    ],
)
def test_only_what_is_chosen_is_found_counted_and_deleted(
    store: VectorStore, where: Where, chunks: set[int]
) -> None:
    store.upsert(MODEL, POINTS)
    [found] = store.query(MODEL, [Probe(DENSE, [1.0, 0.0, 0.0], where, 10)])
    assert {one.payload["chunk_id"] for one in found} == chunks
    assert store.count(MODEL.name, where) == len(chunks)
    store.delete(MODEL.name, where)
    left = {one.payload["chunk_id"] for one in store.scroll(MODEL.name, Where(), None, 10)[0]}
    assert left == {1, 2, 3, 4, 5} - chunks


def test_to_put_a_point_in_twice_is_to_put_it_in_once(store: VectorStore) -> None:
    store.upsert(MODEL, POINTS)
    store.upsert(MODEL, [_point(1, 1, [0.0, 1.0, 0.0], {5: 1.0})])
    assert store.count(MODEL.name, Where(1, (1,))) == 3
    [found] = store.query(MODEL, [Probe(DENSE, [0.0, 1.0, 0.0], Where(1, (1,)), 1)])
    assert found[0].payload["chunk_id"] == 1


def test_all_points_are_met_by_scrolling_in_portions(store: VectorStore) -> None:
    store.upsert(MODEL, POINTS)
    met, after, rounds = [], None, 0
    while True:
        found, after = store.scroll(MODEL.name, Where(), after, 2)
        met += [one.payload["chunk_id"] for one in found]
        rounds += 1
        if after is None:
            break
    assert sorted(met) == [1, 2, 3, 4, 5]
    assert rounds == 3


def test_without_a_model_words_alone_are_kept(store: VectorStore) -> None:
    store.upsert(WORDS, [_point(1, 1, None, {7: 1.0})])
    found = find_candidates(store, WORDS, None, SparseVector((7,), (1.0,)), Where(1), 5)
    assert [(one.payload["chunk_id"], one.cosine) for one in found] == [(1, None)]


def test_a_collection_that_is_not_there_is_empty_and_each_model_has_its_own(
    store: VectorStore,
) -> None:
    assert store.query(MODEL, [Probe(DENSE, [1.0, 0.0, 0.0], Where(), 5)]) == [[]]
    assert store.scroll(MODEL.name, Where(), None, 5) == ([], None)
    assert store.count(MODEL.name, Where()) == 0
    store.delete(MODEL.name, Where())
    assert store.list_collections() == []
    store.upsert(MODEL, POINTS[:1])
    store.upsert(WORDS, [_point(1, 1, None, {7: 1.0})])
    assert store.list_collections() == sorted([MODEL.name, WORDS.name])
    store.drop(MODEL.name)
    assert store.list_collections() == [WORDS.name]
    store.upsert(MODEL, POINTS[:2])
    assert store.count(MODEL.name, Where()) == 2


def test_a_vector_of_another_size_is_refused(store: VectorStore) -> None:
    store.upsert(MODEL, POINTS[:1])
    with pytest.raises(VectorsUnavailable):
        store.upsert(MODEL, [_point(1, 9, [1.0], {7: 1.0})])


def test_it_says_where_it_is(store: VectorStore) -> None:
    assert "vectors" in store.describe() or "Qdrant" in store.describe()


@pytest.mark.filterwarnings("ignore:Api key is used")  # as a test has no TLS
def test_a_server_gets_the_key_and_an_index_for_each_workspace(
    server: tuple[str, FakeQdrant],
) -> None:
    url, fake = server
    fake.collections.clear()
    store = ServerStore(url, "the key of ours")
    store.upsert(MODEL, POINTS)
    made = fake.collections[MODEL.name]
    assert made["indexes"]["workspace_id"]["is_tenant"] is True
    assert made["sparse_vectors"]["sparse"]["modifier"] == "idf"
    assert made["hnsw_config"] == {"m": 0, "payload_m": 16}
    assert {key for _, _, key in fake.asked[-3:]} == {"the key of ours"}
    store.close()


@pytest.mark.parametrize("status", [400, 401, 500, 503])
def test_a_server_that_refuses_is_said_in_one_line(
    server: tuple[str, FakeQdrant], status: int
) -> None:
    url, fake = server
    fake.status = status
    store = ServerStore(url)
    with pytest.raises(VectorsUnavailable) as raised:
        store.upsert(MODEL, POINTS)
    assert "\n" not in str(raised.value)
    fake.status = 0
    store.upsert(MODEL, POINTS)
    store.close()


def test_a_server_that_is_not_there_is_said() -> None:
    store = ServerStore("http://127.0.0.1:9")
    with pytest.raises(VectorsUnavailable):
        store.count(MODEL.name, Where())


def test_a_server_that_was_put_up_anew_gets_its_collections_again(
    server: tuple[str, FakeQdrant],
) -> None:
    url, fake = server
    store = ServerStore(url)
    store.upsert(MODEL, POINTS)
    fake.collections.clear()
    fake.points.clear()
    # The first is refused and remembered; the job that asked tries again.
    with pytest.raises(VectorsUnavailable):
        store.upsert(MODEL, POINTS)
    store.upsert(MODEL, POINTS)
    assert store.count(MODEL.name, Where()) == 5
    store.close()
