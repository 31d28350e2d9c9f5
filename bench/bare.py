"""The least that a redirect can be under the same server: what the edge is measured against."""

from collections.abc import Callable, Iterable
from typing import Any

_HEADERS = [
    ("Location", "https://destination.example/menu?table=4&utm_source=print&utm_medium=qr"),
    ("Cache-Control", "no-store, private"),
    ("Content-Length", "0"),
    ("X-Robots-Tag", "noindex, nofollow"),
]


def app(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("302 Found", list(_HEADERS))
    return ()
