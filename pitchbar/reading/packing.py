"""The blocks of a section, filled into pieces of about one size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pitchbar.reading.blocks import CODE, TABLE, Block
from pitchbar.reading.sentences import Span, cut, sentences
from pitchbar.reading.tokens import count_tokens

# The head of a table is repeated where it takes no more than this part of a piece.
_HEADERS_PART = 4


@dataclass(frozen=True)
class Atom:
    """What is not cut any further."""

    start: int
    end: int
    tokens: int
    # What must stand above it where a piece begins with it.
    header: str = ""
    is_prose: bool = True


@dataclass(frozen=True)
class Piece:
    start: int
    end: int
    header: str


def pack(markdown: str, blocks: Sequence[Block], size: int, overlap: int) -> list[Piece]:
    packer = _Packer(size, overlap)
    for block in blocks:
        packer.add(list(_atoms_of(markdown, block, size)))
    return packer.finish()


class _Packer:
    def __init__(self, size: int, overlap: int) -> None:
        self._size, self._overlap = size, overlap
        self._atoms: list[Atom] = []
        # Of these, as many were said by the piece before.
        self._repeated = 0
        self._tokens = 0
        self._pieces: list[Piece] = []

    def add(self, atoms: list[Atom]) -> None:
        """A block: whole, where it fits into this piece or into one of its own."""
        tokens = sum(one.tokens for one in atoms)
        if self._tokens + tokens > self._size and self._stays_whole(atoms, tokens):
            self._begin()
        for atom in atoms:
            if self._tokens + atom.tokens > self._size:
                self._begin()
            self._append(atom)

    def finish(self) -> list[Piece]:
        self._close()
        return self._pieces

    def _stays_whole(self, atoms: list[Atom], tokens: int) -> bool:
        """Prose is rather cut than leaving a piece less than half full; tables and code are not."""
        if not atoms or tokens > self._size:
            return False
        return not atoms[0].is_prose or self._tokens * 2 > self._size

    def _append(self, atom: Atom) -> None:
        if not self._atoms:
            self._tokens += count_tokens(atom.header)
        self._atoms.append(atom)
        self._tokens += atom.tokens

    def _begin(self) -> None:
        """What is only a line of introduction goes along with what it introduces."""
        if self._tokens <= self._overlap:
            return
        again = self._close()
        self._atoms, self._repeated = again, len(again)
        self._tokens = sum(one.tokens for one in again)

    def _close(self) -> list[Atom]:
        """Returns the last sentences, with which the next piece begins."""
        if len(self._atoms) > self._repeated:
            first, last = self._atoms[0], self._atoms[-1]
            self._pieces.append(Piece(first.start, last.end, first.header))
        again: list[Atom] = []
        left = self._overlap
        for atom in reversed(self._atoms[self._repeated :]):
            if not atom.is_prose or atom.tokens > left:
                break
            left -= atom.tokens
            again.insert(0, atom)
        return again if len(again) < len(self._atoms) else []


def _atoms_of(markdown: str, block: Block, size: int) -> Iterator[Atom]:
    """Sentences of prose, rows of tables, lines of code."""
    if block.kind in (TABLE, CODE):
        yield from _rows(markdown, block, size)
        return
    for sentence in sentences(markdown, block.start, block.end):
        for part in _fitting(markdown, sentence, size):
            yield Atom(*part, count_tokens(markdown[part.start : part.end]))


def _rows(markdown: str, block: Block, size: int) -> Iterator[Atom]:
    whole = count_tokens(markdown[block.start : block.end])
    if whole <= size:
        yield Atom(block.start, block.end, whole, is_prose=False)
        return
    # A head that is long itself would leave no room for what stands below it.
    is_repeated = count_tokens(block.header) * _HEADERS_PART <= size
    for row in _spans_of_rows(markdown, block, is_repeated):
        for part in _fitting(markdown, row, size):
            header = block.header if is_repeated and part.start > block.start else ""
            tokens = count_tokens(markdown[part.start : part.end])
            yield Atom(part.start, part.end, tokens, header, is_prose=False)


def _spans_of_rows(markdown: str, block: Block, with_head: bool) -> Iterator[Span]:
    """Lines with their indentation; the head is one with the first row."""
    start = at = block.start
    head_ends = block.start + len(block.header) if with_head else block.start
    for line in markdown[block.start : block.end].splitlines(keepends=True):
        at += len(line)
        if at > head_ends + 1 and line.strip():
            yield Span(start, at - len(line) + len(line.rstrip()))
            start = at
        elif at > head_ends + 1 and start == at - len(line):
            start = at
    if start < block.end and markdown[start : block.end].strip():
        yield Span(start, block.end)


def _fitting(markdown: str, span: Span, size: int) -> Iterator[Span]:
    tokens = count_tokens(markdown[span.start : span.end])
    if tokens <= size:
        yield span
        return
    letters = max(1, (span.end - span.start) * size // tokens)
    for part in cut(markdown, span, letters):
        if part.end - part.start < span.end - span.start:
            yield from _fitting(markdown, part, size)
        else:
            yield part
