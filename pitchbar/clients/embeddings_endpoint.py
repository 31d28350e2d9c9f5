"""Vectors from any endpoint that speaks as OpenAI's does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import httpx

from pitchbar.clients.embeddings import EmbeddingsUnavailable
from pitchbar.clients.unit_vectors import Vectors, of_length_one

_TEXTS_A_REQUEST = 64


class EndpointEmbedder:
    """`POST <url>/embeddings`, as OpenAI's API has it."""

    def __init__(self, url: str, model: str, api_key: str = "", timeout: float = 60.0) -> None:
        self.model = model
        base = url.rstrip("/")
        self._url = base if base.endswith("/embeddings") else f"{base}/embeddings"
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout = timeout
        self._size = 0

    @property
    def size(self) -> int:
        if not self._size:
            self.embed(["size"])
        return self._size

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        rows = [
            row
            for at in range(0, len(texts), _TEXTS_A_REQUEST)
            for row in self._request(texts[at : at + _TEXTS_A_REQUEST])
        ]
        made = np.array(rows, dtype=np.float32).reshape(len(texts), -1)
        if not np.isfinite(made).all():
            raise EmbeddingsUnavailable("the endpoint for embeddings answered with no numbers")
        self._size = self._size or made.shape[1]
        if len(texts) and made.shape[1] != self._size:
            raise EmbeddingsUnavailable(
                "the endpoint for embeddings changed the size of its vectors; start anew"
            )
        return np.array([of_length_one(row) for row in made], dtype=np.float32)

    def describe(self) -> str:
        return f"the model {self.model} at {self._url}"

    def _request(self, texts: Sequence[str]) -> list[list[float]]:
        # An endpoint refuses a text without a letter.
        body = {"model": self.model, "input": [text if text.strip() else "-" for text in texts]}
        try:
            answer = httpx.post(self._url, json=body, headers=self._headers, timeout=self._timeout)
        except httpx.HTTPError as error:
            raise EmbeddingsUnavailable(
                f"the endpoint for embeddings did not answer ({type(error).__name__})"
            ) from error
        if answer.status_code != 200:
            raise EmbeddingsUnavailable(
                f"the endpoint for embeddings answered with status {answer.status_code}",
                permanent=answer.status_code in (400, 401, 403, 404, 422),
            )
        return _rows_of(answer, len(texts))


def _rows_of(answer: httpx.Response, count: int) -> list[list[float]]:
    try:
        data = sorted(answer.json()["data"], key=lambda one: one["index"])
        rows = [[float(number) for number in one["embedding"]] for one in data]
    except (ValueError, KeyError, TypeError) as error:
        raise EmbeddingsUnavailable("the endpoint for embeddings answered oddly") from error
    if len(rows) != count or len({len(row) for row in rows}) > 1:
        raise EmbeddingsUnavailable("the endpoint for embeddings answered for other texts")
    return rows


@lru_cache(maxsize=8)
def endpoint_embedder(url: str, model: str, api_key: str) -> EndpointEmbedder:
    return EndpointEmbedder(url, model, api_key)
