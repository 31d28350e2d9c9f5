"""What programs send and get about scans."""

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field, create_model

from pitchbar.api.paging import NEXT_CURSOR
from pitchbar.api.payloads import ResponseModel, Timestamp
from pitchbar.core.utm import UTM_NAMES, Utm
from pitchbar.scans.models import Scan
from pitchbar.scans.set_apart import is_robot

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
                    "region": "England",
                    "city": "London",
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
    region: str | None = Field(description="Its name, where the installation knows places.")
    city: str | None
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


def scan_response(scan: Scan) -> ScanResponse:
    names = (
        "ip",
        "visitor",
        "country",
        "region",
        "city",
        "device",
        "os",
        "browser",
        "language",
        "referrer_host",
    )
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
