"""Scans one by one, under the filters of the boards, and the whole story of one."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select

from pitchbar.analytics.boards.loading import question_of
from pitchbar.analytics.boards.names import name_values
from pitchbar.analytics.boards.pages import State, frame, read_state
from pitchbar.analytics.boards.recent import show_scans
from pitchbar.analytics.dimensions import BY_KEY
from pitchbar.analytics.filters import Filter, write_filters
from pitchbar.analytics.scan_list.queries import (
    get_scan,
    list_conversions,
    list_of_visitor,
    list_scans,
    read_place,
    write_place,
)
from pitchbar.codes.queries import names_of
from pitchbar.core.htmx import render
from pitchbar.core.utm import UTM_NAMES
from pitchbar.domains.models import Domain
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("scan_list", __name__, url_prefix="/w/<slug>/scans")

_PER_PAGE = 50
_OF_VISITOR = 20


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    state = read_state(workspace, request.path)
    rows: dict[str, Any] = {"scans": None}
    if not state.refused:
        rows = _read_page(workspace, state)
    return render(
        "scan_list/index.html",
        "scan_list/_scans.html",
        http_status=state.status,
        **frame(workspace, None, state),
        **rows,
    )


def _read_page(workspace: Workspace, state: State) -> dict[str, Any]:
    """One more than is shown tells whether there is another page."""
    question = question_of(workspace, None, state.address, state.shown)
    before = read_place(request.args.get("before", ""))
    after = read_place(request.args.get("after", ""))
    found = list_scans(question, before=before, after=after, count=_PER_PAGE + 1)
    has_more = len(found) > _PER_PAGE
    scans = found[-_PER_PAGE:] if after else found[:_PER_PAGE]
    has_newer, has_older = (has_more, True) if after else (before is not None, has_more)
    address, path = state.address, state.address.path
    return {
        "scans": show_scans(workspace, scans),
        "newer_url": address.at(path, after=write_place(scans[0])) if scans and has_newer else "",
        "older_url": address.at(path, before=write_place(scans[-1])) if scans and has_older else "",
        "is_later_page": bool(before or after),
        "query": address.at("").removeprefix("?"),
    }


@bp.get("/<uuid:scan_id>")
@requires("view")
def show(workspace: Workspace, scan_id: UUID) -> Response:
    scan = get_scan(workspace, scan_id)
    code = names_of(workspace, {scan.code_id})[scan.code_id]
    return render(
        "scan_list/scan.html",
        scan=scan,
        code=code,
        told=_told(workspace, scan),
        utm=[(name, value) for name in UTM_NAMES if (value := getattr(scan, f"utm_{name}"))],
        conversions=list_conversions(scan),
        others=show_scans(workspace, list_of_visitor(scan, _OF_VISITOR)),
        list_url=url_for("scan_list.index", slug=workspace.slug),
    )


def _told(workspace: Workspace, scan: Scan) -> list[tuple[str, str, str]]:
    """Label, value as people read it, and the address of the scans that have it, too."""
    keys = ("country", "region", "city", "device", "os", "browser", "language", "referrer")
    told = []
    for key in (*keys, "campaign", "rule", "domain"):
        dimension = BY_KEY[key]
        value = _value_of(workspace, scan, dimension.column)
        name = name_values(workspace, dimension, [value])[value]
        link = _list_with(workspace, key, value) if value else ""
        told.append((dimension.label, name.name, link))
    return told


def _list_with(workspace: Workspace, key: str, value: str) -> str:
    query = urlencode(write_filters([Filter(BY_KEY[key], (value,))]))
    return f"{url_for('scan_list.index', slug=workspace.slug)}?{query}"


def _value_of(workspace: Workspace, scan: Scan, column: str) -> str:
    value = getattr(scan, "set_apart" if column == "robot_reason" else column)
    if column == "domain_id" and value is not None:
        host = select(Domain.host).where(Domain.id == value, Domain.workspace_id == workspace.id)
        value = db.session.scalar(host) or value
    return "" if value is None else str(value)
