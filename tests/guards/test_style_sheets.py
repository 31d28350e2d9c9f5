"""Style sheets: a class belongs to one sheet, so that no page changes by loading another."""

import re
from collections import defaultdict
from collections.abc import Iterator

from pitchbar.core.assets import STATIC

SHEETS = sorted((STATIC / "css").glob("*.css"))

# What cannot hold a rule: comments, and strings, in which braces mean nothing.
_OPAQUE = re.compile(r"/\*.*?\*/|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", re.DOTALL)
# Groups whose rules count as if they stood outside; other blocks with an @ hold no selectors.
_GROUP = re.compile(r"@(media|supports|layer|container|scope|starting-style)\b")
_NAME = re.compile(r"[.#]([a-zA-Z][\w-]*)")


def selectors(css: str) -> Iterator[str]:
    """Of all rules, wherever they stand; one within another belongs to that, and is left out."""
    inside: list[str] = []  # the blocks that are open: "group", "rule" or "other"
    for piece in re.finditer(r"([^{};]*)([{};]|$)", _OPAQUE.sub("", css)):
        prelude, sign = piece[1].strip(), piece[2]
        if sign == "{":
            kind = "rule" if prelude[:1] != "@" else "group" if _GROUP.match(prelude) else "other"
            if kind == "rule" and set(inside) <= {"group"}:
                yield from (part.strip() for part in re.split(r",(?![^(]*\))", prelude))
            inside.append(kind)
        elif sign == "}":
            inside.pop()
    assert inside == [], "a brace is open"


def owner(selector: str) -> str | None:
    """The first name in it: `.rail .menu` speaks of the menu within the rail, and is the rail's."""
    found = _NAME.search(selector)
    return found[0] if found else None


def test_a_selector_belongs_to_what_it_begins_with() -> None:
    css = "/* .a {} */ .b, p .c > .d { color: red } @media (x: 1) { #e > .f { top: 0 } } h1 {}"
    assert [owner(one) for one in selectors(css)] == [".b", ".c", "#e", None]


def test_rules_are_found_in_groups_and_nested_ones_belong_to_their_parent() -> None:
    css = """
        @charset "utf-8";
        @layer base, page;
        @media (min-width: 1px) { @container x (width > 2px) { .deep, p > .deeper { top: 0 } } }
        @supports (display: grid) { @media print { .printed { } } }
        .parent { color: red; .child & { top: 0 } @media print { .inner { top: 0 } } &:hover { } }
        @keyframes turn { from { top: 0 } 50.5% { top: 1px } }
        @font-face { src: url("a{b}.woff2") }
        .after::before { content: "} .quoted {"; }
        .a:is(.b, .c) .d { }
    """
    found = [owner(one) for one in selectors(css)]
    assert found == [".deep", ".deeper", ".printed", ".parent", ".after", ".a"]


def test_each_class_stands_in_one_sheet() -> None:
    sheets: dict[str, set[str]] = defaultdict(set)
    for sheet in SHEETS:
        for selector in selectors(sheet.read_text()):
            if name := owner(selector):
                sheets[name].add(sheet.name)
    assert len(sheets) > 100
    assert {name: found for name, found in sheets.items() if len(found) > 1} == {}
