"""Feeds: RSS and Atom, in any of their dialects."""

import io
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pitchbar.crawling.addresses import resolve
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.wishes import Fetched

MAX_ENTRIES = 1000
_MAX_TITLE = 300


@dataclass(frozen=True)
class FeedEntry:
    url: str
    title: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Feed:
    """`left_out` is how many entries lead nowhere."""

    title: str
    entries: tuple[FeedEntry, ...]
    left_out: int = 0


def read_feed(file: Fetched) -> Feed:
    """What a feed lists, the newest first as it has them.

    Raises:
        CrawlError: it is no feed.
    """
    found = _parse(file)
    entries: dict[str, FeedEntry] = {}
    left_out = 0
    for one in found.entries[:MAX_ENTRIES]:
        url = resolve(_as_text(one.get("link")), file.final_url)
        if url:
            entries.setdefault(url, FeedEntry(url, _title(one), _date(one)))
        else:
            left_out += 1
    return Feed(_title(found.feed), tuple(entries.values()), left_out)


def _parse(file: Fetched) -> Any:
    # Half a second of its own to import.
    import feedparser

    if re.search(rb"<!\s*ENTITY", file.body.replace(b"\0", b""), re.IGNORECASE):
        sentence = "The feed declares entities, which could grow without end, so it is not read."
        raise CrawlError("not_a_feed", sentence)
    headers = {"content-type": f"application/xml; charset={file.charset}"}
    # A file and never a string: a string may be taken for an address.
    found = feedparser.parse(io.BytesIO(file.body), response_headers=headers, sanitize_html=False)
    if not found.get("version") and not found.entries:
        raise CrawlError("not_a_feed", "There is no feed: neither RSS nor Atom was found there.")
    return found


def _title(part: Any) -> str:
    plain = re.sub(r"<[^>]{0,1000}>", "", _as_text(part.get("title")))
    return " ".join(plain.split())[:_MAX_TITLE]


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _date(entry: Any) -> datetime | None:
    # Past what feedparser makes of the one where there is only the other.
    parsed = dict.get(entry, "updated_parsed") or dict.get(entry, "published_parsed")
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None
