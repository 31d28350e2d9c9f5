"""The sources of a workspace: what answers are found in."""

from flask import Blueprint, Response, flash, g, render_template, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.core.database import MAX_ID
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.crawling.discovery import Caps
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.sources.forms import SourceForm, take_uploads
from pitchbar.sources.kinds import KIND_WORDS
from pitchbar.sources.models import FILE, Source
from pitchbar.sources.new_source import checks_of, kind_of, render_new
from pitchbar.sources.queries import get_source
from pitchbar.sources.receiving import drop, receive
from pitchbar.sources.services import (
    crawl_now,
    create_source,
    delete_source,
    pause_source,
    resume_source,
    update_source,
)
from pitchbar.sources.settings import SourceSettings
from pitchbar.sources.showing import list_view, shown_list
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("sources", __name__, url_prefix="/w/<slug>/sources")
bp.url_value_preprocessor(take_uploads)

# Somebody waits for it.
_LOOK = Caps(seconds=8.0, requests=8, pages=2000)


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    before = request.args.get("before", 0, type=int)
    return render("sources/index.html", **shown_list(workspace, min(max(before, 0), MAX_ID)))


@bp.get("/new")
@requires("edit_sources")
def new(workspace: Workspace) -> Response:
    return render_new(workspace, SourceForm(), kind_of(request.args))


@bp.post("")
@requires("edit_sources")
@form_on("sources.new")
def create(workspace: Workspace) -> Response:
    form, kind = SourceForm(), kind_of(request.form)
    source = None
    if form.is_accepted(**checks_of(form, kind)):
        with form_errors(form):
            source = _create(workspace, form, kind)
    if form.errors or source is None:
        return render_new(workspace, form, kind)
    flash("It is being read. You can leave this page: it goes on by itself.", "success")
    return go_to(url_for("source_pages.show", slug=workspace.slug, source_id=source.id))


def _create(workspace: Workspace, form: SourceForm, kind: str) -> Source:
    settings = current_settings()
    file = None
    if kind == FILE:
        file = receive(request.files.get("file"), workspace.id, settings)
    try:
        source = create_source(
            workspace, current_actor(), settings, kind=kind, file=file, **form.values(kind)
        )
        db.session.commit()
    except BaseException:
        if file is not None:
            drop(file)
        raise
    return source


@bp.get("/<int:source_id>/edit")
@requires("edit_sources")
def edit(workspace: Workspace, source_id: int) -> Response:
    source = get_source(workspace, source_id)
    return _render_edit(source, _form_of(source))


@bp.post("/<int:source_id>")
@requires("edit_sources")
@form_on("sources.edit")
def update(workspace: Workspace, source_id: int) -> Response:
    source, form = get_source(workspace, source_id), SourceForm()
    values = form.values(source.kind)
    values.pop("url", None)
    if not request.form.get("scope"):
        values.pop("chosen", None)
    if form.is_accepted(**checks_of(form, source.kind, with_url=False)):
        with form_errors(form):
            update_source(source, current_actor(), current_settings(), **values)
    if form.errors:
        return _render_edit(get_source(workspace, source_id), form)
    db.session.commit()
    flash("Saved. The next reading goes by it.", "success")
    return _to(workspace, source_id)


@bp.post("/<int:source_id>/crawls")
@requires("edit_sources")
@form_on("source_pages.show")
def crawl(workspace: Workspace, source_id: int) -> Response:
    crawl_now(get_source(workspace, source_id), current_actor())
    db.session.commit()
    flash("It is being read again. Answers go on from what was read before.", "success")
    return _to(workspace, source_id)


@bp.post("/<int:source_id>/pause")
@requires("edit_sources")
def pause(workspace: Workspace, source_id: int) -> Response:
    pause_source(get_source(workspace, source_id), current_actor())
    db.session.commit()
    flash("Paused. What was read goes on to answer.", "success")
    return _to(workspace, source_id)


@bp.post("/<int:source_id>/resumption")
@requires("edit_sources")
def resume(workspace: Workspace, source_id: int) -> Response:
    resume_source(get_source(workspace, source_id), current_actor(), current_settings())
    db.session.commit()
    flash("Resumed.", "success")
    return _to(workspace, source_id)


@bp.get("/<int:source_id>/delete")
@requires("edit_sources")
def confirm_delete(workspace: Workspace, source_id: int) -> Response:
    return render("sources/delete.html", source=get_source(workspace, source_id))


@bp.post("/<int:source_id>/deletion")
@requires("edit_sources")
@form_on("sources.confirm_delete")
def delete(workspace: Workspace, source_id: int) -> Response:
    source = get_source(workspace, source_id)
    name = source.name
    delete_source(source, current_actor())
    db.session.commit()
    flash(f"“{name}” is deleted, with all that was read of it.", "success")
    return go_to(url_for("sources.index", slug=workspace.slug))


add_workspace_panel(bp, "view", lambda: list_view(g.workspace, _draw_list))


def _draw_list() -> str:
    return render_template("sources/_list.html", **shown_list(g.workspace, 0))


def _form_of(source: Source) -> SourceForm:
    form = SourceForm(obj=source)
    for name in ("include", "exclude", "hosts"):
        form[name].data = "\n".join(getattr(source, name))
    form.scope.data = "chosen" if source.chosen else "all"
    return form


def _render_edit(source: Source, form: SourceForm) -> Response:
    return render(
        "sources/edit.html",
        source=source,
        form=form,
        kind=source.kind,
        kinds=KIND_WORDS,
        own=current_settings()[SourceSettings],
        http_status=form.http_status if form.errors else 200,
    )


def _to(workspace: Workspace, source_id: int) -> Response:
    return go_to(url_for("source_pages.show", slug=workspace.slug, source_id=source_id))
