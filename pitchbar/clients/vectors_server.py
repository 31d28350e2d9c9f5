"""A Qdrant server, by its own client; the only module that knows that library."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from pitchbar.clients.vectors import (
    DENSE,
    SPARSE,
    Collection,
    Found,
    Point,
    Probe,
    SparseVector,
    VectorsUnavailable,
    Where,
)


class ServerStore:
    """Args:
    url: `https://host:6333`.
    api_key: empty where it asks for none.
    """

    def __init__(self, url: str, api_key: str = "", timeout: float = 10.0) -> None:
        self._url = url
        self._api_key = api_key
        self._timeout = timeout
        self._client: Any = None
        self._made: set[str] = set()
        self._lock = threading.Lock()

    def upsert(self, collection: Collection, points: Sequence[Point]) -> None:
        with self._asked() as client:
            self._make(client, collection)
            made = [_point_of(one) for one in points]
            client.upsert(collection.name, points=made, wait=True)

    def delete(self, name: str, where: Where) -> None:
        from qdrant_client import models

        with self._asked() as client:
            if client.collection_exists(name):
                chosen = models.FilterSelector(filter=_filter_of(where))
                client.delete(name, points_selector=chosen, wait=True)

    def query(self, collection: Collection, probes: Sequence[Probe]) -> list[list[Found]]:
        with self._asked() as client:
            if not self._is_there(client, collection.name):
                return [[] for _ in probes]
            requests = [_request_of(probe) for probe in probes]
            answers = client.query_batch_points(collection.name, requests=requests)
            return [
                [Found(str(one.id), float(one.score), one.payload or {}) for one in answer.points]
                for answer in answers
            ]

    def scroll(
        self, name: str, where: Where, after: str | None, limit: int
    ) -> tuple[list[Found], str | None]:
        with self._asked() as client:
            if not client.collection_exists(name):
                return [], None
            records, following = client.scroll(
                name, scroll_filter=_filter_of(where), offset=after, limit=limit
            )
        found = [Found(str(one.id), 0.0, one.payload or {}) for one in records]
        return found, None if following is None else str(following)

    def count(self, name: str, where: Where) -> int:
        with self._asked() as client:
            if not client.collection_exists(name):
                return 0
            return int(client.count(name, count_filter=_filter_of(where), exact=True).count)

    def list_collections(self) -> list[str]:
        with self._asked() as client:
            names = [one.name for one in client.get_collections().collections]
        return sorted(name for name in names if name.startswith("chunks-"))

    def drop(self, name: str) -> None:
        with self._asked() as client:
            client.delete_collection(name)
            self._made.discard(name)

    def describe(self) -> str:
        return f"the Qdrant server at {self._url}"

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _is_there(self, client: Any, name: str) -> bool:
        if name not in self._made and client.collection_exists(name):
            self._made.add(name)
        return name in self._made

    def _make(self, client: Any, collection: Collection) -> None:
        """Several processes may come to it at once: who is second finds it made."""
        if self._is_there(client, collection.name):
            return
        try:
            client.create_collection(collection.name, **_config_of(collection))
        except Exception:
            if not client.collection_exists(collection.name):
                raise
        for field, kind in _indexes().items():
            client.create_payload_index(collection.name, field, field_schema=kind, wait=True)
        self._made.add(collection.name)

    @contextlib.contextmanager
    def _asked(self) -> Iterator[Any]:
        """Errors of the library, of its transport and of what it reads, as one of ours."""
        try:
            yield self._connected()
        except Exception as error:
            # A server that was put up anew has nothing of what we made.
            self._made.clear()
            lines = str(error).splitlines() or [type(error).__name__]
            raise VectorsUnavailable(lines[0][:300]) from error

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                # Here, as it takes more than a second, and most installations have none.
                from qdrant_client import QdrantClient

                self._client = QdrantClient(
                    url=self._url,
                    api_key=self._api_key or None,
                    timeout=int(self._timeout),
                    check_compatibility=False,
                )
            return self._client


def _config_of(collection: Collection) -> dict[str, Any]:
    """Graphs are made for each workspace by itself, as every question is asked of one."""
    from qdrant_client import models

    dense = models.VectorParams(size=collection.size or 1, distance=models.Distance.DOT)
    words = models.SparseVectorParams(modifier=models.Modifier.IDF)
    return {
        "vectors_config": {DENSE: dense} if collection.size else {},
        "sparse_vectors_config": {SPARSE: words},
        "hnsw_config": models.HnswConfigDiff(m=0, payload_m=16),
    }


def _indexes() -> dict[str, Any]:
    from qdrant_client import models

    return {
        "workspace_id": models.KeywordIndexParams(
            type=models.KeywordIndexType.KEYWORD, is_tenant=True
        ),
        "generation_id": models.IntegerIndexParams(
            type=models.IntegerIndexType.INTEGER, lookup=True, range=False
        ),
    }


def _point_of(point: Point) -> Any:
    from qdrant_client import models

    vectors: dict[str, Any] = {SPARSE: _sparse_of(point.sparse)}
    if point.dense is not None:
        vectors[DENSE] = list(point.dense)
    payload = dict(point.payload)
    payload["workspace_id"] = str(payload["workspace_id"])
    return models.PointStruct(id=point.id, vector=vectors, payload=payload)


def _sparse_of(vector: SparseVector) -> Any:
    from qdrant_client import models

    return models.SparseVector(indices=list(vector.indices), values=list(vector.values))


def _request_of(probe: Probe) -> Any:
    from qdrant_client import models

    vector, params = probe.vector, None
    if isinstance(vector, SparseVector):
        asked: Any = _sparse_of(vector)
        # How rare a word is, is a matter of the workspace's own texts, whoever else is there.
        corpus = _filter_of(Where(probe.where.workspace_id))
        params = models.SearchParams(idf=models.IdfCorpusParams(corpus=corpus))
    else:
        asked = list(vector)
    return models.QueryRequest(
        query=asked,
        using=probe.using,
        filter=_filter_of(probe.where),
        params=params,
        limit=probe.limit,
        with_payload=True,
    )


def _filter_of(where: Where) -> Any:
    from qdrant_client import models

    def field(name: str, match: Any) -> Any:
        return models.FieldCondition(key=name, match=match)

    must: list[Any] = []
    if where.workspace_id is not None:
        must.append(field("workspace_id", models.MatchValue(value=str(where.workspace_id))))
    if where.generation_ids is not None:
        must.append(field("generation_id", models.MatchAny(any=list(where.generation_ids))))
    if where.point_ids is not None:
        must.append(models.HasIdCondition(has_id=list(where.point_ids)))
    return models.Filter(must=must)
