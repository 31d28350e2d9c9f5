"""Figures of conversations: one page, whose address says all that it shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.analytics.boards.ranges import Range, RangeRefused, read_range
from pitchbar.analytics.buckets import bucket_starts, span_before, span_before_until_now
from pitchbar.analytics.engine import Span
from pitchbar.analytics.spans import PRESETS
from pitchbar.chat_analytics.asked import METRICS, Asked, Choice
from pitchbar.chat_analytics.figures import Step, Totals, read_series, read_totals
from pitchbar.chat_analytics.questions import MOST_READ, list_asked_often
from pitchbar.chat_analytics.settings import ChatFigureSettings
from pitchbar.chat_analytics.sources import list_never_cited, read_usage
from pitchbar.codes.queries import list_campaigns, list_code_names
from pitchbar.core import clock
from pitchbar.core.htmx import render
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("chat_figures", __name__, url_prefix="/w/<slug>/chat-figures")

_MOST_CHOICES = 200


@dataclass(frozen=True)
class Point:
    """A step of the chart."""

    label: str
    value: int
    step: Step


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    choice, refused = Choice.read(request.args), ""
    try:
        shown = read_range(request.args, workspace)
    except RangeRefused as error:
        refused, shown = str(error), read_range({}, workspace)
    asked = _asked(workspace, shown.span, choice)
    starts = bucket_starts(shown.span)
    series = read_series(asked, starts)
    before = _asked(workspace, span_before_until_now(shown.span), choice)
    totals = read_totals(asked)
    return render(
        "chat_analytics/index.html",
        choice=choice,
        shown=shown,
        refused=refused,
        totals=totals,
        before=read_totals(before) if shown.before else Totals(),
        points=_points(series, shown, choice),
        points_before=_points_before(workspace, shown, choice, len(starts)),
        metrics=METRICS,
        presets=PRESETS,
        path=url_for("chat_figures.index", slug=workspace.slug),
        **_choices(workspace),
        **_beside(workspace, shown, choice),
        http_status=422 if refused else 200,
    )


@bp.get("/questions")
@requires("view")
def questions(workspace: Workspace) -> Response:
    """By themselves: comparing what people mean takes a moment."""
    choice = Choice.read(request.args)
    try:
        shown = read_range(request.args, workspace)
    except RangeRefused:
        shown = read_range({}, workspace)
    asked = _asked(workspace, shown.span, choice)
    return render(
        "chat_analytics/questions.html",
        "chat_analytics/_questions.html",
        groups=list_asked_often(asked),
        most=MOST_READ,
        choice=choice,
        shown=shown,
    )


def _asked(workspace: Workspace, span: Span, choice: Choice) -> Asked:
    return Asked(workspace.id, span.start, span.end, choice)


def _points(series: Sequence[Step], shown: Range, choice: Choice) -> list[Point]:
    labels = [_label(start, shown.span) for start in bucket_starts(shown.span)]
    return [
        Point(label, getattr(step, choice.metric), step)
        for label, step in zip(labels, series, strict=True)
    ]


def _points_before(workspace: Workspace, shown: Range, choice: Choice, count: int) -> list[Point]:
    if not shown.before:
        return []
    span = span_before(shown.span)
    found = read_series(_asked(workspace, span, choice), bucket_starts(span))[:count]
    return [Point("", getattr(step, choice.metric), step) for step in found]


def _label(start: datetime, span: Span) -> str:
    if span.interval == "hour":
        return f"{start.astimezone(ZoneInfo(span.zone)):%H:%M}"
    day = clock.local_date(start, span.zone)
    return f"{day:%b %Y}" if span.interval == "month" else f"{day.day} {day:%b}"


def _choices(workspace: Workspace) -> dict[str, Any]:
    mine = select(Agent.id, Agent.name).where(Agent.workspace_id == workspace.id)
    return {
        "agents": db.session.execute(mine.order_by(Agent.name).limit(_MOST_CHOICES)).all(),
        "codes": list_code_names(workspace, _MOST_CHOICES),
        "campaigns": list_campaigns(workspace),
    }


def _beside(workspace: Workspace, shown: Range, choice: Choice) -> dict[str, Any]:
    prices = current_settings()[ChatFigureSettings]
    first, last = shown.span.first, shown.span.last
    usage, days = read_usage(workspace.id, first, last, prices)
    return {
        "never_cited": list_never_cited(workspace.id, first, last, choice.agent_id),
        "usage": usage,
        "usage_days": days,
        "currency": prices.llm_price_currency,
    }
