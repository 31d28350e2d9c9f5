"""Saved views: a name for a state of the board, for all members."""

from urllib.parse import parse_qs

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.analytics.boards.addresses import Address
from pitchbar.analytics.boards.back import find_way_back
from pitchbar.analytics.boards.saved_views.describing import describe_query
from pitchbar.analytics.boards.saved_views.forms import NameForm, SavedViewForm
from pitchbar.analytics.boards.saved_views.models import SavedView
from pitchbar.analytics.boards.saved_views.queries import get_saved_view, list_saved_views
from pitchbar.analytics.boards.saved_views.services import delete_view, rename_view, save_view
from pitchbar.analytics.filters import TooManyFilters
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.text import storable
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("saved_views", __name__, url_prefix="/w/<slug>/views")


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    views = list_saved_views(workspace)
    words = {view.id: describe_query(workspace, view.query) for view in views}
    return render("analytics/saved_views/index.html", views=views, words=words)


@bp.get("/new")
@requires("edit_codes")
def new(workspace: Workspace) -> Response:
    form = SavedViewForm()
    form.query.data = _plain(request.query_string.decode("utf-8", "replace"))
    return _show_new(workspace, form)


@bp.post("")
@requires("edit_codes")
@form_on("saved_views.new")
def create(workspace: Workspace) -> Response:
    form = SavedViewForm()
    query = _plain(form.query.data or "")
    if form.validate():
        with form_errors(form):
            save_view(workspace, current_actor(), name=form.name.data or "", query=query)
    if form.errors:
        return _show_new(workspace, form, form.http_status)
    db.session.commit()
    flash(f"“{form.name.data}” is saved. Everybody here finds it under Views.", "success")
    path = find_way_back(workspace).partition("?")[0]
    return go_to(f"{path}?{query}" if query else path)


@bp.get("/<int:view_id>/edit")
@requires("edit_codes")
def edit(workspace: Workspace, view_id: int) -> Response:
    view = get_saved_view(workspace, view_id)
    return _show_one(workspace, view, NameForm(obj=view))


@bp.post("/<int:view_id>")
@requires("edit_codes")
@form_on("saved_views.edit")
def update(workspace: Workspace, view_id: int) -> Response:
    view, form = get_saved_view(workspace, view_id), NameForm()
    if form.validate():
        with form_errors(form):
            rename_view(workspace, view, current_actor(), name=form.name.data or "")
    if form.errors:
        return _show_one(workspace, get_saved_view(workspace, view_id), form, form.http_status)
    db.session.commit()
    flash("The view has its new name.", "success")
    return _to_all(workspace)


@bp.get("/<int:view_id>/delete")
@requires("edit_codes")
def confirm_delete(workspace: Workspace, view_id: int) -> Response:
    view = get_saved_view(workspace, view_id)
    return render("analytics/saved_views/delete.html", view=view)


@bp.post("/<int:view_id>/deletion")
@requires("edit_codes")
@form_on("saved_views.confirm_delete")
def delete(workspace: Workspace, view_id: int) -> Response:
    view = get_saved_view(workspace, view_id)
    name = view.name
    delete_view(view, current_actor())
    db.session.commit()
    flash(f"The view “{name}” is deleted.", "success")
    return _to_all(workspace)


def _show_new(workspace: Workspace, form: SavedViewForm, status: int = 200) -> Response:
    return render(
        "analytics/saved_views/new.html",
        form=form,
        words=describe_query(workspace, form.query.data or ""),
        back=find_way_back(workspace),
        http_status=status,
    )


def _show_one(workspace: Workspace, view: SavedView, form: NameForm, status: int = 200) -> Response:
    words = describe_query(workspace, view.query)
    return render(
        "analytics/saved_views/edit.html", view=view, form=form, words=words, http_status=status
    )


def _plain(query: str) -> str:
    """The state of a board alone, as its own links write it; nothing of what cannot be read."""
    try:
        address = Address.read("", parse_qs(storable(query), keep_blank_values=True))
    except (TooManyFilters, ValueError):
        return ""
    return address.url.removeprefix("?")


def _to_all(workspace: Workspace) -> Response:
    return go_to(url_for("saved_views.index", slug=workspace.slug))
