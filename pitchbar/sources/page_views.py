"""One source: its pages with what became of each, its documents, its versions."""

import difflib
from typing import Any

from flask import Blueprint, Response, flash, g, render_template, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import NotFound
from pitchbar.extensions import db
from pitchbar.live import LiveView
from pitchbar.sources.crawls.previous import page_of
from pitchbar.sources.crawls.queues import hash_of
from pitchbar.sources.generations import accept, discard, go_back
from pitchbar.sources.kinds import GENERATION_WORDS, KIND_WORDS, STATE_WORDS
from pitchbar.sources.models import Generation, Page, Source
from pitchbar.sources.queries import get_generation, get_page, get_source, list_chunks
from pitchbar.sources.showing import PageFilter, list_view, shown_source
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("source_pages", __name__, url_prefix="/w/<slug>/sources/<int:source_id>")

_CHUNKS = 20
_MOST_LINES, _MOST_DIFFERENT = 400, 20


@bp.get("")
@requires("view")
def show(workspace: Workspace, source_id: int) -> Response:
    shown = shown_source(get_source(workspace, source_id), _read_filter())
    return render("sources/show.html", "sources/_pages.html", **shown)


@bp.get("/pages/<int:page_id>")
@requires("view")
def page(workspace: Workspace, source_id: int, page_id: int) -> Response:
    source = get_source(workspace, source_id)
    found = get_page(source, page_id)
    first = min(max(request.args.get("from", 0, type=int), 0), 1_000_000)
    chunks, total = list_chunks(found.document_id, first, _CHUNKS)
    return render(
        "sources/page.html",
        chunks=chunks,
        total=total,
        next=first + _CHUNKS if first + _CHUNKS < total else 0,
        source=source,
        page=found,
        document=found.document,
        generation=db.session.get(Generation, found.generation_id),
        states=STATE_WORDS,
        kinds=KIND_WORDS,
    )


@bp.get("/versions/<int:number>")
@requires("view")
def version(workspace: Workspace, source_id: int, number: int) -> Response:
    """What is different from the one that answers, and what can be done about it."""
    source = get_source(workspace, source_id)
    generation = get_generation(source, number)
    shown = shown_source(source, _read_filter(), number)
    return render(
        "sources/version.html",
        "sources/_pages.html",
        differences=_differences(source, generation),
        words=GENERATION_WORDS,
        **shown,
    )


@bp.post("/versions/<int:number>/acceptance")
@requires("edit_sources")
@form_on("source_pages.version")
def accept_version(workspace: Workspace, source_id: int, number: int) -> Response:
    source = get_source(workspace, source_id)
    accept(get_generation(source, number), current_actor())
    db.session.commit()
    flash("Accepted. It answers as soon as it is in the index.", "success")
    return _to(workspace, source_id)


@bp.post("/versions/<int:number>/dismissal")
@requires("edit_sources")
@form_on("source_pages.version")
def discard_version(workspace: Workspace, source_id: int, number: int) -> Response:
    source = get_source(workspace, source_id)
    discard(get_generation(source, number), current_actor())
    db.session.commit()
    flash("Kept as it was: answers go on from what was read before.", "success")
    return _to(workspace, source_id)


@bp.post("/versions/<int:number>/return")
@requires("edit_sources")
@form_on("source_pages.version")
def return_to_version(workspace: Workspace, source_id: int, number: int) -> Response:
    source = get_source(workspace, source_id)
    go_back(get_generation(source, number), current_actor())
    db.session.commit()
    flash(f"Going back to version {number}. It answers within moments.", "success")
    return _to(workspace, source_id)


def _open_live() -> LiveView:
    workspace, which = g.workspace, _read_filter()
    source_id = (request.view_args or {})["source_id"]
    source = get_source(workspace, source_id)
    return list_view(workspace, lambda: _draw(source.id, which))


add_workspace_panel(bp, "view", _open_live)


def _draw(source_id: int, which: PageFilter) -> str:
    source = db.session.get(Source, source_id)
    if source is None:
        raise NotFound
    # What another process wrote since the page was opened.
    db.session.refresh(source)
    shown = shown_source(source, which)
    parts = ("_actions", "_state", "_pages", "_versions")
    return "".join(render_template(f"sources/{part}.html", **shown) for part in parts)


def _differences(source: Source, generation: Generation) -> list[dict[str, Any]]:
    """Of the pages that made it be held: what went and what came, line by line."""
    facts, active_id = generation.held_facts, source.active_generation_id
    if not facts or not active_id:
        return []
    urls = [*facts.get("emptied_pages", ()), *facts.get("pages_with_block", ())]
    active = db.session.get_one(Generation, active_id)
    found = []
    for url in dict.fromkeys(urls[:_MOST_DIFFERENT]):
        before, after = (page_of(one, hash_of(url)) for one in (active, generation))
        found.append({"url": url, "lines": _lines(before, after), "page": after})
    return found


def _lines(before: Page | None, after: Page | None) -> list[tuple[str, str]]:
    old, new = (
        (one.document.markdown if one and one.document else "").splitlines()
        for one in (before, after)
    )
    lines = list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]
    return [(line[:1], line[1:]) for line in lines[:_MOST_LINES] if line[:2] != "@@"]


def _read_filter() -> PageFilter:
    state, words = (request.args.get(name, "").strip() for name in ("state", "q"))
    after = max(request.args.get("after", 0, type=int), 0)
    known = state if state in STATE_WORDS else ""
    return PageFilter(known, words.replace("\0", "")[:200], min(after, 2**62))


def _to(workspace: Workspace, source_id: int) -> Response:
    return go_to(url_for("source_pages.show", slug=workspace.slug, source_id=source_id))
