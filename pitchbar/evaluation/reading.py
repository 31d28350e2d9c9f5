"""An answer's text, cut at its citations and at what is code in it."""

import re
from dataclasses import dataclass

_PARTS = re.compile(r"\s?\[(\d{1,3})\]|`([^`\n]+)`")


@dataclass(frozen=True)
class Piece:
    """Some text; or code; or the number of a citation, 0 where it is none."""

    text: str = ""
    n: int = 0
    is_code: bool = False


def pieces_of(text: str) -> list[Piece]:
    pieces, at = [], 0
    for match in _PARTS.finditer(text):
        pieces.append(Piece(text[at : match.start()]))
        number, code = match.groups()
        pieces.append(Piece(code, is_code=True) if code else Piece(n=int(number)))
        at = match.end()
    pieces.append(Piece(text[at:]))
    return [one for one in pieces if one.text or one.n]
