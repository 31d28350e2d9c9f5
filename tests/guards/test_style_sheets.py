"""Style sheets: a class belongs to one sheet, so that no page changes by loading another."""

import re
from collections import defaultdict
from collections.abc import Iterator

from pitchbar.core.assets import STATIC

SHEETS = sorted((STATIC / "css").glob("*.css"))

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@(media|supports|layer|container)[^{]*\{")
_OTHER_AT_RULE = re.compile(r"@(font-face|keyframes|property)[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]+)\{[^{}]*\}")
_NAME = re.compile(r"[.#]([a-zA-Z][\w-]*)")


def selectors(css: str) -> Iterator[str]:
    css = _OTHER_AT_RULE.sub("", _AT_RULE.sub("", _COMMENT.sub("", css)))
    for rule in _RULE.finditer(css):
        yield from (part.strip() for part in re.split(r",(?![^(]*\))", rule[1]))


def owner(selector: str) -> str | None:
    """The first name in it: `.rail .menu` speaks of the menu within the rail, and is the rail's."""
    found = _NAME.search(selector)
    return found[0] if found else None


def test_a_selector_belongs_to_what_it_begins_with() -> None:
    css = "/* .a {} */ .b, p .c > .d { color: red } @media (x: 1) { #e > .f { top: 0 } } h1 {}"
    assert [owner(one) for one in selectors(css)] == [".b", ".c", "#e", None]


def test_each_class_stands_in_one_sheet() -> None:
    sheets: dict[str, set[str]] = defaultdict(set)
    for sheet in SHEETS:
        for selector in selectors(sheet.read_text()):
            if name := owner(selector):
                sheets[name].add(sheet.name)
    assert len(sheets) > 100
    assert {name: found for name, found in sheets.items() if len(found) > 1} == {}
