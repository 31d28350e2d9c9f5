"""Sources in the command palette."""

from collections.abc import Iterator

from flask import url_for

from pitchbar.core.features import Offer
from pitchbar.sources.queries import find_sources
from pitchbar.workspaces.models import Workspace

_MOST = 4


def find_by_words(workspace: Workspace, words: str) -> Iterator[Offer]:
    """By name or address; without words none, as codes are looked for more often."""
    if not words.strip():
        return
    for source in find_sources(workspace, words.strip(), _MOST):
        url = url_for("source_pages.show", slug=workspace.slug, source_id=source.id)
        yield Offer("Sources", "book-open", source.name, url, note=source.url)
