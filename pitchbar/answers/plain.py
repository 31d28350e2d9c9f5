"""Markdown as people read it: without its marks, letter by letter otherwise."""

import html
import re

_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
# What is left of a link that a sentence ends in the middle of.
_HALF_LINK = re.compile(r"\]\([^)\s]*\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^>\s]+)>")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>|<!--.*?-->", re.DOTALL)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = (
    re.compile(r"(\*{1,3})(?=[^\s*])(.+?)(?<=[^\s*])\1", re.DOTALL),
    re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])(.+?)(?<=[^\s_])\1(?!\w)", re.DOTALL),
    re.compile(r"(~~)(?=\S)(.+?)(?<=\S)\1", re.DOTALL),
)
_QUOTE_MARK = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.MULTILINE)
_HEADING_MARK = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+|[ \t]+#+[ \t]*$", re.MULTILINE)
MARKER = re.compile(r"^[ \t]*([-*+•]|\d{1,4}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
# Most lines of a page have no sign that could be a mark.
_MARKED = re.compile(r"[`*_~#\[\]<>&\\\ue000]")
_BAR = re.compile(r"(?<!\\)\|")
# A stand-in for what is kept as it is; of the letters that nobody uses.
_HELD, _HOLDER = "\ue000", re.compile("\ue000(\\d+)\ue000")


def plain(markdown: str, *, keeps_code: bool = False) -> str:
    """Of one block; white space is collapsed.

    Args:
        keeps_code: code within a line keeps its marks, for whoever shows it as such.
    """
    if not _MARKED.search(markdown):
        return " ".join(markdown.split())
    held: list[str] = []

    def hold(text: str) -> str:
        held.append(text)
        return f"{_HELD}{len(held) - 1}{_HELD}"

    text = markdown.replace(_HELD, "")
    text = _CODE.sub(lambda found: hold(found[0] if keeps_code else found[2].strip()), text)
    text = _QUOTE_MARK.sub("", _HEADING_MARK.sub("", text))
    text = _ESCAPE.sub(lambda found: hold(found[1]), text)
    text = _AUTOLINK.sub(lambda found: hold(found[1]), text)
    text = _without_marks(text)
    text = html.unescape(text)
    # What is held may hold others: a sign that was escaped inside of a link's address.
    while _HOLDER.search(text):
        text = _HOLDER.sub(
            lambda found: held[int(found[1])] if int(found[1]) < len(held) else "", text
        )
    return " ".join(text.split())


def _without_marks(text: str) -> str:
    text = _LINK.sub(r"\1", _IMAGE.sub(" ", text))
    # A picture that is a link leaves a link without words.
    text = _HALF_LINK.sub("", _TAG.sub(" ", text))
    for mark in _EMPHASIS:
        text = mark.sub(r"\2", text)
    return text.replace("**", "")


def without_marker(item: str) -> tuple[str, str]:
    """The marker of a list's item, and the item."""
    found = MARKER.match(item)
    return (found[1], item[found.end() :]) if found else ("", item)


def cells_of(row: str, *, keeps_code: bool = False) -> list[str]:
    """As people read them, of a table's row."""
    bare = row.strip()
    bare = bare[1:] if bare.startswith("|") else bare
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return [plain(cell, keeps_code=keeps_code) for cell in _BAR.split(bare)]
