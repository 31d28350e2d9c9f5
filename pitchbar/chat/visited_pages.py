"""Which pages a visitor was on while they spoke: as the widget tells it, without queries, the last
of them only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import orjson

MOST_PAGES = 20

Page = dict[str, str]


def with_page(known: Mapping[str, str], url: str, at: datetime) -> dict[str, str]:
    """What `recent` knows of a conversation, with the page where the visitor is now."""
    if not url:
        return dict(known)
    pages = joined(pages_of(known), [{"url": url, "at": at.isoformat()}])
    return {**known, "pages": orjson.dumps(pages).decode()}


def pages_of(known: Mapping[str, str]) -> list[Page]:
    text = known.get("pages", "")
    return _readable(orjson.loads(text)) if text else []


def joined(kept: Sequence[Any], further: Sequence[Any]) -> list[Page]:
    """By time; who stays on a page is there since they came."""
    pages = sorted(_readable([*kept, *further]), key=itemgetter("at"))
    shown = [one for n, one in enumerate(pages) if not n or one["url"] != pages[n - 1]["url"]]
    return shown[-MOST_PAGES:]


def _readable(pages: Any) -> list[Page]:
    return [
        {"url": one["url"], "at": one["at"]}
        for one in pages
        if isinstance(one, dict) and one.get("url") and one.get("at")
    ]
