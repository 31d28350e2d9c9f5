"""Pages that join several features."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask_login import current_user

from pitchbar.accounts.access import open_to_all
from pitchbar.codes.addresses import short_url
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code, has_codes, list_codes, names_of
from pitchbar.core.htmx import render
from pitchbar.core.pagination import Page
from pitchbar.scans.figures import load_board
from pitchbar.scans.guide import load_guide
from pitchbar.scans.queries import TopCode, list_top_codes, totals_of
from pitchbar.scans.ranges import RANGES, Range, find_range
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.queries import list_memberships

bp = Blueprint("pages", __name__)


@dataclass(frozen=True)
class CodeRow:
    """A code in the list, with its figures of all time."""

    id: int
    name: str
    short_code: str
    short_url: str
    destination_url: str
    status: str
    created_at: datetime
    hits: int
    people: int


@dataclass(frozen=True)
class RankedCode:
    """A row of the top codes; `share` is relative to the first, 0 to 1."""

    code_id: int
    name: str
    short_code: str
    hits: int
    people: int
    share: float


@bp.get("/")
@open_to_all
def home() -> Response:
    if not current_user.is_authenticated:
        return render("pages/home.html")
    memberships = list_memberships(current_user)
    if not memberships:
        return _to(url_for("workspaces.new"))
    return _to(url_for("pages.overview", slug=memberships[0].workspace.slug))


@bp.get("/w/<slug>/")
@requires("view")
def overview(workspace: Workspace) -> Response:
    span = _range()
    board = load_board(workspace, None, span)
    return render(
        "pages/overview.html",
        range=span,
        ranges=RANGES,
        top_codes=_ranked(workspace, list_top_codes(workspace, span)),
        has_codes=has_codes(workspace),
        guide=load_guide(workspace),
        **vars(board),
    )


@bp.get("/w/<slug>/codes")
@requires("view")
def codes(workspace: Workspace) -> Response:
    search = request.args.get("q", "").strip()[:200]
    status = request.args.get("status", "active")
    status = status if status in ("active", "archived", "all") else "active"
    page = list_codes(
        workspace,
        search=search.replace("\x00", ""),
        status=status,
        number=request.args.get("page", 1, type=int),
    )
    rows = _rows(workspace, page)
    return render(
        "codes/index.html",
        "codes/_list.html",
        page=rows,
        q=search,
        status=status,
        has_codes=has_codes(workspace),
    )


@bp.get("/w/<slug>/codes/<int:code_id>")
@requires("view")
def code(workspace: Workspace, code_id: int) -> Response:
    found = get_code(workspace, code_id)
    span = _range()
    board = load_board(workspace, found.id, span)
    return render(
        "codes/show.html",
        code=found,
        range=span,
        ranges=RANGES,
        **vars(board),
    )


def _range() -> Range:
    return find_range(request.args.get("range"))


def _to(url: str) -> Response:
    return current_app.make_response(redirect(url))


def _rows(workspace: Workspace, page: Page[Code]) -> Page[CodeRow]:
    totals = totals_of(workspace, [code.id for code in page.items])
    items = [_row(code, *totals.get(code.id, (0, 0))) for code in page.items]
    return Page(items, page.number, page.per_page, page.total)


def _row(code: Code, hits: int, people: int) -> CodeRow:
    return CodeRow(
        code.id,
        code.name,
        code.short_code,
        short_url(code.short_code, current_settings()),
        code.destination_url,
        code.status,
        code.created_at,
        hits,
        people,
    )


def _ranked(workspace: Workspace, top: list[TopCode]) -> list[RankedCode]:
    names = names_of(workspace, {one.code_id for one in top})
    return [
        RankedCode(
            one.code_id,
            *names.get(one.code_id, ("Deleted code", "")),
            hits=one.hits,
            people=one.people,
            share=one.share,
        )
        for one in top
    ]
