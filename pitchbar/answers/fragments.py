"""Addresses that open a source at what is quoted from it: `#:~:text=…`.

A browser looks for the text without regard to case, with white space as one space, at the bounds of
words, and takes the first place that fits; what stands before it or after it tells apart what
occurs twice (https://wicg.github.io/scroll-to-text-fragment/). Each address is tried on the stored
text in just that way before it is given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote as percent_encoded
from urllib.parse import urlsplit

from pitchbar.answers.plain import cells_of, plain, without_marker
from pitchbar.reading.blocks import CODE, TABLE, Block, blocks_of

# Visitors ask about few pages; each takes up to 800 kB, most of them 40.
_PAGES_KEPT = 24
# What is longer is named by its first and its last words.
_LONGEST = 90
_WORDS_OF_AN_END, _WORDS_AROUND = 6, 4
_WORD = re.compile(r"\w+(?:[^\w\s]+\w+)*")
_DASHES = re.compile(r"[\s|:-]+$")
# A row without its table, as it is quoted.
_ROW = re.compile(r"\s*\|.*\|\s*", re.DOTALL)
# Their readers know no such fragments.
_NO_PAGES = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|odt|epub|csv|zip|txt\.gz)$", re.IGNORECASE)


@dataclass(frozen=True)
class _Place:
    block: int
    start: int
    end: int


@dataclass(frozen=True)
class _Directive:
    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        parts = [
            f"{_encoded(self.prefix)}-" if self.prefix else "",
            _encoded(self.start),
            _encoded(self.end),
            f"-{_encoded(self.suffix)}" if self.suffix else "",
        ]
        return ",".join(part for part in parts if part)


def _encoded(text: str) -> str:
    return percent_encoded(text, safe="").replace("-", "%2D")


def fragment_url(url: str, markdown: str, quote: str) -> str:
    """The address itself where the quote cannot be named surely, or there is no page.

    Args:
        markdown: of the page, or of the part of it that is at hand.
        quote: as it stands there, with its marks.
    """
    if not _is_page(url):
        return url
    blocks = _seen_on(markdown)
    place = _place_of(blocks, list(_visible(quote)))
    directive = _named(blocks, *place) if place else None
    if directive is None:
        return url
    bare, _, anchor = url.partition("#")
    anchor = anchor.partition(":~:")[0]
    return f"{bare}#{anchor}:~:text={directive}"


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and not _NO_PAGES.search(parts.path)


@lru_cache(maxsize=_PAGES_KEPT)
def _seen_on(markdown: str) -> list[str]:
    return list(_visible(markdown))


def _visible(markdown: str) -> Iterator[str]:
    """What a page shows, block by block: a cell of a table is one of its own."""
    for block in blocks_of(markdown):
        text = markdown[block.start : block.end]
        if block.kind == TABLE or _ROW.fullmatch(text):
            yield from _cells(text)
        elif block.kind == CODE:
            yield " ".join(_inside(text, block).split())
        else:
            yield plain(without_marker(text)[1])


def _cells(table: str) -> Iterator[str]:
    for row in table.splitlines():
        if not _DASHES.match(row):
            yield from cells_of(row)


def _inside(code: str, block: Block) -> str:
    lines = code.splitlines()[1:]
    is_closed = bool(lines) and lines[-1].strip().startswith(block.header.strip()[:3])
    return "\n".join(lines[:-1] if is_closed else lines)


def _place_of(blocks: list[str], quoted: list[str]) -> tuple[_Place, _Place] | None:
    """Where its first and its last words stand; within one block, or in several that follow."""
    quoted = [one for one in quoted if _WORD.search(one)]
    if not quoted:
        return None
    filled = [at for at, one in enumerate(blocks) if _WORD.search(one)]
    found = [
        (first, last)
        for at in range(len(filled) - len(quoted) + 1)
        if (places := _along(blocks, filled[at : at + len(quoted)], quoted))
        for first, last in [places]
    ]
    return found[0] if len(found) == 1 else None


def _along(blocks: list[str], rows: list[int], quoted: list[str]) -> tuple[_Place, _Place] | None:
    if len(rows) == 1:
        start = blocks[rows[0]].find(quoted[0])
        if start < 0 or blocks[rows[0]].find(quoted[0], start + 1) >= 0:
            return None
        place = _Place(rows[0], start, start + len(quoted[0]))
        return place, place
    first, last = blocks[rows[0]], blocks[rows[-1]]
    inner = zip(rows[1:-1], quoted[1:-1], strict=True)
    fits = (
        first.endswith(quoted[0])
        and last.startswith(quoted[-1])
        and all(blocks[row] == text for row, text in inner)
    )
    if not fits:
        return None
    return (
        _Place(rows[0], len(first) - len(quoted[0]), len(first)),
        _Place(rows[-1], 0, len(quoted[-1])),
    )


def _named(blocks: list[str], first: _Place, last: _Place) -> _Directive | None:
    """The shortest that finds this place and no other."""
    for directive in _candidates(blocks, first, last):
        if list(_matches(blocks, directive)) == [_bounds(blocks, first, last)]:
            return directive
    return None


def _bounds(blocks: list[str], first: _Place, last: _Place) -> tuple[int, int, int, int]:
    """From the first word to the last, without the signs around them."""
    words = list(_WORD.finditer(blocks[first.block], first.start, first.end))
    ending = list(_WORD.finditer(blocks[last.block], last.start, last.end))
    return first.block, words[0].start(), last.block, ending[-1].end()


def _candidates(blocks: list[str], first: _Place, last: _Place) -> Iterator[_Directive]:
    block, start, last_block, end = _bounds(blocks, first, last)
    before = _last_words(blocks[block][:start])
    after = _first_words(blocks[last_block][end:])
    is_short = block == last_block and end - start <= _LONGEST
    if is_short:
        whole = blocks[block][start:end]
        yield _Directive(whole)
        yield from _with_surroundings(_Directive(whole), before, after)
        return
    opening = blocks[block][start : first.end if block != last_block else end]
    closing = blocks[last_block][last.start if block != last_block else start : end]
    for count in (_WORDS_OF_AN_END, 2 * _WORDS_OF_AN_END):
        ends = _Directive(_first_words(opening, count), _last_words(closing, count))
        yield ends
        yield from _with_surroundings(ends, before, after)


def _with_surroundings(bare: _Directive, before: str, after: str) -> Iterator[_Directive]:
    if before:
        yield _Directive(bare.start, bare.end, prefix=before)
    if after:
        yield _Directive(bare.start, bare.end, suffix=after)
    if before and after:
        yield _Directive(bare.start, bare.end, before, after)


def _first_words(text: str, count: int = _WORDS_AROUND) -> str:
    words = list(_WORD.finditer(text))[:count]
    return text[words[0].start() : words[-1].end()] if words else ""


def _last_words(text: str, count: int = _WORDS_AROUND) -> str:
    words = list(_WORD.finditer(text))[-count:]
    return text[words[0].start() : words[-1].end()] if words else ""


def _matches(blocks: list[str], directive: _Directive) -> Iterator[tuple[int, int, int, int]]:
    """As a browser looks; more than one means that it might open at another."""
    pattern = _pattern(directive.prefix, directive.start, "" if directive.end else directive.suffix)
    for at, text in enumerate(blocks):
        for found in pattern.finditer(text):
            if not directive.end:
                yield at, found.start("it"), at, found.end("it")
            elif ending := _ending(blocks, at, found.end("it"), directive):
                yield at, found.start("it"), *ending


def _ending(
    blocks: list[str], block: int, after: int, directive: _Directive
) -> tuple[int, int] | None:
    pattern = _pattern("", directive.end, directive.suffix)
    for at in range(block, len(blocks)):
        if found := pattern.search(blocks[at], after if at == block else 0):
            return at, found.end("it")
    return None


def _pattern(prefix: str, text: str, suffix: str) -> re.Pattern[str]:
    """What stands around is parted from it by no words."""
    before = rf"(?<!\w){re.escape(prefix)}(?!\w)[^\w]*" if prefix else r"(?<!\w)"
    after = rf"(?!\w)[^\w]*{re.escape(suffix)}(?!\w)" if suffix else r"(?!\w)"
    return re.compile(rf"{before}(?P<it>{re.escape(text)}){after}", re.IGNORECASE)
