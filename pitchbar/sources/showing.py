"""What the pages of sources show, and when they are drawn anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pitchbar.live import LiveView
from pitchbar.settings import current_settings
from pitchbar.sources.crawls.progress import Progress, progress_by_generation, progress_of
from pitchbar.sources.kinds import GENERATION_WORDS, KIND_WORDS, STATE_WORDS
from pitchbar.sources.models import HELD, UNDER_WAY, Generation, Page, Source
from pitchbar.sources.plan_pages import count_left_out
from pitchbar.sources.queries import (
    count_sources,
    find_generations,
    find_latest_generations,
    get_generation,
    list_generations,
    list_pages,
    list_sources_after,
)
from pitchbar.sources.settings import SourceSettings
from pitchbar.sources.telling import TOPIC
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import most_within
from pitchbar.workspaces.plans import SOURCES

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
    return rows_of([source])[0]


def rows_of(sources: Sequence[Source]) -> list[Row]:
    """In the same order; by a few questions to the database, however many there are."""
    active = find_generations([one.active_generation_id or 0 for one in sources])
    latest = find_latest_generations([one.id for one in sources])
    under_way = [one for one in latest.values() if one.state in UNDER_WAY]
    progress = progress_by_generation(under_way)
    rows = []
    for source in sources:
        newest = latest.get(source.id)
        rows.append(
            Row(
                source,
                active.get(source.active_generation_id or 0),
                newest,
                progress.get(newest.id) if newest else None,
            )
        )
    return rows


def most_sources(workspace: Workspace) -> int:
    ceiling = current_settings()[SourceSettings].sources_per_workspace
    return most_within(workspace.plan, SOURCES, ceiling)


def shown_list(workspace: Workspace, before: int) -> dict[str, Any]:
    sources = list_sources_after(workspace, before, _PER_PAGE + 1)
    return {
        "rows": rows_of(sources[:_PER_PAGE]),
        "kinds": KIND_WORDS,
        "next": sources[_PER_PAGE - 1].id if len(sources) > _PER_PAGE else 0,
        "is_first": not before,
        "total": count_sources(workspace),
        "most": most_sources(workspace),
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
        "beyond_plan": count_left_out(generation) if generation else 0,
        "pages": pages[:_PER_PAGE],
        "next": pages[_PER_PAGE - 1].id if len(pages) > _PER_PAGE else 0,
        "which": which,
        "generations": list_generations(source),
        "kinds": KIND_WORDS,
        "states": STATE_WORDS,
        "generation_words": GENERATION_WORDS,
    }
