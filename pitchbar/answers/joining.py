"""Quotables as the text of an answer: sentences run on, items and rows stand below each other."""

from collections.abc import Sequence
from itertools import pairwise

from pitchbar.answers.openings import is_nameless
from pitchbar.answers.quotable import CODE, ITEM, ROW, Quotable


def as_text(quoted: Sequence[Quotable], headings: Sequence[str], n: int) -> str:
    """With `[n]` at its end; below code, as nothing may stand in its last line."""
    text = _named(quoted[0], headings) + _line(quoted[0], is_alone=len(quoted) == 1)
    for one, other in pairwise(quoted):
        text += _between(one, other) + _line(other)
    return f"{text}\n[{n}]" if quoted[-1].kind == CODE else f"{text} [{n}]"


def _named(first: Quotable, headings: Sequence[str]) -> str:
    """What "it" is, where the passage says so in its heading alone."""
    is_open = first.kind not in (CODE, ROW) and is_nameless(first.shown)
    return f"{headings[-1]}: " if is_open and headings else ""


def _line(one: Quotable, *, is_alone: bool = False) -> str:
    if one.kind != ITEM or is_alone:
        return one.shown
    return f"{one.marker if one.is_step else '-'} {one.shown}"


def _between(one: Quotable, other: Quotable) -> str:
    if CODE in (one.kind, other.kind):
        return "\n\n"
    if ITEM in (one.kind, other.kind) or ROW in (one.kind, other.kind):
        return "\n"
    return " " if one.block == other.block else "\n\n"
