"""Templates of the workspace, its brand colours, and designs on many codes."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, make_response, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.choosing import Choice
from pitchbar.codes.labels.views import codes_in_words
from pitchbar.codes.listing import Listing
from pitchbar.codes.models import Code
from pitchbar.core.database import MAX_ID
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.studio.designs import MOST_CODES, draw_many, undo_drawing
from pitchbar.studio.forms import ApplyForm, BrandForm, RenamingForm, TemplateForm
from pitchbar.studio.samples import plain_sample, sample_of
from pitchbar.studio.templates import (
    brand_colours,
    choose_default,
    create_template,
    delete_template,
    get_template,
    list_templates,
    set_brand_colours,
)
from pitchbar.symbols.design import PLAIN, Design
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("design_templates", __name__, url_prefix="/w/<slug>/codes/templates")
_PER_PAGE = 24
_choice = Choice(
    MOST_CODES,
    "Nothing to do: choose codes in the list first.",
    f"{MOST_CODES:,} codes at once at most. Narrow the list first.",
)
Renaming = tuple[int, RenamingForm | None]


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    return render_index(workspace, brand_form(workspace))


@bp.get("/<int:template_id>.svg")
@requires("view")
def picture(workspace: Workspace, template_id: int) -> Response:
    response = make_response(sample_of(get_template(workspace, template_id)))
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = f"private, max-age={86400 if 'v' in request.args else 0}"
    response.add_etag()
    response.make_conditional(request)
    return response


@bp.post("")
@requires("edit_codes")
@form_on("design_templates.index")
def create(workspace: Workspace) -> Response:
    """From the designer, with all of its fields and a name."""
    form, template = TemplateForm(), None
    if form.validate():
        with form_errors(form):
            template = create_template(
                workspace, current_actor(), name=form.template_name.data or "", design=form.design()
            )
    if template is None:
        # The designer keeps all that is set: only this note is drawn anew.
        words = [*form.template_name.errors, *form.form_errors]
        note = words[0] if words else "Mend the fields that are marked, then save the template."
        return _note(note, "error", 422)
    db.session.commit()
    return _note(f"Saved as “{template.name}”.", "success", 200)


@bp.post("/<int:template_id>/choice")
@requires("edit_codes")
@form_on("design_templates.index")
def choose(workspace: Workspace, template_id: int) -> Response:
    template = get_template(workspace, template_id)
    is_taken_back = template.is_default
    choose_default(workspace, None if is_taken_back else template, current_actor())
    db.session.commit()
    flash(
        "New codes are plain again."
        if is_taken_back
        else f"New codes start as “{template.name}” from now on.",
        "success",
    )
    return back_to_templates(workspace)


@bp.post("/<int:template_id>/deletion")
@requires("edit_codes")
@form_on("design_templates.index")
def delete(workspace: Workspace, template_id: int) -> Response:
    template = get_template(workspace, template_id)
    delete_template(template, current_actor())
    db.session.commit()
    flash(f"“{template.name}” is deleted. Codes that look so keep their design.", "success")
    return back_to_templates(workspace)


@bp.post("/colours")
@requires("edit_codes")
@form_on("design_templates.index")
def colour(workspace: Workspace) -> Response:
    form = BrandForm()
    if not form.validate():
        return render_index(workspace, form, 422)
    set_brand_colours(workspace, form.chosen(), current_actor())
    db.session.commit()
    flash("Brand colours saved. They stand beside each colour of the designer.", "success")
    return back_to_templates(workspace)


@bp.get("/application")
@requires("edit_codes")
def choose_for(workspace: Workspace) -> Response:
    """Of the codes that are ticked, or with `all` of those that the list's address lets through."""
    codes = _choice.from_list(workspace)
    if not _choice.fits(codes):
        return _choice.refuse(workspace, codes)
    return _ask(workspace, codes, ApplyForm(formdata=None), "")


@bp.post("/application")
@requires("edit_codes")
@form_on("design_templates.choose_for")
def apply(workspace: Workspace) -> Response:
    form = ApplyForm()
    codes = _choice.from_form(workspace)
    if not _choice.fits(codes):
        return _choice.refuse(workspace, codes)
    chosen, design = request.form.get("template", ""), None
    if form.validate():
        with form_errors(form):
            design = _chosen_design(workspace, chosen)
    if design is None:
        if not form.errors:
            form.form_errors.append("Choose what the codes shall look like.")
        return _ask(workspace, codes, form, chosen, 422)
    kept = [("frame_text", form.keep_text.data), ("logo", form.keep_logo.data)]
    keep = [name for name, is_kept in kept if is_kept]
    with form_errors(form):
        edit = draw_many(workspace, [c.id for c in codes], design, current_actor(), keep=keep)
    if form.errors:
        return _ask(workspace, codes, form, chosen, form.http_status)
    count, edit_id = (len(edit.changes), edit.id) if edit else (0, 0)
    db.session.commit()
    if not count:
        flash("Nothing to do: all of them look so already.", "success")
    else:
        undo_url = url_for("design_templates.undo", slug=workspace.slug, design_edit_id=edit_id)
        text = f"{codes_in_words(count).capitalize()} drawn anew. Printed ones scan as before."
        flash({"text": text, "undo_url": undo_url}, "success")  # type: ignore[arg-type]  # the template knows both forms
    return _list(workspace)


@bp.post("/applications/<int:design_edit_id>/reversal")
@requires("edit_codes")
@form_on("codes.index")
def undo(workspace: Workspace, design_edit_id: int) -> Response:
    try:
        whole, left = undo_drawing(workspace, design_edit_id, current_actor())
    except DomainError as error:
        db.session.rollback()
        flash(error.message, "error")
        return _list(workspace)
    db.session.commit()
    words = f"{codes_in_words(whole).capitalize()} {'looks' if whole == 1 else 'look'} as before."
    if left:
        words += f" On {codes_in_words(left)}, what was changed since stays."
    flash(words, "success")
    return _list(workspace)


def _chosen_design(workspace: Workspace, chosen: str) -> Design | None:
    if chosen == "plain":
        return PLAIN
    if not chosen.isdecimal() or len(chosen) > 18:
        return None
    return Design.read(get_template(workspace, int(chosen)).design)


def _ask(
    workspace: Workspace, codes: Sequence[Code], form: ApplyForm, chosen: str, status: int = 200
) -> Response:
    return render(
        "studio/apply.html",
        codes=codes,
        form=form,
        chosen=chosen,
        plain=plain_sample(workspace.id),
        listing=Listing.read(request.args),
        templates=list_templates(workspace),
        http_status=status,
    )


def render_index(
    workspace: Workspace, form: BrandForm, status: int = 200, renaming: Renaming = (0, None)
) -> Response:
    after = min(max(request.args.get("after", 0, type=int), 0), MAX_ID)
    found = list_templates(workspace, _PER_PAGE + 1, after)
    return render(
        "studio/templates.html",
        form=form,
        templates=found[:_PER_PAGE],
        next=found[_PER_PAGE - 1].id if len(found) > _PER_PAGE else None,
        is_first=not after,
        colours=brand_colours(workspace),
        renaming=renaming,
        http_status=status,
    )


def brand_form(workspace: Workspace) -> BrandForm:
    return BrandForm(formdata=None, data={"colours": " ".join(brand_colours(workspace))})


def _note(text: str, kind: str, status: int) -> Response:
    return render("studio/note.html", "studio/_note.html", text=text, kind=kind, http_status=status)


def _list(workspace: Workspace) -> Response:
    return go_to(Listing.read(request.args).url(workspace))


def back_to_templates(workspace: Workspace) -> Response:
    return go_to(url_for("design_templates.index", slug=workspace.slug))
