"""Where an agent may be embedded: origins as browsers say them, and beginnings of paths."""

import re
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from pitchbar.core.hosts import is_host

ANYWHERE = "*"
_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[^\[\]/\s?#@:,*]+)(?::([0-9]{1,5}))?", re.I)
_PORTS = {"http": 80, "https": 443}


def read_origin(text: str) -> str | None:
    """In the one spelling of browsers: lower case, and without the usual port. None for `null`,
    for nothing, for what is no page's, and for several.
    """
    match = _ORIGIN.fullmatch(text)
    if match is None or not is_host(match[2].strip("[]")):
        return None
    scheme, host = match[1].lower(), match[2].lower()
    port = int(match[3]) if match[3] else _PORTS[scheme]
    if not 0 < port < 65536:
        return None
    return f"{scheme}://{host}" + ("" if port == _PORTS[scheme] else f":{port}")


def spellings_that_allow(origin: str) -> Sequence[str]:
    """All entries of a list that let this origin in, which is spelled as by `read_origin`."""
    scheme, _, rest = origin.partition("://")
    host, colon, port = rest.rpartition(":") if re.search(r":\d+$", rest) else (rest, "", "")
    ports = [f"{colon}{port}"] if port else ["", f":{_PORTS[scheme]}"]
    labels = [] if host.startswith("[") else host.split(".")
    parents = [".".join(labels[at:]) for at in range(1, len(labels))]
    hosts = [host, *(f"*.{parent}" for parent in parents)]
    return [ANYWHERE, *(f"{scheme}://{one}{end}" for one in hosts for end in ports)]


def allows(allowed: Sequence[str], origin: str) -> bool:
    """No entry lets nobody in. `https://*.shop.example` is any below it, and not itself."""
    entries = {entry.strip().lower().removesuffix("/") for entry in allowed}
    return not entries.isdisjoint(spellings_that_allow(origin))


def is_restricted(paths: Sequence[str], page_url: str) -> bool:
    """Whether the page's path begins with one of these, however it is spelled."""
    try:
        path = _plain(urlsplit(page_url).path or "/")
    except ValueError:
        return False
    return any(path.startswith(_plain(beginning)) for beginning in paths if beginning.strip())


def without_query(page_url: str) -> str:
    """An address as it may be kept: what stands behind `?` or `#` may name somebody."""
    try:
        parts = urlsplit(page_url)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:2048]


def _plain(path: str) -> str:
    return re.sub(r"/{2,}", "/", unquote(path.strip()))
