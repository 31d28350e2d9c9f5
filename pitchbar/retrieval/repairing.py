"""Sets right what an audit found: documents are indexed again, each by a job of its own; points
that answer for nothing are deleted at once.
"""

from pitchbar.clients.vectors import VectorStore, Where
from pitchbar.jobs import enqueue
from pitchbar.retrieval.audit import Audit
from pitchbar.retrieval.tasks import index_documents

_PORTION = 500


def repair(store: VectorStore, found: Audit) -> tuple[int, int]:
    """Returns how many documents are indexed again and how many points were deleted."""
    documents = [
        (generation_id, document_id)
        for generation_id, ids in found.documents.items()
        for document_id in sorted(ids)
    ]
    for generation_id, document_id in documents:
        enqueue(index_documents, generation_id, [document_id])
    deleted = sum(_delete(store, name, points) for name, points in found.orphans.items())
    return len(documents), deleted


def _delete(store: VectorStore, name: str, points: list[str]) -> int:
    for at in range(0, len(points), _PORTION):
        store.delete(name, Where(point_ids=tuple(points[at : at + _PORTION])))
    return len(points)
