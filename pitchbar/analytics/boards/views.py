"""The boards: of a workspace, of one code, and the whole list of a breakdown."""

import re
from typing import Any

from flask import Blueprint, Response, request
from markupsafe import Markup

from pitchbar.analytics.boards.cards import metric_of, show_rows
from pitchbar.analytics.boards.guide import load_guide
from pitchbar.analytics.boards.loading import load_board, question_of, totals_by_metric
from pitchbar.analytics.boards.pages import State, board_path, frame, read_state
from pitchbar.analytics.boards.recent import load_recent
from pitchbar.analytics.dimensions import BY_KEY, Dimension
from pitchbar.analytics.engine import EngineUnavailable, Question
from pitchbar.analytics.engines import engine_for
from pitchbar.billing.usage.showing import find_over
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code, has_codes
from pitchbar.core.htmx import render, wants_fragment
from pitchbar.core.text import storable
from pitchbar.errors import NotFound
from pitchbar.scans.panels import list_board_panels
from pitchbar.scans.set_apart import SET_APART_LABELS
from pitchbar.scans.usage import find_unrecorded
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import find_plan

bp = Blueprint("boards", __name__, url_prefix="/w/<slug>")

PER_PAGE = 50
_MOST_PAGES = 10_000


@bp.app_template_filter()
def set_apart_label(reason: str) -> str:
    """Why a scan counts as no person, as the beginning of a sentence."""
    label = SET_APART_LABELS.get(reason, reason)
    return label[:1].upper() + label[1:]


@bp.app_template_filter()
def share(part: float) -> str:
    """0.123 as "12 %"; what is there, but less than one, as "< 1 %"."""
    percent = part * 100
    return f"{percent:.0f} %" if percent >= 1 or not part else "< 1 %"


@bp.app_template_filter()
def fragment_id(value: str) -> str:
    """A value as part of an element's id: the same in each drawing, and of no other value."""
    return re.sub(r"[^A-Za-z0-9]", lambda found: f"_{ord(found[0]):x}", value) or "none"


@bp.app_template_filter()
def lower_first(label: str) -> str:
    return label if label.startswith("UTM") else label[:1].lower() + label[1:]


@bp.app_template_filter()
def plural_in_text(dimension: Dimension) -> str:
    return "reasons" if dimension.key == "reason" else lower_first(dimension.plural)


@bp.app_template_filter()
def nothing_there(dimension: Dimension) -> str:
    if dimension.key == "reason":
        return "Nothing was set apart in this span."
    return "No scans in this span. Choose a longer one, or take a filter away."


def show_board(workspace: Workspace, code: Code | None) -> Response:
    """Commits nothing; answers 422 where the address asks for what no board can show."""
    state = read_state(workspace, board_path(workspace, code))
    parts: dict[str, Any] = {"board": None}
    status = state.status
    if not state.refused:
        try:
            parts = board_parts(workspace, code, state)
        except EngineUnavailable:
            status = 503
    context = frame(workspace, code, state) | parts
    is_first_page = code is None
    return render(
        "analytics/overview.html",
        "analytics/_board.html" if code or has_codes(workspace) else None,
        http_status=status,
        has_codes=has_codes(workspace),
        guide=load_guide(workspace) if is_first_page else None,
        unrecorded=find_unrecorded(workspace, code.id if code else None),
        over=find_over(workspace) if is_first_page and not wants_fragment() else (),
        plan_name=find_plan(workspace.plan).name,
        **context,
    )


def board_parts(workspace: Workspace, code: Code | None, state: State) -> dict[str, Any]:
    """What is drawn again with each scan."""
    code_id = code.id if code else None
    question = question_of(workspace, code_id, state.address, state.shown)
    return {
        "board": load_board(workspace, code_id, state.address, state.shown),
        "recent": load_recent(workspace, question),
        "conversions": render_conversions(workspace, code_id, state),
    }


def render_conversions(workspace: Workspace, code_id: int | None, state: State) -> Markup:
    """The latest ones; under filters they would be others than the figures count."""
    if state.address.filters:
        return Markup("")
    return Markup("").join(panel.render(workspace, code_id) for panel in list_board_panels())


@bp.get("/codes/<int:code_id>/board")
@requires("view")
def of_code(workspace: Workspace, code_id: int) -> Response:
    return show_board(workspace, get_code(workspace, code_id))


@bp.get("/breakdowns/<dimension_key>")
@requires("view")
def breakdown(workspace: Workspace, dimension_key: str) -> Response:
    return _show_breakdown(workspace, None, dimension_key)


@bp.get("/codes/<int:code_id>/breakdowns/<dimension_key>")
@requires("view")
def breakdown_of_code(workspace: Workspace, code_id: int, dimension_key: str) -> Response:
    return _show_breakdown(workspace, get_code(workspace, code_id), dimension_key)


def _show_breakdown(workspace: Workspace, code: Code | None, key: str) -> Response:
    if key not in BY_KEY:
        raise NotFound
    state = read_state(workspace, request.path)
    rows: dict[str, Any] = {"rows": None}
    status = state.status
    if not state.refused:
        try:
            rows = _read_rows(workspace, code, state, BY_KEY[key])
        except EngineUnavailable:
            status = 503
    return render(
        "analytics/breakdown.html",
        "analytics/_breakdown.html",
        http_status=status,
        dimension=BY_KEY[key],
        board_path=board_path(workspace, code),
        **frame(workspace, code, state),
        **rows,
    )


def _read_rows(
    workspace: Workspace, code: Code | None, state: State, dimension: Dimension
) -> dict[str, Any]:
    """All values, those that a filter of this very dimension leaves out as well: here they are
    chosen.
    """
    question = question_of(workspace, code.id if code else None, state.address, state.shown)
    others = tuple(each for each in state.address.filters if each.dimension != dimension)
    question = Question(question.workspace_id, question.span, others, question.code_id)
    metric = metric_of(dimension, state.address.metric)
    search = storable(request.args.get("q", "").strip()[:100])
    number = min(max(request.args.get("page", 1, type=int), 1), _MOST_PAGES)
    engine = engine_for(workspace)
    found = engine.read_breakdown(
        question,
        dimension,
        metric=metric,
        limit=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
        search=search,
    )
    total = totals_by_metric(engine.read_totals(question))[metric]
    address = state.address
    return {
        "rows": show_rows(workspace, address, found, metric, total),
        "has_more": found.has_more,
        "metric": metric,
        "is_of_hits": dimension.key == "reason",
        "number": number,
        "per_page": PER_PAGE,
        "search": search,
        "page_url": lambda page: address.at(address.path, q=search, page=str(page)),
    }
