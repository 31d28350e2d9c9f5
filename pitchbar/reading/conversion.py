"""Markup to Markdown as it stands, without choosing: for documents, and for pages in which the
main text is not told from the rest.
"""

import re
from typing import Any

_BLANKS = re.compile(r"\n{3,}")
_AROUND = re.compile(r"[ \t]+$", re.MULTILINE)
# Rows of a table that follow each other.
_HEADLESS = re.compile(r"^(\|.*\|)\n((?:\|.*\|(?:\n|\Z))+)", re.MULTILINE)
_BAR = re.compile(r"(?<!\\)\|")
_FRAME = "nav|header|footer|aside|form|noscript|dialog|select|menu"
_ROLES = "navigation|banner|contentinfo|search|dialog|alertdialog|complementary"
_NAMES = re.compile(
    r"\b(?:cookie|consent|gdpr|breadcrumb|newsletter|share|social|sidebar|related|popup|modal)",
    re.I,
)


def to_markdown(markup: str) -> str:
    """Headings, lists, tables, code; links and pictures give their words."""
    from markdownify import markdownify

    text = markdownify(
        markup, heading_style="ATX", bullets="-", strip=["a", "img"], escape_misc=False
    )
    return tidy(str(text))


def tidy(markdown: str) -> str:
    bare = _BLANKS.sub("\n\n", _AROUND.sub("", markdown)).strip()
    return _HEADLESS.sub(_with_head, bare)


def _with_head(found: re.Match[str]) -> str:
    """Of a table that has none the first row is it: without, it is no table of Markdown."""
    first, rest = found[1], found[2]
    if not rest or set(rest.partition("\n")[0]) <= set("|-: "):
        return found[0]
    return f"{first}\n|{'---|' * (len(_BAR.findall(first)) - 1)}\n{rest}"


def main_region(tree: Any) -> Any:
    """What remains of a page when its frame is taken away; the tree is changed."""
    found = tree.xpath("//main | //*[@role='main']")
    region = found[0] if len(found) == 1 else tree.find("body")
    region = tree if region is None else region
    for element in list(region.iter()):
        if element is not region and _is_frame(element) and element.getparent() is not None:
            element.drop_tree()
    return region


def _is_frame(element: Any) -> bool:
    tag = element.tag
    if not isinstance(tag, str):
        return True
    # The header of an article holds its title.
    is_inner = tag == "header" and any(
        above.tag in ("article", "main") for above in element.iterancestors()
    )
    if tag in _FRAME.split("|") and not is_inner:
        return True
    if element.get("role") in _ROLES.split("|") or "hidden" in element.attrib:
        return True
    return bool(_NAMES.search(f"{element.get('id', '')} {element.get('class', '')}"))
