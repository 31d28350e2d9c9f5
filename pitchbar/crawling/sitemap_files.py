"""One file of a sitemap: XML in a stream that expands no entities, or lines of text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.parsers import expat

from pitchbar.core import clock

_PART = 64 * 1024
_MAX_DEPTH = 20
_MAX_LINE = 2048
_ENTRIES, _SITEMAPS = ("url", "item", "entry"), ("sitemap",)
_DATES = ("lastmod", "updated", "pubdate")
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_ENTITIES = "It declares entities, which could grow without end, so it is not read."
_NOT_XML = "It is neither XML nor a list of addresses, from line {line} on."

Say = Callable[[str], None]


@dataclass(frozen=True)
class Listed:
    """An address as the file spells it; `is_sitemap` where it is one more file."""

    url: str
    last_modified: datetime | None = None
    is_sitemap: bool = False


class _Refused(Exception):
    """With the sentence on why."""


def read_file(body: bytes, charset: str, say: Say) -> Iterator[Listed]:
    """What a file lists, in its order; what stands behind a mistake is lost, and said."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"http://", b"https://")):
        return _read_lines(body)
    return _read_xml(body, charset, say)


def _read_lines(body: bytes) -> Iterator[Listed]:
    for line in body.decode("utf-8-sig", "replace").splitlines():
        if 0 < len(line.strip()) <= _MAX_LINE:
            yield Listed(line.strip())


def _read_xml(body: bytes, charset: str, say: Say) -> Iterator[Listed]:
    reader = _Reader()
    parser = reader.parser(charset)
    # Bytes of another letter set are put into UTF-8: the parser knows few.
    data = body if charset.startswith("utf") else body.decode(charset, "replace").encode()
    for start in range(0, len(data) + 1, _PART):
        try:
            parser.Parse(data[start : start + _PART], start + _PART > len(data))
        except _Refused as refused:
            say(str(refused))
            return
        except expat.ExpatError as error:
            yield from reader.take()
            say(_NOT_XML.format(line=error.lineno))
            return
        yield from reader.take()


class _Reader:
    """Collects what lies between the tags that matter."""

    def __init__(self) -> None:
        self._found: list[Listed] = []
        self._path: list[str] = []
        self._text: list[str] | None = None
        self._url = ""
        self._date: datetime | None = None

    def parser(self, charset: str) -> expat.XMLParserType:
        parser = expat.ParserCreate(None if charset.startswith("utf-16") else "utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        parser.EntityDeclHandler = self._refuse_entities
        return parser

    def take(self) -> list[Listed]:
        found, self._found = self._found, []
        return found

    def _refuse_entities(self, *_declaration: object) -> None:
        raise _Refused(_ENTITIES)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(_local(name))
        if len(self._path) > _MAX_DEPTH:
            raise _Refused("Its tags stand too deep within each other, so it is not read.")
        if self._path[-1] in (*_ENTRIES, *_SITEMAPS):
            self._url, self._date = "", None
        # Atom says it by an attribute.
        if self._path[-2:] == ["entry", "link"] and not self._url:
            self._url = attributes.get("href", "")
        is_told = len(self._path) > 1 and self._path[-2] in (*_ENTRIES, *_SITEMAPS)
        self._text = [] if is_told and self._path[-1] in ("loc", "link", *_DATES) else None

    def _hear(self, text: str) -> None:
        if self._text is not None and len(self._text) < 100:
            self._text.append(text)

    def _end(self, name: str) -> None:
        local = _local(name)
        said, self._text = "".join(self._text or ()).strip()[:_MAX_LINE], None
        if local in ("loc", "link") and said:
            self._url = said
        elif local in _DATES and said:
            self._date = read_date(said)
        elif local in (*_ENTRIES, *_SITEMAPS) and self._url:
            self._found.append(Listed(self._url, self._date, local in _SITEMAPS))
            self._url = ""
        self._path.pop()


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def read_date(text: str) -> datetime | None:
    """A W3C date, or None: many are made up, so that none in the future is believed."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        match = _DATE.match(text)
        if not match:
            return None
        try:
            found = datetime(int(match[1]), int(match[2]), int(match[3] or 1), tzinfo=UTC)
        except ValueError:
            return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return found if found <= clock.now() + timedelta(days=1) else None
    except OverflowError:
        return None
