from datetime import UTC, datetime
from uuid import UUID

from flask import Blueprint

from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import PageQuery
from pitchbar.codes.queries import get_code
from pitchbar.core.pagination import encode_cursor
from pitchbar.scans.payloads import (
    ScanList,
    scan_response,
)
from pitchbar.scans.queries import (
    list_scans_before,
)
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    30,
    "Scans",
    "Who opened a code, one by one.",
    {"code_id": PathParameter("The code's id.", 42)},
)

bp = Blueprint("scans_api", __name__, url_prefix="/api/v1/workspaces/<slug>/codes/<int:code_id>")
shared_limit(bp)


@bp.get("/scans")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=ScanList, errors=(422,))
def scans(workspace: Workspace, code_id: int, query: PageQuery) -> ScanList:
    """List the scans of a code

    Newest first, robots included and marked.
    """
    code = get_code(workspace, code_id)
    found = list_scans_before(
        workspace, code.id, before=query.start(_read_cursor), count=query.per_page + 1
    )
    page = found[: query.per_page]
    more = None
    if len(found) > len(page):
        more = encode_cursor(f"{page[-1].scanned_at.isoformat()}|{page[-1].id}")
    return ScanList(data=[scan_response(scan) for scan in page], next_cursor=more)


def _read_cursor(text: str) -> tuple[datetime, UUID]:
    """Raises ValueError."""
    at, _, scan_id = text.partition("|")
    time = datetime.fromisoformat(at)
    if time.tzinfo is None or not 1970 <= time.year <= 9000:
        raise ValueError("no time of a scan")
    return time.astimezone(UTC), UUID(scan_id)
