"""Sitemaps: what a site says of its own pages. Read within bounds, and what is left out is said."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from pitchbar.crawling.addresses import resolve
from pitchbar.crawling.encodings import gunzipped
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.fetching import fetch
from pitchbar.crawling.sitemap_files import Listed, read_file
from pitchbar.crawling.wishes import Fetched

MAX_FILE_BYTES = 8 * 1024 * 1024
MAX_BYTES = 32 * 1024 * 1024
MAX_FILES = 50
MAX_ENTRIES = 50_000
_ACCEPT = "application/xml,text/xml,text/plain,*/*;q=0.5"

Ask = Callable[[str], Fetched]


@dataclass(frozen=True)
class Entry:
    url: str
    last_modified: datetime | None = None


@dataclass(frozen=True)
class LeftOut:
    """Something that was not taken, and a sentence on why."""

    url: str
    reason: str


def ask_for_sitemap(url: str) -> Fetched:
    return fetch(url, accept=_ACCEPT, max_bytes=MAX_FILE_BYTES, may_be_cut=True)


class Sitemap:
    """Iterates over the entries of the sitemap at an address, and of those that it names.

    An index may name sitemaps, and these no further ones. `left_out` grows meanwhile.

    Raises, while it is iterated over:
        CrawlError: not even the first file could be had.
    """

    def __init__(self, url: str, ask: Ask = ask_for_sitemap) -> None:
        self._url = url
        self._ask = ask
        self._seen: set[str] = set()
        self._bytes_left = MAX_BYTES
        self._files_left = MAX_FILES
        self._entries_left = MAX_ENTRIES
        self.left_out: list[LeftOut] = []

    def __iter__(self) -> Iterator[Entry]:
        inner: list[str] = []
        yield from self._entries_of(self._load(self._url), inner)
        for url in inner:
            yield from self._inner_entries(url)

    def _inner_entries(self, url: str) -> Iterator[Entry]:
        if url in self._seen:
            self._leave_out(url, "It was read already.")
            return
        if not self._files_left or self._bytes_left <= 0:
            self._leave_out(url, "The sitemaps together are too large.")
            return
        deeper: list[str] = []
        try:
            yield from self._entries_of(self._load(url), deeper)
        except CrawlError as error:
            self._leave_out(url, str(error))
        for one in deeper:
            self._leave_out(one, "A sitemap within a sitemap within a sitemap is not read.")

    def _load(self, url: str) -> Fetched:
        self._seen.add(url)
        self._files_left -= 1
        found = self._ask(url)
        self._seen.add(found.final_url)
        return found

    def _entries_of(self, file: Fetched, inner: list[str]) -> Iterator[Entry]:
        base = file.final_url
        body = gunzipped(file.body, MAX_FILE_BYTES, file.was_cut)
        self._bytes_left -= len(body.data)
        if file.was_cut or body.was_cut:
            self._leave_out(base, "Of this sitemap, only the first 8 MB were read.")
        read = read_file(body.data, file.charset, lambda reason: self._leave_out(base, reason))
        for listed in read:
            if not self._entries_left:
                self._leave_out(base, f"Only the first {MAX_ENTRIES} pages were looked at.")
                return
            if listed.is_sitemap:
                self._note_inner(listed, base, inner)
            elif entry := self._entry_of(listed, base):
                yield entry

    def _note_inner(self, listed: Listed, base: str, inner: list[str]) -> None:
        url = resolve(listed.url, base)
        if not url:
            self._leave_out(listed.url[:200], "This is no address of a sitemap.")
        elif url not in inner and len(inner) <= MAX_FILES:
            inner.append(url)

    def _entry_of(self, listed: Listed, base: str) -> Entry | None:
        url = resolve(listed.url, base)
        if not url:
            self._leave_out(listed.url[:200], "This is no web address.")
            return None
        self._entries_left -= 1
        return Entry(url, listed.last_modified)

    def _leave_out(self, url: str, reason: str) -> None:
        # A file of nonsense need not be told line by line.
        if len(self.left_out) < 200:
            self.left_out.append(LeftOut(url, reason))


def read_sitemap(url: str, ask: Ask = ask_for_sitemap) -> Sitemap:
    return Sitemap(url, ask)


def usual_sitemap(url: str) -> str:
    """Where a site that names none mostly has one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/sitemap.xml"
