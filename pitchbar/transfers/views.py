"""Bringing codes in: a file, its columns, a look at what it becomes, and the way back."""

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from pitchbar.accounts.actors import current_actor
from pitchbar.core import clock
from pitchbar.core.csv_export import csv_portions
from pitchbar.core.database import MAX_ID
from pitchbar.core.downloads import as_attachment
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import error_response
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.live import LiveView
from pitchbar.settings import current_settings
from pitchbar.transfers.errors import ImportNotReady
from pitchbar.transfers.forms import MappingForm, UploadForm
from pitchbar.transfers.models import DRAFT, UNDER_WAY, CodeImport
from pitchbar.transfers.queries import each_error, get_import
from pitchbar.transfers.reading.fields import BY_NAME
from pitchbar.transfers.reading.recognition import KNOWN, known_of
from pitchbar.transfers.receiving import drop_file, receive, take_table
from pitchbar.transfers.services import (
    begin_import,
    bring_in,
    can_undo,
    discard_import,
    look_through,
    undo_import,
)
from pitchbar.transfers.settings import TransferSettings
from pitchbar.transfers.showing import live_view, shown_import, shown_list
from pitchbar.transfers.undoing import list_kept, plan_undo
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("code_imports", __name__, url_prefix="/w/<slug>/codes")
bp.url_value_preprocessor(take_table)
panel_bp = Blueprint("code_import", __name__, url_prefix="/w/<slug>/codes/imports/<int:import_id>")
_RIGHT = "edit_codes"
_KEPT_SHOWN = 50


@bp.get("/imports")
@requires(_RIGHT)
def index(workspace: Workspace) -> Response:
    return render("transfers/index.html", **shown_list(workspace, _number("before")))


@bp.get("/import")
@requires(_RIGHT)
def new(workspace: Workspace) -> Response:
    return _render_new(UploadForm())


@bp.post("/imports")
@requires(_RIGHT)
@form_on("code_imports.new")
def create(workspace: Workspace) -> Response:
    form = UploadForm()
    an_import = None
    with form_errors(form):
        table = receive(request.files.get("file"), current_settings())
        an_import = begin_import(workspace, current_actor(), table)
    if an_import is None:
        return _render_new(form)
    try:
        db.session.commit()
    except BaseException:
        drop_file(an_import)
        raise
    return go_to(url_for("code_import.edit", slug=workspace.slug, import_id=an_import.id))


@panel_bp.get("/columns")
@requires(_RIGHT)
def edit(workspace: Workspace, import_id: int) -> Response:
    an_import = get_import(workspace, import_id)
    if not an_import.file_key or an_import.state in UNDER_WAY:
        return _to(workspace, import_id)
    form = MappingForm()
    form.offer(an_import)
    return _render_columns(an_import, form)


@panel_bp.post("/columns")
@requires(_RIGHT)
@form_on("code_import.edit")
def check(workspace: Workspace, import_id: int) -> Response:
    an_import, form = get_import(workspace, import_id, is_held=True), MappingForm()
    form.offer(an_import)
    if form.validate():
        with form_errors(form):
            look_through(workspace, an_import, form.mapping(), form.options())
    if form.errors:
        return _render_columns(get_import(workspace, import_id), form)
    db.session.commit()
    return _to(workspace, import_id)


@panel_bp.get("")
@requires(_RIGHT)
def show(workspace: Workspace, import_id: int) -> Response:
    an_import = get_import(workspace, import_id)
    if an_import.state == DRAFT:
        return go_to(url_for("code_import.edit", slug=workspace.slug, import_id=import_id))
    return render("transfers/show.html", **shown_import(an_import, _number("after")))


@panel_bp.post("/start")
@requires(_RIGHT)
@form_on("code_import.show")
def start(workspace: Workspace, import_id: int) -> Response:
    bring_in(get_import(workspace, import_id, is_held=True), current_actor())
    db.session.commit()
    return _to(workspace, import_id)


@panel_bp.get("/errors.csv")
@requires(_RIGHT)
def errors(workspace: Workspace, import_id: int) -> Response:
    an_import = get_import(workspace, import_id)
    rows = ((one.row_number, one.column_name, one.message) for one in each_error(an_import))
    portions = csv_portions(("Row", "Column", "What is wrong"), rows)
    response = Response(stream_with_context(portions), mimetype="text/csv")
    return as_attachment(response, f"import-{an_import.id}-errors.csv")


@panel_bp.get("/undo")
@requires("delete_codes")
def confirm_undo(workspace: Workspace, import_id: int) -> Response:
    an_import = get_import(workspace, import_id)
    if not can_undo(an_import, clock.now()):
        return _to(workspace, import_id)
    after = _number("after")
    kept = list_kept(an_import, after, _KEPT_SHOWN + 1)
    return render(
        "transfers/undo.html",
        one=an_import,
        plan=plan_undo(an_import),
        kept=kept[:_KEPT_SHOWN],
        next=kept[_KEPT_SHOWN - 1][0].id if len(kept) > _KEPT_SHOWN else 0,
    )


@panel_bp.post("/reversal")
@requires("delete_codes")
@form_on("code_import.confirm_undo")
def undo(workspace: Workspace, import_id: int) -> Response:
    undo_import(get_import(workspace, import_id, is_held=True), current_actor())
    db.session.commit()
    return _to(workspace, import_id)


@panel_bp.post("/removal")
@requires(_RIGHT)
@form_on("code_imports.index")
def discard(workspace: Workspace, import_id: int) -> Response:
    discard_import(get_import(workspace, import_id, is_held=True))
    db.session.commit()
    flash("The file is discarded. Nothing of it was imported.", "success")
    return go_to(url_for("code_imports.index", slug=workspace.slug))


@panel_bp.errorhandler(ImportNotReady)
def lead_back(error: ImportNotReady) -> ResponseReturnValue:
    """An act that came too late, or twice: the import's page shows what became of it."""
    import_id = (request.view_args or {}).get("import_id")
    if request.method != "POST" or import_id is None:
        return error_response(error.status, error.message, error.code)
    db.session.rollback()
    flash(error.message, "error")
    return _to(g.workspace, import_id)


def _open_live() -> LiveView:
    an_import = get_import(g.workspace, (request.view_args or {})["import_id"])
    import_id, after = an_import.id, _number("after")
    return live_view(an_import, lambda: _draw(import_id, after))


add_workspace_panel(panel_bp, _RIGHT, _open_live)


def _draw(import_id: int, after: int) -> str:
    an_import = db.session.get(CodeImport, import_id)
    if an_import is None:
        raise ImportNotReady("This import is gone.")
    # What another process wrote since the page was opened.
    db.session.refresh(an_import)
    return render_template("transfers/_import.html", **shown_import(an_import, after))


def _render_new(form: UploadForm) -> Response:
    return render(
        "transfers/new.html",
        form=form,
        own=current_settings()[TransferSettings],
        services=sorted(one.label for key, one in KNOWN.items() if key != "pitchbar"),
        http_status=form.http_status if form.errors else 200,
    )


def _render_columns(an_import: CodeImport, form: MappingForm) -> Response:
    return render(
        "transfers/columns.html",
        one=an_import,
        form=form,
        fields=BY_NAME,
        origin=known_of(an_import.origin).label,
        http_status=form.http_status if form.errors else 200,
    )


def _number(name: str) -> int:
    return min(max(request.args.get(name, 0, type=int), 0), MAX_ID)


def _to(workspace: Workspace, import_id: int) -> Response:
    return go_to(url_for("code_import.show", slug=workspace.slug, import_id=import_id))
