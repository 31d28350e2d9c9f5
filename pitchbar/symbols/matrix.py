"""The one matrix that every picture is drawn from, and which module holds which codeword."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import segno
from segno import consts

from pitchbar.symbols.design import ErrorCorrection
from pitchbar.symbols.modules import Cell

LEVELS: tuple[ErrorCorrection, ...] = ("L", "M", "Q", "H")
_DATA = {consts.TYPE_DATA_DARK, consts.TYPE_DATA_LIGHT}
_EYES = {consts.TYPE_FINDER_PATTERN_DARK}
_ALIGNMENT = {consts.TYPE_ALIGNMENT_PATTERN_DARK, consts.TYPE_ALIGNMENT_PATTERN_LIGHT}


class TextTooLong(ValueError):
    """No symbol holds that much text at this error correction."""


@dataclass(frozen=True)
class Matrix:
    """Attributes:
    size: modules on a side.
    dark: every dark module.
    eyes: the dark ones of the three finder patterns.
    alignments: the dark ones of each pattern of alignment.
    bound: those that scanners need to find and to describe the symbol, dark or light: all that
        is neither data nor a pattern of alignment.
    blocks: the modules of each codeword, by the block that repairs it.
    repairs: how many codewords of a block can be wrong, in the same order.
    """

    version: int
    error_correction: ErrorCorrection
    size: int
    dark: frozenset[Cell]
    eyes: frozenset[Cell]
    alignments: tuple[frozenset[Cell], ...]
    bound: frozenset[Cell]
    blocks: tuple[tuple[frozenset[Cell], ...], ...]
    repairs: tuple[int, ...]

    def damage(self, covered: Set[Cell]) -> float:
        """The share of what can be repaired that is used up where nothing of `covered` is read
        rightly, in the block that is hit worst; 1 is all of it.
        """
        return max(
            sum(not codeword.isdisjoint(covered) for codeword in block) / most
            for block, most in zip(self.blocks, self.repairs, strict=True)
        )


@lru_cache(maxsize=256)
def make_matrix(text: str, error_correction: ErrorCorrection) -> Matrix:
    """Raises TextTooLong."""
    try:
        symbol = segno.make(text, error=error_correction.lower(), boost_error=False, micro=False)
    except segno.DataOverflowError:
        raise TextTooLong("The text is too long for a QR code.") from None
    version = int(symbol.version)
    layout = _layout(version)
    blocks, repairs = _blocks(version, error_correction)
    return Matrix(
        version=version,
        error_correction=error_correction,
        size=layout.size,
        dark=frozenset(
            (x, y)
            for y, row in enumerate(symbol.matrix)
            for x, is_dark in enumerate(row)
            if is_dark
        ),
        eyes=layout.eyes,
        alignments=layout.alignments,
        bound=layout.bound,
        blocks=blocks,
        repairs=repairs,
    )


@dataclass(frozen=True)
class _Layout:
    """What all symbols of a version share; `data` in the order of its bits."""

    size: int
    eyes: frozenset[Cell]
    alignments: tuple[frozenset[Cell], ...]
    bound: frozenset[Cell]
    data: tuple[Cell, ...]


@lru_cache(maxsize=40)
def _layout(version: int) -> _Layout:
    sample = segno.make("0", version=version, mask=0, error="l", boost_error=False, micro=False)
    kinds: dict[Cell, int] = {
        (x, y): kind
        for y, row in enumerate(sample.matrix_iter(border=0, verbose=True))
        for x, kind in enumerate(row)
    }
    size = 17 + 4 * version
    dark = frozenset(cell for cell, kind in kinds.items() if kind >> 8)
    return _Layout(
        size=size,
        eyes=frozenset(cell for cell, kind in kinds.items() if kind in _EYES),
        alignments=tuple(_alignments(version, size, dark)),
        bound=frozenset(c for c, kind in kinds.items() if kind not in _DATA | _ALIGNMENT),
        data=tuple(_in_order(kinds, size)),
    )


def _in_order(kinds: dict[Cell, int], size: int) -> list[Cell]:
    """The modules of data in the order of their bits: pairs of columns from the right, up and
    down in turn, past the column of the timing pattern.
    """
    cells = []
    upward = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for y in range(size - 1, -1, -1) if upward else range(size):
            cells += [(x, y) for x in (right, right - 1) if kinds[x, y] in _DATA]
        upward = not upward
    return cells


@lru_cache(maxsize=160)
def _blocks(
    version: int, error_correction: ErrorCorrection
) -> tuple[tuple[tuple[frozenset[Cell], ...], ...], tuple[int, ...]]:
    """Codewords lie interleaved: the first of each block, the second of each, and so on."""
    cells = _layout(version).data
    tables: Any = consts.ECC
    table = tables[version][consts.ERROR_MAPPING[error_correction]]
    sizes = [(ec.num_data, ec.num_total) for ec in table for _ in range(ec.num_blocks)]
    order = [
        block
        for at in range(max(data for data, _ in sizes))
        for block, (data, _) in enumerate(sizes)
        if at < data
    ]
    order += [
        block
        for at in range(max(total - data for data, total in sizes))
        for block, (data, total) in enumerate(sizes)
        if at < total - data
    ]
    blocks: list[list[frozenset[Cell]]] = [[] for _ in sizes]
    for at, block in enumerate(order):
        blocks[block].append(frozenset(cells[8 * at : 8 * at + 8]))
    return (
        tuple(tuple(block) for block in blocks),
        tuple((total - data) // 2 for data, total in sizes),
    )


def _alignments(version: int, size: int, dark: frozenset[Cell]) -> Iterable[frozenset[Cell]]:
    places = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
    for middle_x in places:
        for middle_y in places:
            corner = (middle_x < 9, middle_x > size - 9, middle_y < 9, middle_y > size - 9)
            if (corner[0] and (corner[2] or corner[3])) or (corner[1] and corner[2]):
                continue
            yield frozenset(
                (x, y)
                for x in range(middle_x - 2, middle_x + 3)
                for y in range(middle_y - 2, middle_y + 3)
                if (x, y) in dark
            )
