from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok
from pitchbar.retrieval.backends import open_store
from pitchbar.settings import current_settings


def look_at_index(_: Circumstances) -> Finding:
    store = open_store(current_settings())
    try:
        found = store.list_collections()
    except VectorsUnavailable as error:
        return failed(
            f"The index of sources is not there: {store.describe()}. {error}",
            "Look at QDRANT_URL and QDRANT_API_KEY, or at the folder VECTORS_DIR. Chats answer "
            "nothing from sources meanwhile; after a loss run `pitchbar rebuild-vectors`.",
        )
    word = "collection" if len(found) == 1 else "collections"
    return ok(f"It is {store.describe()}, with {len(found)} {word}.")


CHECKS = (Check("vectors", "The index of sources", "Data", look_at_index),)
