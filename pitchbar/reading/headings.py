"""Headings that were lost when the main text was told from the rest, put back above what they
stood above.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from pitchbar.reading.tree import words_of

# Of the text below a heading so much is looked for; the title of a page is told beside its text.
_LETTERS = 30
_LEVELS = {f"h{level}": level for level in range(2, 7)}
_MARKS = "a abbr b code em font i mark q s small span strong sub sup u"
_EMPHASIS = frozenset(_MARKS.split())
_HEADING = re.compile(r"^#", re.MULTILINE)


def with_headings(markdown: str, region: Any) -> str:
    """Where it has none at all and the page has some."""
    if _HEADING.search(markdown):
        return markdown
    lines = markdown.split("\n")
    places = defaultdict[str, list[int]](list)
    for at, line in enumerate(lines):
        places[_letters(line)].append(at)
    for headings, below in _headings_of(region):
        key = _letters(below)
        if key and places[key]:
            # Texts that begin alike follow each other as their headings do.
            at = places[key].pop(0)
            lines[at] = "\n\n".join([*headings, lines[at]])
    return "\n".join(lines)


def _headings_of(region: Any) -> Iterator[tuple[list[str], str]]:
    """Each, or a few that follow each other, with the first words below."""
    above: list[str] = []
    inside: Any = None
    for event, element in _walk(region):
        if event == "end":
            inside = None if element is inside else inside
            text = element.tail
        elif inside is None and element.tag in _LEVELS:
            inside = element
            above.append(f"{'#' * _LEVELS[element.tag]} {words_of(element)}")
            continue
        else:
            text = element.text
        if inside is None and above and text and text.strip():
            yield above, _line_of(element, event)
            above = []


def _walk(region: Any) -> Iterator[tuple[str, Any]]:
    from lxml.etree import iterwalk

    yield from iterwalk(region, events=("start", "end"))


def _line_of(element: Any, event: str) -> str:
    """Of the paragraph that it begins, in however many marks of emphasis."""
    if event == "end":
        return str(element.tail)
    while element.tag in _EMPHASIS and element.getparent() is not None:
        element = element.getparent()
    return _first_words(element)


def _first_words(element: Any) -> str:
    """No more of it than is compared: it may hold all of the page."""
    said = ""
    for part in element.itertext():
        said += part
        if len(said) > 4 * _LETTERS:
            break
    return said


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text.strip()[: 4 * _LETTERS]).casefold()[:_LETTERS]
