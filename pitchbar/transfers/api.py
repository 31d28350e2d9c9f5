from collections.abc import Mapping

from flask import Blueprint, Response, request

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import read_id
from pitchbar.api.payloads import field_error
from pitchbar.core.pagination import encode_cursor
from pitchbar.settings import current_settings
from pitchbar.transfers.export_views import map_response, table_response
from pitchbar.transfers.models import CHECK, DONE, IMPORT, CodeImport
from pitchbar.transfers.payloads import (
    ErrorsQuery,
    ImportErrorList,
    ImportResponse,
    NewImport,
    RedirectsQuery,
    error_response,
    import_response,
)
from pitchbar.transfers.queries import get_import, list_errors
from pitchbar.transfers.reading.plans import Options
from pitchbar.transfers.receiving import (
    ReceivedTable,
    drop_file,
    look_at,
    receive,
    take_table,
)
from pitchbar.transfers.services import (
    begin_import,
    discard_import,
    look_through,
    record_begin,
    undo_import,
)
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import (
    require_right_of_creator,
    requires_token,
    shared_limit,
)

TOPIC = Topic(
    22,
    "Bulk",
    "Many codes at once: brought in from a file, and taken away.",
    {
        "import_id": PathParameter("The import's id.", 7),
        "kind": PathParameter("What the map is for.", "nginx"),
    },
)

bp = Blueprint("transfers_api", __name__, url_prefix="/api/v1/workspaces/<slug>/codes")
bp.url_value_preprocessor(take_table)
shared_limit(bp)


@bp.post("/imports")
@requires_token("read-write")
@endpoint(TOPIC, body=NewImport, response=ImportResponse, status=202, errors=(409, 413, 415, 422))
def create(workspace: Workspace, payload: NewImport) -> ImportResponse:
    """Import codes from a file

    All of them or none: with an error in any row nothing is imported, and the import says where.
    """
    require_right_of_creator("edit_codes")
    by = current_actor()
    an_import = begin_import(workspace, by, _take(payload))
    try:
        mapping = an_import.mapping
        if payload.mapping is not None:
            mapping = _places(an_import.columns, payload.mapping)
        options = Options(payload.domain, payload.taken, payload.skip_same)
        goal = CHECK if payload.dry_run else IMPORT
        look_through(workspace, an_import, mapping, options, goal=goal)
        if goal == IMPORT:
            record_begin(an_import, by)
    except BaseException:
        drop_file(an_import)
        raise
    return import_response(an_import)


@bp.get("/imports/<int:import_id>")
@requires_token("read")
@endpoint(TOPIC, response=ImportResponse)
def show(workspace: Workspace, import_id: int) -> ImportResponse:
    """Get an import"""
    return import_response(get_import(workspace, import_id))


@bp.get("/imports/<int:import_id>/errors")
@requires_token("read")
@endpoint(TOPIC, query=ErrorsQuery, response=ImportErrorList, errors=(422,))
def errors(workspace: Workspace, import_id: int, query: ErrorsQuery) -> ImportErrorList:
    """List what is wrong in the file of an import"""
    an_import = get_import(workspace, import_id)
    found = list_errors(an_import, query.start(read_id) or 0, query.per_page + 1)
    shown = found[: query.per_page]
    return ImportErrorList(
        data=[error_response(one) for one in shown],
        next_cursor=encode_cursor(shown[-1].id) if len(found) > len(shown) else None,
    )


@bp.delete("/imports/<int:import_id>")
@requires_token("read-write")
@endpoint(TOPIC, response=ImportResponse, status=202, errors=(409,))
def undo(workspace: Workspace, import_id: int) -> ImportResponse:
    """Undo an import

    Within 24 hours. Codes that were edited or scanned since stay; the others are deleted, and
    their short codes are free again. An import that brought nothing in is discarded.
    """
    an_import: CodeImport = get_import(workspace, import_id, is_held=True)
    if an_import.state == DONE:
        require_right_of_creator("delete_codes")
        undo_import(an_import, current_actor())
        return import_response(an_import)
    require_right_of_creator("edit_codes")
    answer = import_response(an_import)
    discard_import(an_import)
    return answer


@bp.get("/export.csv")
@requires_token("read")
@endpoint(TOPIC, media_types=("text/csv",))
def export(workspace: Workspace) -> Response:
    """Export all codes as a table

    With the columns that an import reads back, and beside them the short link, scans by people and
    when each was made.
    """
    return table_response(workspace)


@bp.get("/redirects.<any(nginx, caddy, cloudflare, 'cloudflare-bulk'):kind>")
@requires_token("read")
@endpoint(TOPIC, query=RedirectsQuery, errors=(422,), media_types=("text/plain", "text/csv"))
def redirects(workspace: Workspace, kind: str, query: RedirectsQuery) -> Response:
    """Get a map that keeps the codes of a host working elsewhere"""
    return map_response(workspace, kind, query.host)


def _take(payload: NewImport) -> ReceivedTable:
    if payload.table and not request.files:
        return look_at(payload.table.encode("utf-8", "replace"), "table.csv", current_settings())
    return receive(request.files.get("file"), current_settings())


def _places(columns: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, column in mapping.items():
        if columns.count(column) > 1:
            raise field_error("mapping", f"names a column that is there twice: {column[:100]}")
        if column not in columns:
            raise field_error("mapping", f"names a column that is not there: {column[:100]}")
        found[name] = columns.index(column)
    return found
