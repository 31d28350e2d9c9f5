"""Notes on days: added, changed and deleted."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.analytics.boards.annotations.forms import AnnotationForm
from pitchbar.analytics.boards.annotations.models import Annotation
from pitchbar.analytics.boards.annotations.queries import get_annotation, list_page
from pitchbar.analytics.boards.annotations.services import (
    add_annotation,
    change_annotation,
    delete_annotation,
)
from pitchbar.analytics.boards.back import find_way_back
from pitchbar.codes.queries import list_code_names, names_of
from pitchbar.core import clock
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("annotations", __name__, url_prefix="/w/<slug>/notes")


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    page = list_page(workspace, request.args.get("page", 1, type=int))
    names = names_of(workspace, {note.code_id for note in page.items if note.code_id})
    return render("analytics/annotations/index.html", page=page, names=names)


@bp.get("/new")
@requires("edit_codes")
def new(workspace: Workspace) -> Response:
    form = _form(workspace)
    form.day.data = clock.local_date(clock.now(), workspace.time_zone)
    form.code_id.data = request.args.get("code_id", 0, type=int)
    return _show_form(workspace, form, None)


@bp.post("")
@requires("edit_codes")
@form_on("annotations.new")
def create(workspace: Workspace) -> Response:
    form = _form(workspace)
    if form.validate():
        with form_errors(form):
            add_annotation(workspace, current_actor(), **_entered(form))
    if form.errors:
        return _show_form(workspace, form, None, form.http_status)
    db.session.commit()
    flash("The note is on the chart.", "success")
    return go_to(find_way_back(workspace))


@bp.get("/<int:annotation_id>/edit")
@requires("edit_codes")
def edit(workspace: Workspace, annotation_id: int) -> Response:
    note = get_annotation(workspace, annotation_id)
    form = _form(workspace)
    form.day.data, form.text.data, form.code_id.data = note.day, note.text, note.code_id or 0
    return _show_form(workspace, form, note)


@bp.post("/<int:annotation_id>")
@requires("edit_codes")
@form_on("annotations.edit")
def update(workspace: Workspace, annotation_id: int) -> Response:
    note, form = get_annotation(workspace, annotation_id), _form(workspace)
    if not form.validate():
        return _show_form(workspace, form, note, 422)
    change_annotation(note, current_actor(), **_entered(form))
    db.session.commit()
    flash("The note is saved.", "success")
    return go_to(find_way_back(workspace))


@bp.post("/<int:annotation_id>/deletion")
@requires("edit_codes")
@form_on("annotations.edit")
def delete(workspace: Workspace, annotation_id: int) -> Response:
    note = get_annotation(workspace, annotation_id)
    undo = url_for(
        "annotations.restore",
        slug=workspace.slug,
        day=note.day.isoformat(),
        text=note.text,
        code_id=note.code_id or 0,
        back=find_way_back(workspace),
    )
    delete_annotation(note, current_actor())
    db.session.commit()
    flash({"text": "The note is deleted.", "undo_url": undo}, "success")  # type: ignore[arg-type]  # shown with a button
    return go_to(find_way_back(workspace))


@bp.post("/restoration")
@requires("edit_codes")
@form_on("annotations.index")
def restore(workspace: Workspace) -> Response:
    """What was deleted a moment ago, as it was."""
    form = _form(workspace, restored=True)
    if form.validate():
        with form_errors(form):
            add_annotation(workspace, current_actor(), **_entered(form))
    if form.errors:
        return _show_form(workspace, form, None, form.http_status)
    db.session.commit()
    flash("The note is back.", "success")
    return go_to(find_way_back(workspace))


def _form(workspace: Workspace, *, restored: bool = False) -> AnnotationForm:
    codes = list_code_names(workspace)
    return AnnotationForm(codes, formdata=request.values) if restored else AnnotationForm(codes)


def _entered(form: AnnotationForm) -> dict[str, Any]:
    return {
        "day": form.day.data,
        "text": form.text.data,
        "code_id": form.code_id.data or None,
    }


def _show_form(
    workspace: Workspace, form: AnnotationForm, note: Annotation | None, status: int = 200
) -> Response:
    return render(
        "analytics/annotations/edit.html",
        form=form,
        note=note,
        back=find_way_back(workspace),
        http_status=status,
    )
