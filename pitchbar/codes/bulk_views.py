"""Many codes edited at once: chosen in the list, changes chosen, read back, done and undone."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, request

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.bulk_edits import BulkEditRefused, apply_edit, undo_edit
from pitchbar.codes.bulk_forms import BulkEditForm
from pitchbar.codes.bulk_plans import MOST_CODES, EditPlan, plan_edit
from pitchbar.codes.bulk_words import describe
from pitchbar.codes.choosing import Choice
from pitchbar.codes.errors import CodeEditNotFound
from pitchbar.codes.labels.queries import list_labels
from pitchbar.codes.labels.views import codes_in_words
from pitchbar.codes.listing import Listing
from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_campaigns
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import PlanLimitReached

bp = Blueprint("code_edits", __name__, url_prefix="/w/<slug>/codes/edits")
_choice = Choice(
    MOST_CODES,
    "Nothing to do: choose codes in the list first.",
    f"An edit takes {MOST_CODES:,} codes at most. Narrow the list first.",
)


@bp.get("/new")
@requires("edit_codes")
def new(workspace: Workspace) -> Response:
    """Of the codes that are ticked, or with `all` of those that the list's address lets through."""
    codes = _choice.from_list(workspace)
    if not _choice.fits(codes):
        return _choice.refuse(workspace, codes)
    return _ask(workspace, codes, _form(workspace))


@bp.post("/review")
@requires("edit_codes")
@form_on("code_edits.new")
def review(workspace: Workspace) -> Response:
    codes, form = _choice.from_form(workspace), _form(workspace)
    if not _choice.fits(codes):
        return _choice.refuse(workspace, codes)
    if not form.validate():
        return _ask(workspace, codes, form, 422)
    if request.form.get("back"):
        return _ask(workspace, codes, form)
    return _show_plan(workspace, plan_edit(workspace, codes, form.edit()), form)


@bp.post("")
@requires("edit_codes")
@form_on("code_edits.new")
def create(workspace: Workspace) -> Response:
    codes, form = _choice.from_form(workspace), _form(workspace)
    if not _choice.fits(codes):
        return _choice.refuse(workspace, codes)
    if not form.validate():
        return _ask(workspace, codes, form, 422)
    ids = [code.id for code in codes]
    try:
        with form_errors(form):
            plan, edit = apply_edit(
                workspace, ids, form.edit(), current_actor(), current_settings()
            )
    except BulkEditRefused as error:
        db.session.rollback()
        return _show_plan(workspace, error.plan, form, 422)
    if form.errors:
        return _ask(workspace, _choice.from_form(workspace), form, 422)
    db.session.commit()
    return _tell(workspace, len(plan.changes), edit.id if edit else None, form)


@bp.post("/<int:edit_id>/reversal")
@requires("edit_codes")
@form_on("codes.index")
def undo(workspace: Workspace, edit_id: int) -> Response:
    try:
        whole, left = undo_edit(workspace, edit_id, current_actor())
    except (CodeEditNotFound, PlanLimitReached) as error:
        db.session.rollback()
        flash(error.message, "error")
        return _back(workspace)
    db.session.commit()
    words = f"{codes_in_words(whole).capitalize()} {'is' if whole == 1 else 'are'} as before."
    if left:
        words += f" On {codes_in_words(left)}, what was changed since stays."
    flash(words, "success")
    return _back(workspace)


def _listing() -> Listing:
    return Listing.read(request.args)


def _form(workspace: Workspace) -> BulkEditForm:
    return BulkEditForm(workspace.time_zone, list_labels(workspace), current_settings())


def _ask(
    workspace: Workspace, codes: Sequence[Code], form: BulkEditForm, status: int = 200
) -> Response:
    return render(
        "codes/edits/new.html",
        codes=codes,
        form=form,
        listing=_listing(),
        labels=list_labels(workspace),
        campaigns=list_campaigns(workspace),
        http_status=status,
    )


def _show_plan(
    workspace: Workspace, plan: EditPlan, form: BulkEditForm, status: int = 200
) -> Response:
    return render(
        "codes/edits/review.html",
        plan=plan,
        sentences=describe(plan, form.edit(), workspace.time_zone),
        notes=form.time_notes,
        sent=form.sent(),
        listing=_listing(),
        http_status=status,
    )


def _tell(workspace: Workspace, count: int, edit_id: int | None, form: BulkEditForm) -> Response:
    if edit_id is None:
        flash("Nothing to do: all of them were so already.", "success")
        return _back(workspace)
    text = f"{codes_in_words(count).capitalize()} changed. Scans follow within two seconds."
    undo_url = _listing().url(workspace, "code_edits.undo", edit_id=edit_id)
    flash({"text": text, "undo_url": undo_url}, "success")  # type: ignore[arg-type]  # the template knows both forms
    for note in form.time_notes:
        flash(note, "success")
    return _back(workspace)


def _back(workspace: Workspace) -> Response:
    return go_to(_listing().url(workspace))
