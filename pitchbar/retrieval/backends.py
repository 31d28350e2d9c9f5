"""Which store, which model and which reranker the settings ask for."""

import threading
from pathlib import Path

from pitchbar.clients.embeddings import (
    PACKAGED,
    Embedder,
    packaged_embedder,
)
from pitchbar.clients.embeddings_endpoint import endpoint_embedder
from pitchbar.clients.reranker import Reranker
from pitchbar.clients.vectors import Collection, VectorStore
from pitchbar.retrieval.settings import WORDS_ALONE, RetrievalSettings
from pitchbar.settings import Settings

_lock = threading.Lock()
_stores: dict[tuple[str, str, Path], VectorStore] = {}


def open_store(settings: Settings) -> VectorStore:
    """One for the process, whoever asks."""
    own = settings[RetrievalSettings]
    key = (own.qdrant_url, own.qdrant_api_key, own.vectors_dir)
    with _lock:
        if key not in _stores:
            _stores[key] = _open_store(*key)
        return _stores[key]


def close_stores() -> None:
    """Gives the folder of the index to other processes; whoever asks next opens it again."""
    with _lock:
        while _stores:
            _stores.popitem()[1].close()


def _open_store(url: str, api_key: str, folder: Path) -> VectorStore:
    # Here, so that a process that never searches pays for neither library.
    if url:
        from pitchbar.clients.vectors_server import ServerStore

        return ServerStore(url, api_key)
    from pitchbar.clients.vectors_folder import FolderStore

    return FolderStore(folder)


def open_embedder(settings: Settings) -> Embedder | None:
    """What new chunks are embedded with; None where words alone are searched for."""
    own = settings[RetrievalSettings]
    if own.embeddings_model == WORDS_ALONE:
        return None
    if own.embeddings_url:
        return endpoint_embedder(own.embeddings_url, own.embeddings_model, own.embeddings_api_key)
    return packaged_embedder()


def embedder_of(collection: Collection, settings: Settings) -> Embedder | None:
    """The one that made its vectors, if it can be had still: questions need the same."""
    if not collection.size:
        return None
    chosen = open_embedder(settings)
    if chosen is not None and chosen.model == collection.model:
        return chosen
    return packaged_embedder() if collection.model == PACKAGED else None


def collection_of(embedder: Embedder | None) -> Collection:
    """Raises EmbeddingsUnavailable: an endpoint is asked for the size of its vectors once."""
    return Collection(embedder.model, embedder.size) if embedder else Collection()


def open_reranker(settings: Settings) -> Reranker | None:
    own = settings[RetrievalSettings]
    if not own.reranker_url:
        return None
    return Reranker(own.reranker_url, own.reranker_model, own.reranker_api_key)


def describe_search(settings: Settings) -> str:
    """How chunks are found on this installation, in a sentence for people."""
    embedder = open_embedder(settings)
    if embedder is None:
        return "By words alone: without a model, other words for the same are missed."
    return f"By words and by meaning: {embedder.describe()}."
