"""Qdrant's engine within the process, over a folder that no other process has open."""

from __future__ import annotations

import contextlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
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

# Room of deleted points is taken back when a fifth is gone. Nothing else in the process runs
# meanwhile, 30 ms for 1,000 points; where there are more, it is done when the folder is opened.
_CLEANED_AT_ONCE = 10_000


class Engine:
    """A shard for each collection. Threads may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shards: dict[str, Any] = {}
        self._lock = threading.Lock()

    def upsert(self, collection: Collection, points: Sequence[Point]) -> None:
        import qdrant_edge

        with _said():
            shard = self._shard(collection.name) or self._make(collection)
            made = [_point_of(one) for one in points]
            shard.update(qdrant_edge.UpdateOperation.upsert_points(made))

    def delete(self, name: str, where: Where) -> None:
        import qdrant_edge

        with _said():
            if shard := self._shard(name):
                chosen = _filter_of(where)
                shard.update(qdrant_edge.UpdateOperation.delete_points_by_filter(chosen))
                if shard.info().points_count < _CLEANED_AT_ONCE:
                    shard.optimize()

    def query(self, collection: Collection, probes: Sequence[Probe]) -> list[list[Found]]:
        import qdrant_edge

        with _said():
            shard = self._shard(collection.name)
            if shard is None:
                return [[] for _ in probes]
            asked = qdrant_edge.QueryBatchRequest([_request_of(probe) for probe in probes])
            return [
                [Found(str(one.id), float(one.score), one.payload or {}) for one in found]
                for found in shard.query_batch(asked)
            ]

    def scroll(
        self, name: str, where: Where, after: str | None, limit: int
    ) -> tuple[list[Found], str | None]:
        import qdrant_edge

        with _said():
            shard = self._shard(name)
            if shard is None:
                return [], None
            asked = qdrant_edge.ScrollRequest(
                offset=after, limit=limit, filter=_filter_of(where), with_payload=True
            )
            records, following = shard.scroll(asked)
        found = [Found(str(one.id), 0.0, one.payload or {}) for one in records]
        return found, None if following is None else str(following)

    def count(self, name: str, where: Where) -> int:
        import qdrant_edge

        with _said():
            shard = self._shard(name)
            if shard is None:
                return 0
            asked = qdrant_edge.CountRequest(filter=_filter_of(where), exact=True)
            return int(shard.count(asked))

    def list_collections(self) -> list[str]:
        return sorted(one.name for one in self._folder.glob("chunks-*") if one.is_dir())

    def drop(self, name: str) -> None:
        with _said(), self._lock:
            if shard := self._shards.pop(name, None):
                shard.close()
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def describe(self) -> str:
        return f"the folder {self._folder}"

    def close(self) -> None:
        with self._lock:
            for shard in self._shards.values():
                shard.close()
            self._shards.clear()

    def _shard(self, name: str) -> Any:
        """The collection, opened; None when it is not there."""
        import qdrant_edge

        with self._lock:
            if name not in self._shards:
                folder = self._folder / name
                if not (folder / "edge_config.json").exists():
                    return None
                shard = qdrant_edge.EdgeShard.load(str(folder))
                shard.optimize()
                self._shards[name] = shard
            return self._shards[name]

    def _make(self, collection: Collection) -> Any:
        """Beside its place first: what a process leaves that dies meanwhile is nothing."""
        import qdrant_edge

        with self._lock:
            if collection.name in self._shards:
                return self._shards[collection.name]
            folder, unfinished = self._folder / collection.name, self._folder / "unfinished"
            for rest in (folder, unfinished):
                shutil.rmtree(rest, ignore_errors=True)
            unfinished.mkdir(parents=True)
            shard = qdrant_edge.EdgeShard.create(str(unfinished), _config_of(collection))
            for field, kind in _indexes().items():
                shard.update(qdrant_edge.UpdateOperation.create_field_index(field, kind))
            shard.close()
            unfinished.rename(folder)
            self._shards[collection.name] = qdrant_edge.EdgeShard.load(str(folder))
            return self._shards[collection.name]


def _config_of(collection: Collection) -> Any:
    """Without a graph: to build one takes a minute for 25,000 points in which nothing else in the
    process runs, and without one 100,000 are looked through in a twentieth of a second.
    """
    import qdrant_edge

    dense = qdrant_edge.EdgeVectorParams(collection.size or 1, qdrant_edge.Distance.Dot)
    words = qdrant_edge.EdgeSparseVectorParams(modifier=qdrant_edge.Modifier.Idf)
    return qdrant_edge.EdgeConfig(
        vectors={DENSE: dense} if collection.size else None,
        sparse_vectors={SPARSE: words},
        hnsw_config=qdrant_edge.HnswIndexConfig(
            m=0, payload_m=0, ef_construct=100, full_scan_threshold=10_000
        ),
        optimizers=qdrant_edge.EdgeOptimizersConfig(indexing_threshold=0),
    )


def _indexes() -> dict[str, Any]:
    import qdrant_edge

    return {
        "workspace_id": qdrant_edge.KeywordIndexParams(is_tenant=True),
        "generation_id": qdrant_edge.IntegerIndexParams(lookup=True, range=False),
    }


def _point_of(point: Point) -> Any:
    import qdrant_edge

    vectors: dict[str, Any] = {SPARSE: _sparse_of(point.sparse)}
    if point.dense is not None:
        vectors[DENSE] = list(point.dense)
    payload = dict(point.payload)
    payload["workspace_id"] = str(payload["workspace_id"])
    return qdrant_edge.Point(point.id, vectors, payload)


def _sparse_of(vector: SparseVector) -> Any:
    import qdrant_edge

    return qdrant_edge.SparseVector(list(vector.indices), list(vector.values))


def _request_of(probe: Probe) -> Any:
    import qdrant_edge

    vector, params = probe.vector, None
    if isinstance(vector, SparseVector):
        asked = _sparse_of(vector)
        # How rare a word is, is a matter of the workspace's own texts, whoever else is there.
        corpus = _filter_of(Where(probe.where.workspace_id))
        params = qdrant_edge.SearchParams(idf=qdrant_edge.IdfParams(corpus=corpus))
    else:
        asked = list(vector)
    return qdrant_edge.QueryRequest(
        limit=probe.limit,
        query=qdrant_edge.Query.Nearest(asked, using=probe.using),
        filter=_filter_of(probe.where),
        params=params,
        with_payload=True,
    )


def _filter_of(where: Where) -> Any:
    import qdrant_edge

    def field(name: str, match: Any) -> Any:
        return qdrant_edge.FieldCondition(name, match=match)

    must: list[Any] = []
    if where.workspace_id is not None:
        must.append(field("workspace_id", qdrant_edge.MatchValue(str(where.workspace_id))))
    if where.generation_ids is not None:
        must.append(field("generation_id", qdrant_edge.MatchAny(list(where.generation_ids))))
    if where.point_ids is not None:
        must.append(qdrant_edge.HasIdCondition(set(where.point_ids)))
    return qdrant_edge.Filter(must=must)


@contextlib.contextmanager
def _said() -> Iterator[None]:
    """The engine raises bare Exceptions; a disk that is full is an OSError."""
    try:
        yield
    except VectorsUnavailable:
        raise
    except Exception as error:
        raise VectorsUnavailable(str(error)[:300]) from error
