"""Takes out of the index what is to answer no longer."""

from collections.abc import Sequence

from pitchbar.clients.vectors import Where
from pitchbar.retrieval.backends import open_store
from pitchbar.retrieval.indexing import is_wanted
from pitchbar.settings import Settings


def forget(workspace_id: int, generation_ids: Sequence[int], settings: Settings) -> None:
    """Whatever model made them; but for those that answer again meanwhile."""
    gone = tuple(one for one in generation_ids if not is_wanted(one))
    if gone:
        _delete(Where(workspace_id, gone), settings)


def forget_of_workspace(workspace_id: int, settings: Settings) -> None:
    _delete(Where(workspace_id), settings)


def _delete(where: Where, settings: Settings) -> None:
    store = open_store(settings)
    for name in store.list_collections():
        store.delete(name, where)
