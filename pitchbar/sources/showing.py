"""What the pages of sources show, and when they are drawn anew."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pitchbar.extensions import db
from pitchbar.live import LiveView
from pitchbar.settings import current_settings
from pitchbar.sources.crawls.progress import Progress, progress_of
from pitchbar.sources.crawls.starting import latest_generation
from pitchbar.sources.kinds import GENERATION_WORDS, KIND_WORDS, STATE_WORDS
from pitchbar.sources.models import HELD, UNDER_WAY, Generation, Page, Source
from pitchbar.sources.queries import (
    count_sources,
    get_generation,
    list_generations,
    list_pages,
    list_sources_after,
)
from pitchbar.sources.settings import SourceSettings
from pitchbar.sources.telling import TOPIC
from pitchbar.workspaces.models import Workspace

_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A source with the generation that answers, the newest, and how far that has come."""

    source: Source
    active: Generation | None
    latest: Generation | None
    progress: Progress | None

    @property
    def held(self) -> bool:
        return self.latest is not None and self.latest.state == HELD


@dataclass(frozen=True, slots=True)
class PageFilter:
    state: str = ""
    words: str = ""
    after: int = 0


def row_of(source: Source) -> Row:
    active = None
    if source.active_generation_id:
        active = db.session.get(Generation, source.active_generation_id)
    latest = latest_generation(source.id)
    is_under_way = latest is not None and latest.state in UNDER_WAY
    return Row(source, active, latest, progress_of(latest) if latest and is_under_way else None)


def shown_list(workspace: Workspace, before: int) -> dict[str, Any]:
    sources = list_sources_after(workspace, before, _PER_PAGE + 1)
    return {
        "rows": [row_of(source) for source in sources[:_PER_PAGE]],
        "kinds": KIND_WORDS,
        "next": sources[_PER_PAGE - 1].id if len(sources) > _PER_PAGE else 0,
        "is_first": not before,
        "total": count_sources(workspace),
        "most": current_settings()[SourceSettings].sources_per_workspace,
    }


def list_view(workspace: Workspace, draw: Callable[[], str]) -> LiveView:
    mine = workspace.id
    return LiveView(draw, TOPIC, lambda message: mine in message.get("workspaces", ()))


def shown_source(source: Source, which: PageFilter, number: int = 0) -> dict[str, Any]:
    """Args:
    number: of the generation whose pages are listed; 0 for the newest.
    """
    row = row_of(source)
    generation = get_generation(source, number) if number else row.latest
    pages: list[Page] = []
    if generation is not None:
        found = list_pages(
            generation,
            state=which.state,
            search=which.words,
            after=which.after,
            limit=_PER_PAGE + 1,
        )
        pages = list(found)
    return {
        "row": row,
        "source": source,
        "generation": generation,
        "counts": progress_of(generation) if generation else None,
        "pages": pages[:_PER_PAGE],
        "next": pages[_PER_PAGE - 1].id if len(pages) > _PER_PAGE else 0,
        "which": which,
        "generations": list_generations(source),
        "kinds": KIND_WORDS,
        "states": STATE_WORDS,
        "generation_words": GENERATION_WORDS,
    }
