import hashlib
import time
from datetime import UTC, datetime
from random import getrandbits
from uuid import UUID

from flask import Blueprint, g, request

from pitchbar.api.endpoints import Topic, endpoint
from pitchbar.api.errors import InvalidPayload
from pitchbar.api.idempotency import HEADER
from pitchbar.api.paging import PageQuery
from pitchbar.codes.queries import names_of
from pitchbar.conversions.claims import Checked, Claim, check_claim
from pitchbar.conversions.lines import API, Line
from pitchbar.conversions.payloads import (
    AcceptedConversion,
    ConversionList,
    NewConversion,
    conversion_response,
)
from pitchbar.conversions.queries import find_by_order, list_before
from pitchbar.conversions.refusals import REASONS
from pitchbar.conversions.services import keep_conversion
from pitchbar.core import clock
from pitchbar.core.pagination import encode_cursor
from pitchbar.scans.accepted import new_scan_id
from pitchbar.scans.factories import make_token_cipher
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    40,
    "Conversions",
    "What came of scans: tell of it server to server, and read what was told.",
)

bp = Blueprint("conversions_api", __name__, url_prefix="/api/v1")
shared_limit(bp)


@bp.post("/conversions")
@requires_token("read-write")
@endpoint(
    TOPIC, body=NewConversion, response=AcceptedConversion, status=202, errors=(413, 415, 422)
)
def create(workspace: Workspace, payload: NewConversion) -> AcceptedConversion:
    """Tell of a conversion

    Of the workspace that the token belongs to. The code of the scan must have attribution switched
    on: then its visitors come with `pb_at` in the address.
    """
    checked = _check(workspace, payload)
    if checked.order_id:
        known = find_by_order(workspace, checked.event, checked.order_id)
        if known:
            return AcceptedConversion(id=known.id, duplicate=True)
    milliseconds = time.time_ns() // 1_000_000
    identity = _repeatable_id(workspace) or UUID(hex=new_scan_id(milliseconds, getrandbits(74)))
    line = Line(identity.hex, milliseconds, workspace.id, workspace.time_zone, API)
    keep_conversion(checked.into(line))
    return AcceptedConversion(id=identity, duplicate=False)


@bp.get("/workspaces/<slug>/conversions")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=ConversionList, errors=(422,))
def index(workspace: Workspace, query: PageQuery) -> ConversionList:
    """List conversions

    Newest first, by when they were told.
    """
    found = list_before(workspace, before=query.start(_read_cursor), count=query.per_page + 1)
    page = found[: query.per_page]
    names = names_of(workspace, {one.code_id for one in page})
    more = None
    if len(found) > len(page):
        more = encode_cursor(f"{page[-1].occurred_at.isoformat()}|{page[-1].id}")
    return ConversionList(
        data=[conversion_response(one, names[one.code_id]) for one in page], next_cursor=more
    )


def _check(workspace: Workspace, payload: NewConversion) -> Checked:
    """Raises InvalidPayload with a sentence for each field that is wrong."""
    claim = Claim(
        payload.attribution,
        payload.event,
        payload.value,
        payload.currency or "",
        payload.order_id or "",
    )
    tokens = make_token_cipher(current_settings())
    checked, refused = check_claim(claim, workspace.id, tokens, clock.now())
    if checked is None:
        fields = {REASONS[one.reason].field: REASONS[one.reason].sentence for one in refused}
        raise InvalidPayload("Some fields need a correction.", fields=fields)
    return checked


def _repeatable_id(workspace: Workspace) -> UUID | None:
    """Of a call with an Idempotency-Key: the same whenever it is repeated, so that one whose answer
    was lost after its line was kept counts once.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    said = f"{workspace.id} {g.client_id} {key}\n".encode() + request.get_data()
    return UUID(bytes=hashlib.sha256(said).digest()[:16], version=4)


def _read_cursor(text: str) -> tuple[datetime, UUID]:
    """Raises ValueError."""
    at, _, conversion_id = text.partition("|")
    told_at = datetime.fromisoformat(at)
    if told_at.tzinfo is None or not 1970 <= told_at.year <= 9000:
        raise ValueError("no time of a conversion")
    return told_at.astimezone(UTC), UUID(conversion_id)
