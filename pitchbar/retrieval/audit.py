"""Compares the chunks that are to answer with the points that are in the index."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from pitchbar.clients.vectors import Collection, VectorStore, Where, point_id
from pitchbar.extensions import db
from pitchbar.sources.models import ACTIVE, INDEXING, Chunk, Generation, Page, Source

_PORTION = 1_000
# What a group is called: today a workspace and a source. Agents choose their sources, so that one
# more level is one more function.
Grouping = Callable[[int, int], str]


@dataclass
class Group:
    """Counts of one group, and the first few ids of what is amiss.

    Attributes:
        missing: chunks that answer and are not in the index.
        orphan: points that answer for nothing.
        stale: points that were made of another text.
    """

    name: str
    chunks: int = 0
    missing: int = 0
    orphan: int = 0
    stale: int = 0


@dataclass
class Audit:
    groups: dict[str, Group] = field(default_factory=dict)
    # By generation, the documents that are to be indexed again; by collection, points to delete.
    documents: dict[int, set[int]] = field(default_factory=dict)
    orphans: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_consistent(self) -> bool:
        return not any(one.missing or one.orphan or one.stale for one in self.groups.values())

    def as_dict(self) -> dict[str, Any]:
        groups = [asdict(self.groups[name]) for name in sorted(self.groups)]
        names = ("chunks", "missing", "orphan", "stale")
        totals = {name: sum(one[name] for one in groups) for name in names}
        return {"consistent": self.is_consistent, **totals, "groups": groups}

    def group(self, name: str) -> Group:
        return self.groups.setdefault(name, Group(name))


@dataclass(frozen=True)
class _Expected:
    generation_id: int
    document_id: int
    content_hash: str
    group: str


def by_source(workspace_id: int, source_id: int) -> str:
    return f"workspace {workspace_id}, source {source_id}"


def audit(store: VectorStore, grouping: Grouping = by_source) -> Audit:
    """Points of what is on its way into the index are left out: they are neither there nor not."""
    result = Audit()
    expected = _expected(result, grouping)
    on_their_way = set(
        db.session.scalars(select(Generation.id).where(Generation.state == INDEXING))
    )
    # Ids of points that are there, each in the collection that its generation answers from.
    met: set[str] = set()
    for name in store.list_collections():
        for point, payload in _points(store, name):
            if payload.get("generation_id") in on_their_way:
                continue
            wanted = expected.get((name, point))
            if wanted is None:
                _note_orphan(result, name, point, payload, grouping)
            elif wanted.content_hash != payload.get("content_hash"):
                result.group(wanted.group).stale += 1
                result.documents.setdefault(wanted.generation_id, set()).add(wanted.document_id)
            met.add(f"{name}/{point}")
    _note_missing(result, expected, met)
    return result


def _expected(result: Audit, grouping: Grouping) -> dict[tuple[str, str], _Expected]:
    expected: dict[tuple[str, str], _Expected] = {}
    generations = select(Generation).join(Source, Source.active_generation_id == Generation.id)
    for one in db.session.scalars(generations.where(Generation.state == ACTIVE)):
        collection = Collection.of_key(one.embedding_model).name
        group = result.group(grouping(one.workspace_id, one.source_id))
        for chunk_id, document_id, content_hash in _chunks_of(one.id):
            group.chunks += 1
            expected[collection, point_id(one.id, chunk_id)] = _Expected(
                one.id, document_id, content_hash, group.name
            )
    return expected


def _chunks_of(generation_id: int) -> Iterable[Any]:
    documents = select(Page.document_id).where(
        Page.generation_id == generation_id, Page.document_id.is_not(None)
    )
    return db.session.execute(
        select(Chunk.id, Chunk.document_id, Chunk.content_hash).where(
            Chunk.document_id.in_(documents.distinct())
        )
    )


def _points(store: VectorStore, name: str) -> Iterator[tuple[str, Any]]:
    after: str | None = None
    while True:
        found, after = store.scroll(name, Where(), after, _PORTION)
        yield from ((one.id, one.payload) for one in found)
        if after is None:
            return


def _note_orphan(
    result: Audit, collection: str, point: str, payload: Any, grouping: Grouping
) -> None:
    workspace_id, source_id = int(payload["workspace_id"]), int(payload["source_id"])
    result.group(grouping(workspace_id, source_id)).orphan += 1
    result.orphans.setdefault(collection, []).append(point)


def _note_missing(result: Audit, expected: dict[tuple[str, str], _Expected], met: set[str]) -> None:
    for (collection, point), wanted in expected.items():
        if f"{collection}/{point}" not in met:
            result.group(wanted.group).missing += 1
            result.documents.setdefault(wanted.generation_id, set()).add(wanted.document_id)
