"""What programs send and get about scans."""

from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, create_model

from pitchbar.api.paging import NEXT_CURSOR
from pitchbar.api.payloads import Query, ResponseModel, Text, Timestamp
from pitchbar.core.utm import UTM_NAMES, Utm
from pitchbar.scans.models import Scan
from pitchbar.scans.queries import Point
from pitchbar.scans.set_apart import is_robot

_WHEN = "A day (2026-11-01, in the workspace's time zone) or a time (2026-11-01T08:00:00Z)"


class StatsQuery(Query):
    first: Text = Field(
        "",
        alias="from",
        max_length=64,
        description=f"{_WHEN}. Unless told, 30 days or 24 hours before `to`.",
    )
    last: Text = Field(
        "", alias="to", max_length=64, description=f"{_WHEN}, included. Unless told, now."
    )
    interval: Literal["day", "hour"] = Field(
        "day", description="Days of the workspace's time zone, or UTC hours."
    )


_UTM: Any = dict.fromkeys(UTM_NAMES, str | None)
ScanUtm = create_model(
    "ScanUtm", __base__=ResponseModel, __doc__="What the destination was opened with.", **_UTM
)


class ScanResponse(ResponseModel):
    """A scan. Whatever is not known is null."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21",
                    "at": "2026-03-02T12:41:07.512000+00:00",
                    "ip": "81.2.69.0",
                    "visitor": "5f0c1d8ab37e4e7f",
                    "country": "GB",
                    "device": "phone",
                    "os": "iOS",
                    "browser": "Safari",
                    "language": "en-GB",
                    "referrer_host": None,
                    "utm": dict.fromkeys(UTM_NAMES) | Utm("print", "qr", "spring").given(),
                    "robot": False,
                    "robot_reason": None,
                    "set_apart": None,
                }
            ]
        }
    )

    id: UUID
    at: Timestamp
    ip: str | None = Field(description="As much of it as the installation keeps.")
    visitor: str | None = Field(description="The same for one person on one day, never longer.")
    country: str | None = Field(description="ISO 3166, two letters.")
    device: str | None
    os: str | None
    browser: str | None
    language: str | None
    referrer_host: str | None
    utm: ScanUtm
    robot: bool
    robot_reason: str | None
    set_apart: str | None = Field(
        description="Why it counts as no person: the reason of a robot, or `repeat`, `own` (opened "
        "from our own pages) or `over_limit` (more scans of one address than count in a minute)."
    )


class ScanList(ResponseModel):
    """Scans, newest first, robots included."""

    data: list[ScanResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class Totals(ResponseModel):
    hits: int = Field(description="Everything accepted, robots included.")
    people: int = Field(description="What is set apart left out.")
    unique_people: int = Field(description="Exact by day; over more days the sum of days.")
    conversions: int = Field(description="What came of scans, by when it came.")


class PointResponse(ResponseModel):
    at: Timestamp = Field(description="Where the day or hour starts.")
    hits: int
    people: int
    unique_people: int


class StatsResponse(ResponseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "interval": "day",
                    "totals": {
                        "hits": 131,
                        "people": 118,
                        "unique_people": 97,
                        "conversions": 9,
                    },
                    "series": [
                        {
                            "at": "2026-03-01T00:00:00+00:00",
                            "hits": 62,
                            "people": 55,
                            "unique_people": 47,
                        },
                        {
                            "at": "2026-03-02T00:00:00+00:00",
                            "hits": 69,
                            "people": 63,
                            "unique_people": 50,
                        },
                    ],
                }
            ]
        }
    )

    interval: Literal["day", "hour"]
    totals: Totals
    series: list[PointResponse]


def scan_response(scan: Scan) -> ScanResponse:
    names = ("ip", "visitor", "country", "device", "os", "browser", "language", "referrer_host")
    return ScanResponse.model_validate(
        {
            "id": scan.id,
            "at": scan.scanned_at,
            **{name: getattr(scan, name) for name in names},
            "utm": {name: getattr(scan, f"utm_{name}") for name in UTM_NAMES},
            "robot": is_robot(scan.set_apart),
            "robot_reason": scan.set_apart if is_robot(scan.set_apart) else None,
            "set_apart": scan.set_apart,
        }
    )


def stats_response(interval: str, points: list[Point], conversions: int) -> StatsResponse:
    figures = ("hits", "people", "unique_people")
    totals = {name: sum(getattr(point, name) for point in points) for name in figures}
    return StatsResponse.model_validate(
        {
            "interval": interval,
            "totals": totals | {"conversions": conversions},
            "series": [
                {"at": point.at, **{name: getattr(point, name) for name in figures}}
                for point in points
            ],
        }
    )
