"""The labels of a workspace: made, renamed, coloured, merged and deleted."""

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.labels.forms import LabelForm, MergeForm
from pitchbar.codes.labels.models import Label
from pitchbar.codes.labels.queries import (
    count_codes_of,
    find_label,
    get_label,
    list_counted_labels,
    list_labels,
)
from pitchbar.codes.labels.services import create_label, delete_label, merge_labels, update_label
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.text import storable
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("labels", __name__, url_prefix="/w/<slug>/labels")


@bp.app_template_filter("codes_in_words")
def codes_in_words(count: int) -> str:
    """ "no code", "1 code", "1,200 codes"."""
    if count == 0:
        return "no code"
    return "1 code" if count == 1 else f"{count:,} codes"


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    return _show_all(workspace, LabelForm(formdata=None))


@bp.post("")
@requires("edit_codes")
def create(workspace: Workspace) -> Response:
    form = LabelForm()
    if form.validate():
        with form_errors(form):
            create_label(workspace, current_actor(), **form.entered())
    if form.errors:
        return _show_all(workspace, form, 422)
    db.session.commit()
    flash(f"Label “{form.name.data}” created.", "success")
    return _to_all(workspace)


@bp.get("/<int:label_id>/edit")
@requires("edit_codes")
def edit(workspace: Workspace, label_id: int) -> Response:
    label = get_label(workspace, label_id)
    return _show_one(workspace, label, LabelForm(obj=label))


@bp.post("/<int:label_id>")
@requires("edit_codes")
@form_on("labels.edit")
def update(workspace: Workspace, label_id: int) -> Response:
    label, form = get_label(workspace, label_id), LabelForm()
    if form.validate():
        with form_errors(form):
            update_label(workspace, label, current_actor(), **form.entered())
    if form.errors:
        return _show_one(workspace, get_label(workspace, label_id), form, 422)
    db.session.commit()
    flash("Label saved. Codes that carry it show it so from now on.", "success")
    return _to_all(workspace)


@bp.get("/<int:label_id>/merge")
@requires("edit_codes")
def confirm_merge(workspace: Workspace, label_id: int) -> Response:
    return _ask_merge(workspace, get_label(workspace, label_id))


@bp.post("/<int:label_id>/merger")
@requires("edit_codes")
@form_on("labels.confirm_merge")
def merge(workspace: Workspace, label_id: int) -> Response:
    label = get_label(workspace, label_id)
    form = _merge_form(workspace, label)
    into = find_label(workspace, form.into.data or 0) if form.validate() else None
    if into is None or into.id == label.id:
        form.into.errors = ["Choose the label that its codes get instead."]
        return _ask_merge(workspace, label, form, 422)
    name, target = label.name, into.name
    count = merge_labels(workspace, label, into, current_actor())
    db.session.commit()
    flash(f"“{name}” is merged: {codes_in_words(count)} had it, and “{target}” now.", "success")
    return _to_all(workspace)


@bp.get("/<int:label_id>/delete")
@requires("edit_codes")
def confirm_delete(workspace: Workspace, label_id: int) -> Response:
    label = get_label(workspace, label_id)
    count = _count(workspace, label)
    return render("codes/labels/delete.html", label=label, count=count)


@bp.post("/<int:label_id>/deletion")
@requires("edit_codes")
@form_on("labels.confirm_delete")
def delete(workspace: Workspace, label_id: int) -> Response:
    label = get_label(workspace, label_id)
    name, count = label.name, delete_label(workspace, label, current_actor())
    db.session.commit()
    flash(f"Label “{name}” is deleted. It was on {codes_in_words(count)}.", "success")
    return _to_all(workspace)


def _show_all(workspace: Workspace, form: LabelForm, status: int = 200) -> Response:
    search = storable(request.args.get("q", "").strip()[:50])
    number = request.args.get("page", 1, type=int)
    return render(
        "codes/labels/index.html",
        "codes/labels/_list.html",
        page=list_counted_labels(workspace, search=search, number=number),
        search=search,
        form=form,
        http_status=status,
    )


def _show_one(workspace: Workspace, label: Label, form: LabelForm, status: int = 200) -> Response:
    count = _count(workspace, label)
    return render("codes/labels/edit.html", label=label, form=form, count=count, http_status=status)


def _ask_merge(
    workspace: Workspace, label: Label, form: MergeForm | None = None, status: int = 200
) -> Response:
    form = form or _merge_form(workspace, label)
    count = _count(workspace, label)
    return render(
        "codes/labels/merge.html", label=label, form=form, count=count, http_status=status
    )


def _merge_form(workspace: Workspace, label: Label) -> MergeForm:
    return MergeForm([one for one in list_labels(workspace) if one.id != label.id])


def _count(workspace: Workspace, label: Label) -> int:
    return count_codes_of(workspace, [label.id]).get(label.id, 0)


def _to_all(workspace: Workspace) -> Response:
    return go_to(url_for("labels.index", slug=workspace.slug))
