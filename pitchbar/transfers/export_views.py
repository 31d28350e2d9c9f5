"""Taking codes away: as a table, and as maps that keep them working elsewhere."""

from flask import Blueprint, Response, request, stream_with_context

from pitchbar.accounts.actors import current_actor
from pitchbar.core.downloads import as_attachment
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import render
from pitchbar.errors import DomainError
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.transfers.exporting import export_codes, record_export
from pitchbar.transfers.leaving.redirects import collect, list_hosts
from pitchbar.transfers.leaving.writing import KINDS
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("code_exports", __name__, url_prefix="/w/<slug>/codes/export")


class UnknownExport(DomainError):
    status = 422
    code = "invalid"

    def __init__(self) -> None:
        super().__init__("Choose what the file shall be: a table, or a map for a server.")


@bp.get("")
@requires("export")
def show(workspace: Workspace) -> Response:
    settings = current_settings()
    hosts = list_hosts(workspace, settings)
    chosen = request.args.get("host", "")
    made = collect(workspace, settings, chosen if chosen in hosts else "")
    return render("transfers/export.html", kinds=KINDS.values(), hosts=hosts, made=made)


@bp.post("")
@requires("export")
@form_on("code_exports.show")
def create(workspace: Workspace) -> Response:
    kind = request.form.get("kind", "")
    if kind != "csv" and kind not in KINDS:
        raise UnknownExport
    if kind == "csv":
        response = table_response(workspace)
    else:
        response = map_response(workspace, kind, request.form.get("host", ""))
    record_export(workspace, current_actor(), KINDS[kind].label if kind in KINDS else "CSV")
    db.session.commit()
    return response


def table_response(workspace: Workspace) -> Response:
    portions = stream_with_context(export_codes(workspace, current_settings()))
    return as_attachment(Response(portions, mimetype="text/csv"), f"{workspace.slug}-codes.csv")


def map_response(workspace: Workspace, kind: str, host: str) -> Response:
    """Raises UnknownMap."""
    made = collect(workspace, current_settings(), host)
    one = KINDS[kind]
    mimetype = "text/csv" if one.file.endswith(".csv") else "text/plain"
    response = Response(one.write(made), mimetype=mimetype)
    return as_attachment(response, one.file.format(host=made.host.replace(":", "-")))
