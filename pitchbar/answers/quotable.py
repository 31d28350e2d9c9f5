"""What of a passage can be quoted as one: a sentence, an item of a list, a row of a table, code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pitchbar.answers.plain import cells_of, plain, without_marker
from pitchbar.reading.blocks import CODE, HEADING, ITEM, PARAGRAPH, TABLE, Block, blocks_of
from pitchbar.reading.sentences import Span, cut, sentences, trimmed

SENTENCE, ROW = "sentence", "row"
_LONGEST = 600
# What visitors ask about stands in few passages; each takes some 10 kB.
_PASSAGES_KEPT = 256
_LINE = re.compile(r"[^\n]+")
_DASHES = re.compile(r"[\s|:-]+$")
# A footnote of the source, which would look like a citation of ours.
_FOOTNOTE = re.compile(r"\s*\[\d{1,3}\]")
_LETTER = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Quotable:
    """From `start` to before `end` of the text of the hit at place `hit`; `shown` is what people
    read. `block` counts the blocks of the passage, `part` the parts of that block.
    """

    hit: int
    start: int
    end: int
    kind: str
    block: int
    part: int
    shown: str
    # Of an item: its marker, such as "2." or "-".
    marker: str = ""

    @property
    def is_step(self) -> bool:
        return self.marker[:1].isdigit()


@lru_cache(maxsize=_PASSAGES_KEPT)
def quotables_of(hit: int, text: str) -> Sequence[Quotable]:
    """In their order. What has no letter and no digit is none."""
    found: list[Quotable] = []
    for number, block in enumerate(blocks_of(text)):
        for part, one in enumerate(_parts(hit, text, number, block)):
            if _LETTER.search(one.shown):
                found.append(_numbered(one, part))
    return tuple(found)


def _numbered(one: Quotable, part: int) -> Quotable:
    return Quotable(one.hit, one.start, one.end, one.kind, one.block, part, one.shown, one.marker)


def _parts(hit: int, text: str, number: int, block: Block) -> Iterator[Quotable]:
    if block.kind == HEADING:
        return
    if block.kind == TABLE:
        yield from _rows(hit, text, number, block)
    elif block.kind == CODE:
        shown = _closed(text[block.start : block.end])
        yield Quotable(hit, block.start, block.end, CODE, number, 0, shown)
    elif block.kind == ITEM and block.end - block.start <= _LONGEST:
        marker, item = without_marker(text[block.start : block.end])
        for span in trimmed(text, block.start, block.end):
            yield Quotable(hit, span.start, span.end, ITEM, number, 0, _shown(item), marker)
    else:
        yield from _sentences(hit, text, number, block)


def _closed(code: str) -> str:
    """A block that the passage has the beginning of alone gets its end."""
    fence = code.lstrip()[:3]
    return code if code.rstrip().endswith(fence) and code.count(fence) > 1 else f"{code}\n{fence}"


def _sentences(hit: int, text: str, number: int, block: Block) -> Iterator[Quotable]:
    for span in sentences(text, block.start, block.end):
        for part in cut(text, span, _LONGEST):
            _, bare = without_marker(text[part.start : part.end])
            yield Quotable(hit, part.start, part.end, SENTENCE, number, 0, _shown(bare))


def _shown(markdown: str) -> str:
    shown = _FOOTNOTE.sub("", plain(markdown, keeps_code=True))
    # What closed the quotation of the sentence before, or opens one that ends in another.
    is_odd = shown.startswith('"') and shown.count('"') % 2 == 1
    return shown[1:].lstrip() if is_odd else shown


def _rows(hit: int, text: str, number: int, block: Block) -> Iterator[Quotable]:
    lines = [Span(one.start(), one.end()) for one in _LINE.finditer(text, block.start, block.end)]
    if len(lines) < 2:
        return
    head = cells_of(text[lines[0].start : lines[0].end])
    has_dashes = bool(_DASHES.match(text[lines[1].start : lines[1].end]))
    for line in lines[2 if has_dashes else 1 :]:
        for span in trimmed(text, line.start, line.end):
            cells = cells_of(text[span.start : span.end], keeps_code=True)
            shown = _FOOTNOTE.sub("", row_as_words(head, cells))
            yield Quotable(hit, span.start, span.end, ROW, number, 0, shown)


def row_as_words(head: Sequence[str], cells: Sequence[str]) -> str:
    """The first cell is what the row is about; the others are named by the table's head."""
    first, *others = [*cells, ""]
    told = [
        f"{name}: {cell}" if name and len([one for one in cells if one]) > 2 else cell
        for name, cell in zip([*head, *[""] * len(cells)][1:], others, strict=False)
        if cell
    ]
    if not first or not told:
        return first or "; ".join(told)
    return f"{first}: {told[0]}" if len(told) == 1 else f"{first} \u2013 {'; '.join(told)}"


__all__ = ["CODE", "ITEM", "PARAGRAPH", "ROW", "SENTENCE", "Quotable", "quotables_of"]
