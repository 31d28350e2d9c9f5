"""What programs ask of figures, and get."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, WithJsonSchema, create_model

from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS
from pitchbar.analytics.engine import Board, Bucket, Row, Span
from pitchbar.api.payloads import Query, ResponseModel, Text, Timestamp

_WHEN = "A day (2026-11-01, in the workspace's time zone) or a time (2026-11-01T08:00:00Z)"
_MOST_ROWS = 1000
_VALUES = WithJsonSchema({"type": "array", "items": {"type": "string"}})


class _SpanQuery(Query):
    first: Text = Field(
        "",
        alias="from",
        max_length=64,
        description=f"{_WHEN}. Unless told, 30 days or 24 hours before `to`.",
    )
    last: Text = Field(
        "", alias="to", max_length=64, description=f"{_WHEN}, included. Unless told, now."
    )
    interval: Literal["hour", "day", "week", "month"] | None = Field(
        None,
        description="Hours of UTC, or days, weeks from Monday or months of the workspace's time "
        "zone. Unless told, days, or weeks or months where the time is too long for them.",
    )
    breakdown: Annotated[Text, WithJsonSchema({"type": "string", "enum": list(BY_KEY)})] = Field(
        "", description="Tell the figures apart by this."
    )
    limit: int = Field(100, ge=1, le=_MOST_ROWS, description="Rows of the breakdown, at most.")


_FILTERS: Any = {
    dimension.key: (
        Annotated[Any, _VALUES],
        Field(
            None,
            description="Only scans with one of these values; with an exclamation mark before it, "
            "without it. An empty value stands for none.",
        ),
    )
    for dimension in DIMENSIONS
}
StatsQuery: Any = create_model(
    "StatsQuery", __base__=_SpanQuery, __doc__="A time, an interval, and filters.", **_FILTERS
)


class Totals(ResponseModel):
    hits: int = Field(description="Everything accepted, robots included.")
    people: int = Field(description="What is set apart left out.")
    unique_people: int = Field(description="Exact by day; over more days the sum of days.")
    conversions: int = Field(description="What came of scans, by when it came.")


class PointResponse(ResponseModel):
    at: Timestamp = Field(description="Where the step starts.")
    hits: int
    people: int
    unique_people: int


class BreakdownRow(ResponseModel):
    value: str = Field(
        description="As a filter takes it: a code or a rule by its id, a label by its name, a "
        "domain by its host. Empty where scans have none."
    )
    hits: int
    people: int
    unique_people: int
    conversions: int


_POINTS: list[Any] = [
    {"at": "2026-03-01T00:00:00+00:00", "hits": 62, "people": 55, "unique_people": 47},
    {"at": "2026-03-02T00:00:00+00:00", "hits": 69, "people": 63, "unique_people": 50},
]
_ROWS: list[Any] = [
    {"value": "DE", "hits": 90, "people": 84, "unique_people": 70, "conversions": 7},
    {"value": "", "hits": 41, "people": 34, "unique_people": 27, "conversions": 2},
]


class StatsResponse(ResponseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "interval": "day",
                    "totals": {"hits": 131, "people": 118, "unique_people": 97, "conversions": 9},
                    "series": _POINTS,
                    "breakdown": _ROWS,
                }
            ]
        }
    )

    interval: Literal["hour", "day", "week", "month"]
    totals: Totals
    series: list[PointResponse]
    breakdown: list[BreakdownRow] | None = Field(
        description="Those with the most people first; null unless asked for."
    )


def stats_response(span: Span, board: Board, rows: Sequence[Row] | None) -> StatsResponse:
    figures = ("hits", "people", "unique_people", "conversions")
    return StatsResponse.model_validate(
        {
            "interval": span.interval,
            "totals": {name: getattr(board.totals, name) for name in figures},
            "series": [
                {
                    "at": _shown(span, bucket),
                    **{name: getattr(bucket, name) for name in figures[:3]},
                }
                for bucket in board.series
            ],
            "breakdown": None
            if rows is None
            else [
                {"value": row.value, **{name: getattr(row, name) for name in figures}}
                for row in rows
            ],
        }
    )


def _shown(span: Span, bucket: Bucket) -> datetime:
    """Hours are those of UTC, days those of the zone."""
    return bucket.at if span.interval == "hour" else bucket.at.astimezone(ZoneInfo(span.zone))
