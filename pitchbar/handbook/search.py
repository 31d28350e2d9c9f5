"""Looking for words in the documents: by SQLite's own index, in memory, made when first asked."""

import re
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from pitchbar.handbook.documents import Document

_WORD = re.compile(r"\w+")
# No text has these: the places where a found word begins and ends.
_BEGIN, _END = "\x02", "\x03"
# A word in a section's title says more than one in its text; so does one in its document's.
_WEIGHTS = "0, 0, 4.0, 8.0, 1.0"
MOST = 30


@dataclass(frozen=True)
class Hit:
    """A section that was found.

    Attributes:
        excerpt: some words around the first that was found; those found are marked.
    """

    name: str
    anchor: str
    document: str
    title: str
    excerpt: Markup


class Index:
    """Of some documents, once."""

    def __init__(self, documents: Iterable[Document]) -> None:
        # Asked by any thread, one after the other.
        self._lock = threading.Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE sections USING fts5"
            "(name UNINDEXED, anchor UNINDEXED, document, title, text,"
            " tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')"
        )
        rows = [
            (one.name, section.anchor, one.title, section.title, section.text)
            for one in documents
            for section in one.sections
        ]
        self._database.executemany("INSERT INTO sections VALUES (?, ?, ?, ?, ?)", rows)

    def find(self, words: str) -> list[Hit]:
        """Sections with all of the words, the last of which may have only begun; where there are
        none, those with any of them. Best first, at most MOST.
        """
        asked = _WORD.findall(words)[:12]
        if not asked:
            return []
        quoted = [f'"{one}"' for one in asked]
        quoted[-1] += "*"
        return self._match(" AND ".join(quoted)) or self._match(" OR ".join(quoted))

    def _match(self, question: str) -> list[Hit]:
        with self._lock:
            rows = self._database.execute(
                f"SELECT name, anchor, document, title, snippet(sections, 4, ?, ?, '…', 24)"  # noqa: S608  # a constant
                f" FROM sections WHERE sections MATCH ? ORDER BY bm25(sections, {_WEIGHTS})"
                " LIMIT ?",
                (_BEGIN, _END, question, MOST),
            ).fetchall()
        return [
            Hit(name, anchor, document, title, _marked(text))
            for name, anchor, document, title, text in rows
        ]


def _marked(text: str) -> Markup:
    safe = escape(text).replace(_BEGIN, Markup("<mark>"))
    return Markup(safe.replace(_END, Markup("</mark>")))  # noqa: S704  # escaped
