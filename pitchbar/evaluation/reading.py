"""An answer's text, cut at its citations."""

import re
from dataclasses import dataclass

_CITATION = re.compile(r"\s?\[(\d{1,3})\]")


@dataclass(frozen=True)
class Piece:
    """Some text, and the number of the citation behind it; 0 is none."""

    text: str
    n: int = 0


def pieces_of(text: str) -> list[Piece]:
    pieces, at = [], 0
    for match in _CITATION.finditer(text):
        pieces.append(Piece(text[at : match.start()], int(match[1])))
        at = match.end()
    return [*pieces, Piece(text[at:])] if text[at:].strip() or not pieces else pieces
