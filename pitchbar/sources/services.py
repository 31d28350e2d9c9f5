from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, select

from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.sources import cleaning
from pitchbar.sources.crawls.queues import call_pages
from pitchbar.sources.crawls.rounds import next_crawl
from pitchbar.sources.crawls.starting import latest_generation, start_crawl
from pitchbar.sources.crawls.uploads import storage
from pitchbar.sources.errors import InvalidSource, TooManySources
from pitchbar.sources.hooks import hooks
from pitchbar.sources.models import (
    FILE,
    READING,
    SITE,
    TEXT,
    Document,
    Generation,
    Page,
    Source,
)
from pitchbar.sources.plan_pages import count_pages
from pitchbar.sources.queries import count_sources
from pitchbar.sources.settings import SourceSettings
from pitchbar.sources.telling import tell
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import require_room
from pitchbar.workspaces.plans import PAGES, SOURCES


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the object storage."""

    key: str
    name: str
    content_type: str
    size: int


def create_source(
    workspace: Workspace,
    by: Actor,
    settings: Settings,
    *,
    kind: str,
    name: str = "",
    url: str = "",
    text: str = "",
    file: StoredFile | None = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    hosts: Sequence[str] = (),
    chosen: Sequence[str] = (),
    page_cap: int | None = None,
    schedule: str = "off",
) -> Source:
    """Its first reading begins at once.

    Raises:
        InvalidSource, PlanLimitReached, TooManySources
    """
    source = Source(workspace_id=workspace.id, kind=cleaning.clean_kind(kind))
    _set_content(source, settings, url, text, file)
    source.name = cleaning.clean_name(name, _name_of(source))
    source.include = cleaning.clean_patterns("include", include)
    source.exclude = cleaning.clean_patterns("exclude", exclude)
    source.hosts = cleaning.clean_hosts(hosts)
    source.page_cap = cleaning.clean_page_cap(page_cap, settings)
    source.chosen = list(dict.fromkeys(chosen))[: source.page_cap]
    source.schedule = cleaning.clean_schedule(schedule) if source.is_crawled else "off"
    source.next_crawl_at = next_crawl(source)
    lock_workspace(workspace.id)
    require_room(workspace.plan, SOURCES, lambda: count_sources(workspace))
    require_room(workspace.plan, PAGES, lambda: count_pages(workspace))
    limit = settings[SourceSettings].sources_per_workspace
    if count_sources(workspace) >= limit:
        raise TooManySources(limit)
    db.session.add(source)
    db.session.flush()
    record_event("source.created", source, by=by, after=snapshot(source))
    start_crawl(source)
    return source


def _set_content(
    source: Source, settings: Settings, url: str, text: str, file: StoredFile | None
) -> None:
    if source.kind == TEXT:
        source.text = cleaning.clean_text(text, settings)
    elif source.kind == FILE:
        if file is None:
            raise InvalidSource("file", "Choose a file.")
        source.file_key, source.file_name = file.key, file.name[:255]
        source.file_type, source.file_bytes = file.content_type[:100], file.size
    else:
        source.url = cleaning.clean_url(url, settings)


def _name_of(source: Source) -> str:
    if source.kind == TEXT:
        return source.text.splitlines()[0].strip("# ")[:60] or "Text"
    if source.kind == FILE:
        return source.file_name
    parts = urlsplit(source.url)
    host = (parts.hostname or "").removeprefix("www.")
    return host if source.kind == SITE else f"{host}{parts.path}".rstrip("/")


def update_source(source: Source, by: Actor, settings: Settings, **fields: Any) -> None:
    """Changes what is named of `name`, `include`, `exclude`, `hosts`, `chosen`, `page_cap`,
    `schedule` and, of text, `text`. What is found differs from the next reading on; changed text is
    read at once.

    Raises:
        InvalidSource, IsBeingRead
    """
    before = snapshot(source)
    cleaners: dict[str, Callable[[Any], Any]] = {
        "name": lambda value: cleaning.clean_name(value, source.name),
        "include": lambda value: cleaning.clean_patterns("include", value),
        "exclude": lambda value: cleaning.clean_patterns("exclude", value),
        "hosts": cleaning.clean_hosts,
        "page_cap": lambda value: cleaning.clean_page_cap(value, settings),
        "chosen": lambda value: list(dict.fromkeys(value)),
    }
    for field, clean in cleaners.items():
        if field in fields:
            setattr(source, field, clean(fields[field]))
    _reschedule(source, fields)
    if "text" in fields and source.kind == TEXT:
        _replace_text(source, cleaning.clean_text(fields["text"], settings))
    source.updated_at = clock.now()
    db.session.flush()
    record_event("source.updated", source, by=by, before=before, after=snapshot(source))
    tell(source.workspace_id, source.id)


def _reschedule(source: Source, fields: dict[str, Any]) -> None:
    if "schedule" in fields and fields["schedule"] != source.schedule:
        source.schedule = cleaning.clean_schedule(fields["schedule"])
        source.next_crawl_at = next_crawl(source)


def _replace_text(source: Source, text: str) -> None:
    if text != source.text:
        source.text = text
        start_crawl(source)


def crawl_now(source: Source, by: Actor) -> Generation:
    """Raises IsBeingRead, IsPaused."""
    generation = start_crawl(source)
    source.retries = 0
    record_event("source.read_again", source, by=by, after={"version": generation.number})
    return generation


def pause_source(source: Source, by: Actor) -> None:
    """No page of it is asked for, and it is not read by itself, until it is resumed. What answers
    goes on to answer.
    """
    if source.paused_at is None:
        source.paused_at = source.updated_at = clock.now()
        record_event("source.paused", source, by=by)
        tell(source.workspace_id, source.id)


def resume_source(source: Source, by: Actor, settings: Settings) -> None:
    """A reading that was under way goes on where it was."""
    if source.paused_at is None:
        return
    source.paused_at, source.updated_at = None, clock.now()
    db.session.flush()
    generation = latest_generation(source.id)
    if generation is not None and generation.state == READING:
        call_pages(generation, settings[SourceSettings].source_pages_at_once, 0.0)
    record_event("source.resumed", source, by=by)
    tell(source.workspace_id, source.id)


def delete_source(source: Source, by: Actor) -> None:
    """With its pages, documents and file, and all that is in the index of it."""
    record_event("source.deleted", source, by=by, before=snapshot(source))
    tell(source.workspace_id, source.id)
    forget_sources(source.workspace_id, [source])


def forget_sources(workspace_id: int, sources: Sequence[Source]) -> None:
    ids = [source.id for source in sources]
    keys = [source.file_key for source in sources if source.file_key]
    mine = select(Generation.id).where(Generation.source_id.in_(ids))
    if generation_ids := list(db.session.scalars(mine)):
        hooks.dropped(workspace_id, generation_ids)
    for model in (Page, Generation, Document):
        gone = delete(model).where(model.source_id.in_(ids))
        db.session.execute(gone.execution_options(synchronize_session=False))
    gone_sources = delete(Source).where(Source.id.in_(ids))
    db.session.execute(gone_sources.execution_options(synchronize_session=False))
    if keys:
        after_commit(db.session(), lambda: storage().delete(keys))


def snapshot(source: Source) -> dict[str, Any]:
    """For the audit log; never the text itself."""
    shown = ("kind", "name", "url", "file_name", "include", "exclude", "hosts", "page_cap")
    values = {name: getattr(source, name) for name in (*shown, "schedule")}
    return {name: value for name, value in values.items() if value not in ("", [])}
