"""Calls a pixel as a WSGI server would, and makes what it is called with."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from random import getrandbits
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import Engine, select

from pitchbar.codes.models import Code
from pitchbar.conversions.keys import PixelKeys
from pitchbar.conversions.lines import API, AcceptedCall, Line, read_line, write_line
from pitchbar.conversions.models import Conversion, ConversionDay, RefusedCalls
from pitchbar.conversions.pixel import Pixel
from pitchbar.core import clock
from pitchbar.scans.accepted import NO_WAY, Way, new_scan_id
from pitchbar.scans.attribution import TokenCipher
from pitchbar.scans.limits import AddressLimit
from pitchbar.scans.segments import each_line
from pitchbar.scans.spool import Spool


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        (value,) = [value for key, value in self.headers if key.lower() == name.lower()]
        return value

    def names(self) -> set[str]:
        return {key.lower() for key, _ in self.headers}


def _no_app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("404 Not Found", [])
    return (b"behind",)


@dataclass
class Caller:
    spool: Spool
    keys: PixelKeys
    tokens: TokenCipher
    limit: AddressLimit | None = None
    _pixel: list[Pixel] = field(default_factory=list)

    @property
    def pixel(self) -> Pixel:
        if not self._pixel:
            self._pixel.append(
                Pixel(
                    keys=self.keys,
                    append=self.spool.append,
                    tokens=self.tokens,
                    limit=self.limit,
                    app=_no_app,
                )
            )
        return self._pixel[0]

    def call(self, path: str, query: str = "", method: str = "GET", **environ: Any) -> Answer:
        """`environ` names headers as WSGI does; `body` is the request's."""
        started: list[Any] = []
        body = environ.pop("body", b"")
        given = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "198.51.100.7",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
            **environ,
        }
        answer = self.pixel(given, lambda *told: started.append(told))
        ((status, headers),) = started
        return Answer(int(status.split()[0]), headers, b"".join(answer))

    def tell(self, key: str | None, **values: Any) -> Answer:
        return self.call(f"/p/{key}.gif", urlencode(values))

    def lines(self) -> list[AcceptedCall]:
        """What stands in the spool."""
        files = [one.path.read_bytes() for one in self.spool.segments()]
        return [read_line(line) for data in files for line in each_line(data)]


def make_token(
    tokens: TokenCipher, code: Code, at: datetime | None = None, way: Way = NO_WAY
) -> str:
    """As the edge puts it on the destination of a scan."""
    milliseconds = round((at or clock.now()).timestamp() * 1000)
    scan_id = new_scan_id(milliseconds, getrandbits(74))
    return tokens.write(scan_id, code.id, code.workspace_id, way)


def make_line(
    code: Code,
    at: datetime | None = None,
    *,
    scanned_at: datetime | None = None,
    **facts: Any,
) -> bytes:
    """A line of a conversion of that code, now unless told."""
    seconds = at.timestamp() if at else time.time()
    scanned_ms = round(scanned_at.timestamp() * 1000) if scanned_at else round(seconds * 1000)
    values: dict[str, Any] = {
        "scan_id": new_scan_id(scanned_ms, getrandbits(74)),
        "code_id": code.id,
        "event": "purchase",
    }
    line = Line(uuid4().hex, round(seconds * 1000), code.workspace_id, "Europe/Zurich", API)
    return write_line(line._replace(**(values | facts)))


def rows_of(engine: Engine) -> list[Any]:
    """The stored conversions, oldest first."""
    query = select(Conversion.__table__).order_by(Conversion.occurred_at, Conversion.id)
    with engine.connect() as connection:
        return list(connection.execute(query))


def days_of(engine: Engine) -> dict[tuple[int, str, str], tuple[int, int, int, int]]:
    """The rollups by code, day and currency."""
    with engine.connect() as connection:
        rows = connection.execute(select(ConversionDay.__table__))
        return {
            (row.code_id, f"{row.day:%m-%d}", row.currency): (
                row.conversions,
                row.value_minor,
                row.of_scans,
                row.of_scans_value_minor,
            )
            for row in rows
        }


def refused_calls(engine: Engine) -> dict[str, tuple[int, str]]:
    """By reason, how many and what the last one said."""
    with engine.connect() as connection:
        rows = connection.execute(select(RefusedCalls.__table__))
        return {row.reason: (row.calls, row.last_said) for row in rows}
