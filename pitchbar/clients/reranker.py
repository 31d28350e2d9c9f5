"""An endpoint that judges how well each passage answers a question: `POST <url>/rerank`, as Cohere,
Jina, text-embeddings-inference's OpenAI-like servers and vLLM have it.
"""

from collections.abc import Sequence

import httpx


class RerankerUnavailable(Exception):
    """A sentence for operators; whoever asks goes on with the order that there was."""


class Reranker:
    def __init__(self, url: str, model: str = "", api_key: str = "", timeout: float = 5.0) -> None:
        base = url.rstrip("/")
        self._url = base if base.endswith("/rerank") else f"{base}/rerank"
        self._model = model
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout = timeout

    def score(self, question: str, passages: Sequence[str]) -> list[float]:
        """A number for each passage, the larger the better; of what size depends on the model."""
        body: dict[str, object] = {"query": question, "documents": list(passages)}
        if self._model:
            body["model"] = self._model
        try:
            answer = httpx.post(self._url, json=body, headers=self._headers, timeout=self._timeout)
            answer.raise_for_status()
            results = answer.json()["results"]
            scores = {int(one["index"]): float(one["relevance_score"]) for one in results}
            return [scores[place] for place in range(len(passages))]
        except httpx.HTTPError as error:
            raise RerankerUnavailable(f"the reranker did not answer: {error}"[:300]) from error
        except (ValueError, KeyError, TypeError) as error:
            raise RerankerUnavailable("the reranker answered oddly") from error
