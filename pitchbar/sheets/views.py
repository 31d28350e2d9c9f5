"""Print sheets: chosen, looked at, made, and their files."""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy import select

from pitchbar.accounts.actors import current_actor
from pitchbar.codes.listing import Listing
from pitchbar.codes.models import Code
from pitchbar.codes.queries import list_chosen_codes, list_matching_ids
from pitchbar.core.database import MAX_ID
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
    if request.args.get("all"):
        which = Listing.read(request.args).which
        ids = list_matching_ids(workspace, which, MOST_CODES + 1)
    else:
        ids = request.args.getlist("code_id", type=int)
    codes = _find(workspace, ids)
    if not codes or len(codes) > MOST_CODES:
        return _refuse_number(workspace, len(codes))
    return _ask(workspace, codes, SheetForm(formdata=None))


@bp.post("/preview")
@requires("edit_codes")
@form_on("codes.index")
def preview(workspace: Workspace) -> Response:
    """A page of what is typed; as a whole, the form with it, so that it works without scripts."""
    form, codes = SheetForm(), _sent(workspace)
    if not codes and not wants_fragment():
        return _refuse_number(workspace, 0)
    form.validate()
    asked = request.args.get("page", type=int) or request.form.get("page", 1, type=int)
    shown = show_page(form, codes, asked) if codes else {}
    return render("sheets/new.html", "sheets/_preview.html", codes=codes, form=form, **shown)


@bp.post("")
@requires("edit_codes")
@form_on("print_sheets.index")
def create(workspace: Workspace) -> Response:
    form, codes, sheet = SheetForm(), _sent(workspace), None
    if not codes or len(codes) > MOST_CODES:
        return _refuse_number(workspace, len(codes))
    is_right = form.validate()
    with form_errors(form):
        options = read_options(form.values())
        if is_right:
            ids = [code.id for code in codes]
            sheet = begin_sheet(workspace, current_actor(), options=options, code_ids=ids)
    if sheet is None:
        return _ask(workspace, _sent(workspace), form, 422)
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


def _sent(workspace: Workspace) -> list[Code]:
    parts = request.form.get("codes", "").split(",")
    return _find(workspace, [int(p) for p in parts if p.isdecimal() and len(p) < 20])


def _find(workspace: Workspace, ids: Sequence[int]) -> list[Code]:
    possible = sorted({number for number in ids if 0 < number <= MAX_ID})
    return list_chosen_codes(workspace, possible[: MOST_CODES + 1])


def _refuse_number(workspace: Workspace, count: int) -> Response:
    if count:
        text = f"A sheet takes {MOST_CODES:,} codes at most. Narrow the list first."
    else:
        text = "Nothing to print: choose codes in the list first."
    flash(text, "error")
    return go_to(Listing.read(request.args).url(workspace))
