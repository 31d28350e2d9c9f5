"""Asks an edge as a WSGI server would."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from pitchbar.scans.edge import Edge
from pitchbar.scans.spool import Spool
from tests.scans.lines import FIELDS, IPHONE

PEER = "198.51.100.7"


@dataclass
class EdgeResponse:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def __getitem__(self, name: str) -> str:
        (value,) = [value for key, value in self.headers if key.lower() == name.lower()]
        return value


def call_edge(
    edge: Edge, path: str, query: str = "", method: str = "GET", **environ: Any
) -> EdgeResponse:
    """`environ` names headers as WSGI does, e.g. HTTP_USER_AGENT."""
    started: list[Any] = []
    given = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": PEER,
        "HTTP_USER_AGENT": IPHONE,
        **environ,
    }
    body: Iterable[bytes] = edge(given, lambda *answer: started.append(answer))
    ((status, headers),) = started
    return EdgeResponse(int(status.split()[0]), headers, b"".join(body))


def read_spool(spool: Spool) -> list[dict[str, Any]]:
    """The lines on disk and in memory, by the names of their parts."""
    names = ["id", "at", *FIELDS]
    lines = [line for one in spool.segments() for line in one.path.read_bytes().splitlines()]
    parsed = [orjson.loads(line) for line in [*lines, *spool.overflow] if line.strip()]
    return [dict(zip(names, values, strict=False)) for values in parsed]
