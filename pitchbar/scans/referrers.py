"""Where a scan came from: another site, or a page of ours."""

from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from pitchbar.core.hosts import LOOPBACKS

_DEFAULT_PORTS = {"http": 80, "https": 443}
# A host and its port; None where it is the usual one of the scheme.
Origin = tuple[str, int | None]


@lru_cache(maxsize=4096)
def read_origin(url: str) -> Origin | None:
    """As browsers send it, so that two ways of writing are one; None when there is no host."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    return (host, _read_port(parts)) if host else None


def _read_port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        return -1
    return None if port == _DEFAULT_PORTS.get(parts.scheme) else port


def own_origins(app_url: str) -> frozenset[Origin]:
    """Where our pages and short links are; on one machine by each of its names."""
    origin = read_origin(app_url)
    if origin is None:
        return frozenset()
    names = {"localhost", *LOOPBACKS}
    return frozenset((name, origin[1]) for name in (names if origin[0] in names else [origin[0]]))
