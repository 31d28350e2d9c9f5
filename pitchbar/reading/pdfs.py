"""PDF: pages as they are read, column after column."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from pitchbar.reading.conversion import tidy
from pitchbar.reading.drafts import Draft
from pitchbar.reading.pdf_layout import Line, lines_in_order
from pitchbar.reading.pdf_text import paragraphs_of, without_running_titles
from pitchbar.reading.results import Unreadable

MOST_PAGES = 3000
_LEAST_CHARACTERS = 20
_LONGEST_LINE = 4096

_LOCKED = "This PDF is locked with a password. Save it without one, and add it again."
_BROKEN = "This PDF is damaged and could not be opened. Saving it anew often helps."
_SCANNED = (
    "This PDF holds pictures of pages and no text. Run a text recognition (OCR) over it, and add "
    "it again."
)


def read_pdf(data: bytes, _name: str) -> Draft:
    document = _open(data)
    if len(document) > MOST_PAGES:
        raise Unreadable(
            "too_large", f"This PDF has {len(document):,} pages; at most {MOST_PAGES:,} are read."
        )
    pages = [_lines_of(document, number) for number in range(len(document))]
    silent = [
        number
        for number, lines in enumerate(pages, 1)
        if sum(len(line.text) for line in lines) < _LEAST_CHARACTERS
    ]
    if len(silent) == len(pages):
        raise Unreadable("scanned", _SCANNED)
    usual = _usual_size(pages)
    parts = [paragraphs_of(lines, usual) for lines in without_running_titles(pages)]
    markdown = tidy("\n\n".join(_joined(parts)))
    said = sum(len(line.text) for lines in pages for line in lines)
    return Draft(markdown, said, notes=_notes(silent, len(pages)))


def _open(data: bytes) -> Any:
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error) or "ecurity" in str(error):
            raise Unreadable("encrypted", _LOCKED) from None
        raise Unreadable("broken", _BROKEN) from None


def _lines_of(document: Any, number: int) -> list[Line]:
    import pypdfium2

    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        # One page that is damaged takes none of the others along.
        return []
    lines = lines_in_order(list(_rectangles(text)), page.get_width())
    text.close()
    page.close()
    return lines


def _rectangles(text: Any) -> Iterator[Line]:
    from pypdfium2.raw import FPDFText_GetFontSize

    said_in = _bounded_text(text)
    for at in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(at)
        said = " ".join(said_in(left, bottom, right, top).split())
        if said:
            index = text.get_index(left + 0.5, (bottom + top) / 2, 4, 4)
            size = FPDFText_GetFontSize(text.raw, index) if index is not None else 0.0
            yield Line(left, bottom, right, top, said, round(size or top - bottom, 1))


def _bounded_text(text: Any) -> Callable[[float, float, float, float], str]:
    """What stands in a rectangle; asked once, where the library would ask for the length first,
    which takes as long again.
    """
    import ctypes

    from pypdfium2.raw import FPDFText_GetBoundedText

    room = (ctypes.c_ushort * _LONGEST_LINE)()

    def said_in(left: float, bottom: float, right: float, top: float) -> str:
        length = FPDFText_GetBoundedText(text.raw, left, top, right, bottom, room, _LONGEST_LINE)
        return ctypes.string_at(room, 2 * length).decode("utf-16-le", "ignore").replace("\x00", "")

    return said_in


def _usual_size(pages: list[list[Line]]) -> float:
    """Of the letters of the running text."""
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _joined(pages: list[list[str]]) -> Iterator[str]:
    """A paragraph that goes on over the page is one."""
    parts = [part for page in pages for part in page]
    starts = {sum(len(page) for page in pages[:at]) for at in range(1, len(pages))}
    kept = ""
    for at, (before, part) in enumerate(pairwise(["", *parts])):
        goes_on = at in starts and _is_open(before) and part[:1].islower()
        if goes_on:
            kept = f"{kept} {part}"
            continue
        if kept:
            yield kept
        kept = part
    if kept:
        yield kept


def _is_open(part: str) -> bool:
    return bool(part) and not part.startswith("#") and part[-1] not in ".!?:;…。"


def _notes(silent: list[int], pages: int) -> tuple[str, ...]:
    if not silent:
        return ()
    listed = ", ".join(str(number) for number in silent[:20]) + (" …" if len(silent) > 20 else "")
    what = "1 page holds" if len(silent) == 1 else f"{len(silent)} pages hold"
    return (f"{what} no text, perhaps a picture, and could not be read: {listed} of {pages}.",)
