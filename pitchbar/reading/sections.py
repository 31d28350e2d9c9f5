"""What stands under one heading, or under a few that say little each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from pitchbar.reading.blocks import HEADING, Block, blocks_of
from pitchbar.reading.tokens import count_tokens

# Sections below this part of a chunk's size are read together with their neighbours.
_SMALL = 5


@dataclass(frozen=True)
class Section:
    """`headings` are those above all of it; the ones inside of it are among its blocks."""

    headings: tuple[str, ...]
    blocks: tuple[Block, ...]
    tokens: int

    @property
    def body(self) -> tuple[Block, ...]:
        """Without the headings that it begins with."""
        first = next((at for at, one in enumerate(self.blocks) if one.kind != HEADING), None)
        return self.blocks if first is None else self.blocks[first:]


def sections_of(markdown: str, size: int) -> Iterator[Section]:
    """In their order; a heading without anything below it is a section of its own words."""
    gathered: list[Section] = []
    for section in _single_sections(markdown):
        if gathered and not _go_together([*gathered, section], size):
            yield _joined(gathered)
            gathered = []
        gathered.append(section)
    if gathered:
        yield _joined(gathered)


def _single_sections(markdown: str) -> Iterator[Section]:
    """Each with the headings that lead to it among its blocks."""
    path: list[tuple[int, str]] = []
    blocks: list[Block] = []
    for block in blocks_of(markdown):
        if block.kind == HEADING:
            ends = _is_body(blocks) or (bool(blocks) and block.level <= blocks[-1].level)
            if ends:
                yield _section(markdown, path, blocks)
                blocks = []
            path = [one for one in path if one[0] < block.level]
            path.append((block.level, block.title))
        blocks.append(block)
    if blocks:
        yield _section(markdown, path, blocks)


def _is_body(blocks: Sequence[Block]) -> bool:
    return bool(blocks) and blocks[-1].kind != HEADING


def _section(markdown: str, path: list[tuple[int, str]], blocks: list[Block]) -> Section:
    tokens = sum(count_tokens(markdown[one.start : one.end]) for one in blocks)
    return Section(tuple(title for _, title in path if title), tuple(blocks), tokens)


def _go_together(sections: list[Section], size: int) -> bool:
    """Small ones do, while they have a heading in common and stay small enough to be one answer."""
    if sum(one.tokens for one in sections) > size // 2:
        return False
    *before, last = sections
    are_small = last.tokens < size // _SMALL or sum(one.tokens for one in before) < size // _SMALL
    return are_small and bool(_common(sections) or not any(one.headings for one in before))


def _common(sections: Sequence[Section]) -> tuple[str, ...]:
    levels = zip(*(one.headings for one in sections), strict=False)
    return tuple(level[0] for level in takewhile(lambda level: len(set(level)) == 1, levels))


def _joined(sections: list[Section]) -> Section:
    if len(sections) == 1:
        only = sections[0]
        return Section(only.headings, only.body, only.tokens)
    blocks = [block for one in sections for block in one.blocks]
    common = _common(sections)
    # The headings above all of them are told beside the text; the others stay in it.
    while len(blocks) > 1 and blocks[0].kind == HEADING and blocks[0].title in common:
        blocks.pop(0)
    return Section(common, tuple(blocks), sum(one.tokens for one in sections))
