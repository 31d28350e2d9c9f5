"""Where sentences end, in any of the languages that customers write."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """Characters of a text, without the white space around them."""

    start: int
    end: int


_END = re.compile(
    r"""(?<![.!?…])[.!?…]++["'”’»)\]*_]*+(?=\s)   # where words have spaces between them
      | [。！？｡]+["'”’」』）]*                   # and where not
      | (?<![।؟۔])[।؟۔]++(?=\s)
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[^\s(\[\"'“„«]*$")
# After these a full stop ends no sentence; in lower case, without the last stop.
_ABBREVIATIONS = """
    mr mrs ms dr prof st no nos vs etc e.g i.e cf al approx dept est fig figs inc ltd co corp jr sr
    vol pp ed eds jan feb mar apr jun jul aug sep sept oct nov dec a.m p.m u.s u.k ph.d
    z.b d.h u.a o.ä bzw ca nr abs art bspw evtl ggf inkl exkl str tel usw vgl zzgl sog max min
    p.ex env av bd mme mlle m.m sra dra ud uds pág núm ej p.ej sig dott ecc pag es
"""
_KNOWN = frozenset(_ABBREVIATIONS.split())
# From the tidiest place to cut a sentence that is too long to the last resort.
_CLAUSES = (re.compile(r"\n"), re.compile(r"[;:,،、，；]\s*"), re.compile(r"\s+"))


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Of the text between two places; each ends with its mark, the last without one too."""
    at = start
    for found in _END.finditer(text, start, end):
        if _ends_here(text, at, found) and not _is_in_code(text, at, found.end(), end):
            yield from trimmed(text, at, found.end())
            at = found.end()
    yield from trimmed(text, at, end)


def trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The one span without white space around it, or none when nothing else is there."""
    part = text[start:end]
    bare = part.strip()
    if bare:
        begin = start + len(part) - len(part.lstrip())
        yield Span(begin, begin + len(bare))


def cut(text: str, span: Span, most: int) -> Iterator[Span]:
    """A sentence in parts of at most `most` characters: at its clauses, else between words, and
    inside one only where a word alone is longer.
    """
    start = span.start
    while span.end - start > most:
        at = _last_break(text, start, start + most)
        yield from trimmed(text, start, at)
        start = at
    yield from trimmed(text, start, span.end)


def _last_break(text: str, start: int, limit: int) -> int:
    """The best place after the first half; a cut that leaves less is worth no clause."""
    for breaks in _CLAUSES:
        places = [one.end() for one in breaks.finditer(text, start + (limit - start) // 2, limit)]
        if places:
            return places[-1]
    return limit


def _is_in_code(text: str, start: int, at: int, end: int) -> bool:
    """Between two backticks of one line, where "…" and "." end nothing."""
    line = text.rfind("\n", start, at) + 1 or start
    rest = text.find("\n", at, end)
    return text.count("`", line, at) % 2 == 1 and "`" in text[at : rest if rest >= 0 else end]


def _ends_here(text: str, start: int, found: re.Match[str]) -> bool:
    if found[0][0] != ".":
        return True
    # A word that long is none; and looking back without an end would cost its square.
    before = text[max(start, found.start() - 40) : found.start()]
    last = _LAST_WORD.search(before)
    word = last[0].lower() if last else ""
    is_initial = len(word) == 1 and word.isalpha()
    # "3. Mai", "14. Debt": an ordinal rather than an end.
    is_ordinal = len(word) <= 2 and word.isdigit()
    return not (is_initial or is_ordinal or word in _KNOWN)
