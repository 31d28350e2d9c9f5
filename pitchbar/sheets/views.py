"""Print sheets: chosen, looked at, made, and their files."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy import select

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.choosing import Choice
from pitchbar.codes.models import Code
from pitchbar.core.downloads import as_attachment
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render, wants_fragment
from pitchbar.core.pagination import paginate
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.sheets.forms import SheetForm
from pitchbar.sheets.making import KEPT, files
from pitchbar.sheets.models import WAITING, PrintSheet
from pitchbar.sheets.services import (
    MOST_CODES,
    begin_sheet,
    delete_sheet,
    get_sheet,
    read_options,
    require_file,
)
from pitchbar.sheets.showing import names_on, show_page
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("print_sheets", __name__, url_prefix="/w/<slug>/codes/sheets")
_choice = Choice(
    MOST_CODES,
    "Nothing to print: choose codes in the list first.",
    f"A sheet takes {MOST_CODES:,} codes at most. Narrow the list first.",
)


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    query = select(PrintSheet).where(PrintSheet.workspace_id == workspace.id)
    number = request.args.get("page", 1, type=int)
    page = paginate(db.session, query.order_by(PrintSheet.id.desc()), number)
    return render(
        "sheets/index.html",
        "sheets/_sheets.html",
        page=page,
        names=names_on(workspace, page.items),
        days=KEPT.days,
        is_working=any(one.state == WAITING for one in page.items),
    )


@bp.get("/new")
@requires("edit_codes")
def new(workspace: Workspace) -> Response:
    """Of the codes that are ticked, or with `all` of those that the list's address lets through."""
    codes = _choice.from_list(workspace)
    if not _choice.fits(codes):
        return _choice.refuse(workspace, codes)
    return _ask(workspace, codes, SheetForm(formdata=None))


@bp.post("/preview")
@requires("edit_codes")
@form_on("codes.index")
def preview(workspace: Workspace) -> Response:
    """A page of what is typed; as a whole, the form with it, so that it works without scripts."""
    form, codes = SheetForm(), _choice.from_form(workspace)
    if not codes and not wants_fragment():
        return _choice.refuse(workspace, codes)
    form.validate()
    asked = request.args.get("page", type=int) or request.form.get("page", 1, type=int)
    shown = show_page(form, codes, asked) if codes else {}
    return render("sheets/new.html", "sheets/_preview.html", codes=codes, form=form, **shown)


@bp.post("")
@requires("edit_codes")
@form_on("print_sheets.index")
def create(workspace: Workspace) -> Response:
    form, codes, sheet = SheetForm(), _choice.from_form(workspace), None
    if not _choice.fits(codes):
        return _choice.refuse(workspace, codes)
    is_right = form.validate()
    with form_errors(form):
        options = read_options(form.values())
        if is_right:
            ids = [code.id for code in codes]
            sheet = begin_sheet(workspace, current_actor(), options=options, code_ids=ids)
    if sheet is None:
        return _ask(workspace, _choice.from_form(workspace), form, 422)
    db.session.commit()
    return go_to(url_for("print_sheets.index", slug=workspace.slug))


@bp.get("/<int:sheet_id>.pdf")
@requires("view")
def download(workspace: Workspace, sheet_id: int) -> Response:
    sheet = get_sheet(workspace, sheet_id)
    require_file(sheet)
    response = Response(files().read(sheet.key, 0, sheet.size), mimetype="application/pdf")
    response.headers["Content-Length"] = str(sheet.size)
    return as_attachment(response, f"{workspace.slug}-codes-{sheet.id}.pdf")


@bp.post("/<int:sheet_id>/removal")
@requires("edit_codes")
@form_on("print_sheets.index")
def remove(workspace: Workspace, sheet_id: int) -> Response:
    delete_sheet(get_sheet(workspace, sheet_id), current_actor())
    db.session.commit()
    flash("The file is deleted. The codes are not touched.", "success")
    return go_to(url_for("print_sheets.index", slug=workspace.slug))


def _ask(
    workspace: Workspace, codes: Sequence[Code], form: SheetForm, status: int = 200
) -> Response:
    shown = show_page(form, codes, request.form.get("page", 1, type=int))
    return render("sheets/new.html", codes=codes, form=form, **shown, http_status=status)
