from datetime import date

from flask import Blueprint, request

from pitchbar.analytics.buckets import MOST, count_buckets
from pitchbar.analytics.dimensions import BY_KEY
from pitchbar.analytics.engine import EngineUnavailable, Interval, Question
from pitchbar.analytics.engines import engine_for
from pitchbar.analytics.errors import StatisticsUnavailable
from pitchbar.analytics.filters import Filter, TooManyFilters, read_filters
from pitchbar.analytics.payloads import StatsQuery, StatsResponse, stats_response
from pitchbar.analytics.spans import read_span
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.payloads import field_error
from pitchbar.codes.queries import get_code
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(
    35,
    "Statistics",
    "What scans and conversions add up to, by everything that is known of them.",
    {"code_id": PathParameter("The code's id.", 42)},
)

bp = Blueprint("analytics_api", __name__, url_prefix="/api/v1/workspaces/<slug>")
shared_limit(bp)


@bp.get("/stats")
@requires_token("read")
@endpoint(TOPIC, query=StatsQuery, response=StatsResponse, errors=(422,))
def stats(workspace: Workspace, query: StatsQuery) -> StatsResponse:
    """Get the figures of the workspace

    Totals, a series with its empty steps included, and a breakdown where asked; of all scans, or of
    those that filters let through: `country=DE&country=AT&device=!phone`. At most 1,488 hours, 732
    days, 1,500 weeks or months, and 200 filters.
    """
    return _answer(workspace, None, query)


@bp.get("/codes/<int:code_id>/stats")
@requires_token("read")
@endpoint(TOPIC, query=StatsQuery, response=StatsResponse, errors=(422,))
def stats_of_code(workspace: Workspace, code_id: int, query: StatsQuery) -> StatsResponse:
    """Get the figures of a code

    As those of the workspace.
    """
    return _answer(workspace, get_code(workspace, code_id).id, query)


def _answer(workspace: Workspace, code_id: int | None, query: StatsQuery) -> StatsResponse:
    given = {"from": query.first, "to": query.last, "interval": query.interval or ""}
    if query.interval == "hour" and not (query.first or query.last):
        given["range"] = "24h"
    chosen = read_span(given, workspace.time_zone, choose=_choose, times_mean_hours=False)
    if query.breakdown and query.breakdown not in BY_KEY:
        raise field_error("breakdown", f"must be one of {', '.join(BY_KEY)}")
    asked = [BY_KEY[query.breakdown]] if query.breakdown else []
    question = Question(workspace.id, chosen.span, _read_filters(), code_id)
    try:
        board = engine_for(workspace).read_board(question, asked, limit=query.limit)
    except EngineUnavailable:
        raise StatisticsUnavailable from None
    rows = board.breakdowns[query.breakdown].rows if asked else None
    return stats_response(chosen.span, board, rows)


def _read_filters() -> tuple[Filter, ...]:
    given = dict(request.args.lists())
    try:
        return read_filters(given)
    except TooManyFilters as error:
        raise field_error(next(key for key in given if key in BY_KEY), str(error)) from None


def _choose(first: date, last: date) -> Interval:
    """Days, as long as there are not too many."""
    intervals: tuple[Interval, ...] = ("day", "week", "month")
    return next((one for one in intervals if count_buckets(first, last, one) <= MOST[one]), "month")
