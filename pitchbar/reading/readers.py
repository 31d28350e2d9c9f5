"""Which reader reads which kind of file."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath

from pitchbar.reading import kinds
from pitchbar.reading.blocks import HEADING, blocks_of
from pitchbar.reading.cleaning import clean
from pitchbar.reading.drafts import Draft
from pitchbar.reading.results import Unreadable

MOST_CHARACTERS = 5_000_000
# Of a title; how far down a heading may stand that is one.
_LONGEST, _FIRST_LINES = 200, 2000

# Module and function, so that each loads its own library alone.
_READERS = {
    kinds.PDF: ("pdfs", "read_pdf"),
    kinds.DOCX: ("documents", "read_docx"),
    kinds.PPTX: ("presentations", "read_pptx"),
    kinds.SHEET: ("sheets", "read_sheets"),
    kinds.CSV: ("sheets", "read_csv"),
    kinds.EPUB: ("books", "read_epub"),
    kinds.HTML: ("documents", "read_saved_page"),
    kinds.TEXT: ("documents", "read_text"),
}


def read_draft(data: bytes, name: str) -> Draft:
    """Raises Unreadable, and whatever a library makes of a broken file."""
    module, function = _READERS[kinds.kind_of(data, name)]
    read: Callable[[bytes, str], Draft] = getattr(
        import_module(f"pitchbar.reading.{module}"), function
    )
    draft = read(data, name)
    draft = replace(draft, markdown=clean(draft.markdown), title=clean(draft.title))
    if not draft.markdown.strip():
        raise Unreadable("empty", "There is no text in this file.")
    if len(draft.markdown) > MOST_CHARACTERS:
        raise Unreadable(
            "too_large",
            f"There is more text in this file than we take at once: {len(draft.markdown):,} "
            f"characters of at most {MOST_CHARACTERS:,}. Add it in parts.",
        )
    return draft if draft.title else replace(draft, title=_title(draft, name))


def _title(draft: Draft, name: str) -> str:
    """Properties of files name the program that made them more often than what they are about."""
    for block in blocks_of(draft.markdown[:_FIRST_LINES]):
        if block.kind == HEADING and block.title:
            return block.title[:_LONGEST]
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return " ".join(clean(stem).replace("_", " ").split())[:_LONGEST]
