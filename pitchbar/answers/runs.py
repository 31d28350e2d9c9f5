"""What is quoted together: a sentence with the one that it leans on, a list with its opening, code
with the line that announces it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.answers.openings import leads_on, leans_back
from pitchbar.answers.quotable import CODE, ITEM, ROW, SENTENCE, Quotable

# Characters of a list, a table or code that come along whole; and a list's items that are no steps.
_LONGEST_BLOCK, _FEW_ITEMS = 1_400, 7
_FEW_CHARACTERS, _LONGEST_STEP = 600, 200
# Sentences before, each of which may lean back itself.
_MOST_BEFORE = 2
_SHORT = 40


@dataclass(frozen=True)
class Run:
    """Quotables of one passage that follow each other: those from `first` to before `last`."""

    hit: int
    first: int
    last: int

    def touches(self, other: "Run") -> bool:
        return self.hit == other.hit and self.first <= other.last and other.first <= self.last

    def joined(self, other: "Run") -> "Run":
        return Run(self.hit, min(self.first, other.first), max(self.last, other.last))


def run_around(own: Sequence[Quotable], at: int) -> Run:
    """The least around a quotable that can be read by itself."""
    first, last = at, at + 1
    if own[at].kind == ITEM:
        first, last = _list_around(own, at)
    elif leads_on(own[at].shown):
        last = _announced(own, at)
    elif own[at].kind == SENTENCE and own[at].shown.endswith("?") and _follows(own, at):
        last = at + 2
    return Run(own[at].hit, _opened(own, first), last)


def _list_around(own: Sequence[Quotable], at: int) -> tuple[int, int]:
    """Steps come as a whole, and so do a few short items that a sentence announces; of other lists
    the one item alone.
    """
    first, last = at, at + 1
    while first > 0 and own[first - 1].kind == ITEM and _is_next(own[first - 1], own[first]):
        first -= 1
    while last < len(own) and own[last].kind == ITEM and _is_next(own[last - 1], own[last]):
        last += 1
    length = sum(len(one.shown) for one in own[first:last])
    # Numbers stand before paragraphs, too, which are no steps of one thing.
    are_short = length <= _LONGEST_STEP * (last - first)
    is_told = first > 0 and leads_on(own[first - 1].shown)
    is_few = is_told and last - first <= _FEW_ITEMS and length <= _FEW_CHARACTERS
    is_whole = are_short and (is_few or (own[at].is_step and length <= _LONGEST_BLOCK))
    return (first, last) if is_whole else (at, at + 1)


def _is_next(one: Quotable, other: Quotable) -> bool:
    return other.block == one.block + 1 or other.block == one.block


def _announced(own: Sequence[Quotable], at: int) -> int:
    """Behind the block that stands below; a list has a block for each item."""
    if not _follows(own, at):
        return at + 1
    last, kind = at + 2, own[at + 1].kind
    if kind == ITEM:
        last = _list_around(own, at + 1)[1]
    elif kind == ROW:
        while last < len(own) and own[last].block == own[at + 1].block:
            last += 1
    length = sum(len(one.shown) for one in own[at:last])
    return last if length <= _LONGEST_BLOCK else at + 2


def _follows(own: Sequence[Quotable], at: int) -> bool:
    return at + 1 < len(own) and own[at + 1].block - own[at].block <= 1


def _opened(own: Sequence[Quotable], first: int) -> int:
    """With what the first of them leans on, or is announced by."""
    for _ in range(_MOST_BEFORE):
        if first == 0 or not _follows(own, first - 1) or not _needs_opening(own, first):
            break
        first -= 1
    return first


def _needs_opening(own: Sequence[Quotable], at: int) -> bool:
    one, before = own[at], own[at - 1]
    if one.kind in (CODE, ITEM) and before.kind == SENTENCE:
        return leads_on(before.shown)
    if one.kind != SENTENCE or before.kind != SENTENCE:
        return False
    if one.block != before.block:
        # A paragraph begins anew, but for one that answers a question.
        return len(one.shown) < _SHORT and before.shown.endswith("?")
    return leans_back(one.shown)


def merged(runs: Sequence[Run]) -> list[Run]:
    """Those that touch become one; the best one's passage stays first, each in its order."""
    order = list(dict.fromkeys(run.hit for run in runs))
    found: list[Run] = []
    for run in sorted(runs, key=lambda run: (order.index(run.hit), run.first)):
        if found and found[-1].touches(run):
            found[-1] = found[-1].joined(run)
        else:
            found.append(run)
    return found
