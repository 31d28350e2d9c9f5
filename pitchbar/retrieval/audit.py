"""Compares the chunks that are to answer with the points that are in the index."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select

from pitchbar.clients.vectors import Collection, VectorStore, Where, point_id
from pitchbar.extensions import db
from pitchbar.sources.models import ACTIVE, INDEXING, Chunk, Generation, Page, Source

_PORTION = 1_000
_COUNTS = ("chunks", "missing", "orphan", "stale")


@dataclass
class Group:
    """Counts of one source, or of all sources that an agent answers from.

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


@dataclass(frozen=True)
class Reader:
    """An agent, which answers from some sources of its workspace, or from all of them."""

    name: str
    workspace_id: int
    source_ids: Sequence[int] | None


_readers: list[Callable[[], Sequence[Reader]]] = []


def register_readers(find: Callable[[], Sequence[Reader]]) -> None:
    """For the feature above whose agents choose their sources."""
    if find not in _readers:
        _readers.append(find)


@dataclass
class Audit:
    # By workspace and source.
    groups: dict[tuple[int, int], Group] = field(default_factory=dict)
    agents: list[Group] = field(default_factory=list)
    # By generation, the documents that are to be indexed again; by collection, points to delete.
    documents: dict[int, set[int]] = field(default_factory=dict)
    orphans: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_consistent(self) -> bool:
        return not any(one.missing or one.orphan or one.stale for one in self.groups.values())

    def as_dict(self) -> dict[str, Any]:
        groups = [asdict(self.groups[key]) for key in sorted(self.groups)]
        totals = {name: sum(one[name] for one in groups) for name in _COUNTS}
        agents = [asdict(one) for one in self.agents]
        return {"consistent": self.is_consistent, **totals, "groups": groups, "agents": agents}

    def group(self, workspace_id: int, source_id: int) -> Group:
        name = f"workspace {workspace_id}, source {source_id}"
        return self.groups.setdefault((workspace_id, source_id), Group(name))


@dataclass(frozen=True)
class _Expected:
    generation_id: int
    document_id: int
    content_hash: str
    group: Group


def audit(store: VectorStore) -> Audit:
    """Points of what is on its way into the index are left out: they are neither there nor not."""
    result = Audit()
    expected = _expected(result)
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
                _note_orphan(result, name, point, payload)
            elif wanted.content_hash != payload.get("content_hash"):
                wanted.group.stale += 1
                result.documents.setdefault(wanted.generation_id, set()).add(wanted.document_id)
            met.add(f"{name}/{point}")
    _note_missing(result, expected, met)
    result.agents = [_of_reader(result, reader) for find in _readers for reader in find()]
    return result


def _of_reader(result: Audit, reader: Reader) -> Group:
    """A source counts for each agent that answers from it."""
    whole = Group(reader.name)
    for (workspace_id, source_id), one in result.groups.items():
        is_read = reader.source_ids is None or source_id in reader.source_ids
        if workspace_id == reader.workspace_id and is_read:
            for name in _COUNTS:
                setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return whole


def _expected(result: Audit) -> dict[tuple[str, str], _Expected]:
    expected: dict[tuple[str, str], _Expected] = {}
    generations = select(Generation).join(Source, Source.active_generation_id == Generation.id)
    for one in db.session.scalars(generations.where(Generation.state == ACTIVE)):
        collection = Collection.of_key(one.embedding_model).name
        group = result.group(one.workspace_id, one.source_id)
        for chunk_id, document_id, content_hash in _chunks_of(one.id):
            group.chunks += 1
            expected[collection, point_id(one.id, chunk_id)] = _Expected(
                one.id, document_id, content_hash, group
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


def _note_orphan(result: Audit, collection: str, point: str, payload: Any) -> None:
    result.group(int(payload["workspace_id"]), int(payload["source_id"])).orphan += 1
    result.orphans.setdefault(collection, []).append(point)


def _note_missing(result: Audit, expected: dict[tuple[str, str], _Expected], met: set[str]) -> None:
    for (collection, point), wanted in expected.items():
        if f"{collection}/{point}" not in met:
            wanted.group.missing += 1
            result.documents.setdefault(wanted.generation_id, set()).add(wanted.document_id)
