"""Answers that people of the workspace wrote beforehand. Whoever keeps them registers how they are
found; here is where a turn asks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pitchbar.answers.turns import Citation, Turn


@dataclass(frozen=True)
class CuratedHit:
    """`score` says how surely the question is the one that was thought of, from 0 to 1."""

    curated_id: int
    text: str
    score: float = 1.0
    citations: Sequence[Citation] = ()


Find = Callable[[Turn], CuratedHit | None]

_finders: list[Find] = []


def register_finder(find: Find) -> None:
    if find not in _finders:
        _finders.append(find)


def find_curated(turn: Turn) -> CuratedHit | None:
    return next((hit for find in _finders if (hit := find(turn)) is not None), None)
