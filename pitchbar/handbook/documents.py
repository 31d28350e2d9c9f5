"""The files of `docs/` as pages: HTML, headings with anchors, and what can be looked for."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from pitchbar.core.assets import ROOT
from pitchbar.handbook.catalogue import NAMES

FOLDER = ROOT / "docs"
# What a link may lead to, of all that is written in the files.
_DOCUMENT = re.compile(r"(?:docs/)?([a-z-]+)\.md(#.*)?")
_PICTURE = re.compile(r"(?:docs/)?images/([\w-]+\.png)")
# What may be named in a text that is searched: no marks of Markdown.
_MARKS = re.compile(r"[`*_|]|\]\([^)]*\)|\[|^#+ ", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """What stands under one heading, up to the next.

    Attributes:
        anchor: of its heading; empty for what stands above all of them.
        depth: 1 for the document's own title.
        text: without marks.
    """

    anchor: str
    title: str
    depth: int
    text: str


@dataclass(frozen=True)
class Document:
    """One page.

    Attributes:
        name: of its file, without the ending.
        summary: its first paragraph, without marks.
        html: all but its title; made here, nothing in it comes from people.
    """

    name: str
    title: str
    summary: str
    html: Markup
    sections: tuple[Section, ...]

    @property
    def contents(self) -> tuple[Section, ...]:
        """What the list of contents names."""
        return tuple(one for one in self.sections if one.depth == 2)


Address = Callable[[str, str], str]
"""Given "document" or "picture" and a name, where that is served."""


def load_document(name: str, address: Address) -> Document | None:
    """None where there is no such document, or no file of it in this installation."""
    path = FOLDER / f"{name}.md"
    if name not in NAMES or not path.is_file():
        return None
    return read_document(name, path.read_text(), address)


def list_documents(address: Address) -> tuple[Document, ...]:
    found = (load_document(name, address) for name in NAMES)
    return tuple(one for one in found if one)


def read_document(name: str, text: str, address: Address) -> Document:
    tokens = _parser().parse(text)
    sections = _name_headings(tokens, text)
    _lead_links(tokens, address)
    title = sections[0].title if sections else name
    body = [*tokens[3:]] if tokens and tokens[0].tag == "h1" else tokens
    summary = next((one.content for one in body if one.type == "inline"), "")
    html = Markup(_parser().renderer.render(body, _parser().options, {}))  # noqa: S704  # our own files, and HTML in them is text
    return Document(name, title, plain(summary), html, sections)


def plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split())


@cache
def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    # Wide tables and long lines scroll by themselves, also by the keys.
    made.add_render_rule("table_open", _open_table)
    made.add_render_rule("table_close", _close_table)
    made.add_render_rule("fence", _draw_code)
    return made


def _open_table(*_rest: object) -> str:
    return '<div class="doc-wide" tabindex="0" role="region" aria-label="Table"><table>'


def _close_table(*_rest: object) -> str:
    return "</table></div>"


def _draw_code(_renderer: object, tokens: list[Token], at: int, *_rest: object) -> str:
    kind = tokens[at].info.strip() or "text"
    text = Markup("<pre tabindex='0' aria-label='{}'><code>{}</code></pre>")
    return str(text.format(f"Example: {kind}", tokens[at].content))


def _name_headings(tokens: list[Token], text: str) -> tuple[Section, ...]:
    """Gives each heading its anchor, and tells what stands under it."""
    lines = text.splitlines()
    found: list[tuple[str, str, int, int]] = []
    taken: dict[str, int] = {}
    for at, token in enumerate(tokens):
        if token.type != "heading_open" or token.map is None:
            continue
        title = plain(tokens[at + 1].content)
        anchor = _anchor(title)
        taken[anchor] = taken.get(anchor, 0) + 1
        anchor += f"-{taken[anchor]}" if taken[anchor] > 1 else ""
        token.attrSet("id", anchor)
        found.append((anchor, title, int(token.tag[1]), token.map[1]))
    ends = [token.map[0] for token in tokens if token.type == "heading_open" and token.map]
    ends = [*ends[1:], len(lines)]
    return tuple(
        Section(anchor, title, depth, plain("\n".join(lines[begin:end])))
        for (anchor, title, depth, begin), end in zip(found, ends, strict=True)
    )


def _anchor(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title.lower())
    return re.sub(r"[^\w]+", "-", letters).strip("-")


def _lead_links(tokens: list[Token], address: Address) -> None:
    """Links between the files lead to their pages; one to another file of the code is text."""
    for token in tokens:
        dropped = False
        for one in token.children or ():
            if one.type == "link_open":
                target = _address_of(str(one.attrGet("href")), address)
                dropped = not target
                one.attrSet("href", target)
                one.hidden = dropped
            elif one.type == "link_close":
                one.hidden = dropped
            elif one.type == "image":
                one.attrSet("src", _address_of(str(one.attrGet("src")), address))
                one.attrSet("loading", "lazy")
        if token.children:
            token.children = [one for one in token.children if not one.hidden]


def _address_of(target: str, address: Address) -> str:
    """Empty for what is not served."""
    if picture := _PICTURE.fullmatch(target):
        return address("picture", picture[1])
    document = _DOCUMENT.fullmatch(target)
    if document and document[1] in NAMES:
        return address("document", document[1]) + (document[2] or "")
    return target if target.startswith(("https://", "#")) else ""


def picture_path(name: str) -> Path | None:
    path = FOLDER / "images" / name
    return path if _PICTURE.fullmatch(f"images/{name}") and path.is_file() else None
