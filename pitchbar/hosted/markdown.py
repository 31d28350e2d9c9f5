"""Answers as HTML. They are text with a little Markdown: whatever is not known here stays text, no
HTML of theirs is taken over, no picture is fetched, and a link leads to the web or nowhere.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

_LINK = {"target": "_blank", "rel": "noopener noreferrer nofollow", "dir": "auto"}


def draw_answer(text: str, places: Mapping[int, str]) -> Markup:
    """Args:
    places: where the mark of each source leads, by its number; a mark of none is left out.
    """
    env = {"places": places}
    return Markup(_parser().render(text, env))  # noqa: S704  # HTML is off in the parser


@cache
def _parser() -> MarkdownIt:
    made = MarkdownIt("js-default", {"html": False, "linkify": False, "breaks": True})
    made.inline.ruler.before("link", "cite", _read_mark)
    made.disable(["image", "html_inline", "html_block", "reference", "autolink", "lheading", "hr"])
    made.add_render_rule("cite", _draw_mark)
    made.add_render_rule("link_open", _draw_link)
    # Answers stand below the headings of the page: theirs are lines that weigh more.
    made.add_render_rule("heading_open", lambda *_: '<p class="chat-heading" dir="auto">')
    made.add_render_rule("heading_close", lambda *_: "</p>\n")
    made.add_render_rule("paragraph_open", _draw_paragraph)
    return made


def _read_mark(state: StateInline, silent: bool) -> bool:
    """`[3]` is the mark of the third source, unless it is the name of a link."""
    end = state.src.find("]", state.pos, state.pos + 5)
    number = state.src[state.pos + 1 : end]
    is_mark = state.src[state.pos] == "[" and end > 0 and number.isascii() and number.isdigit()
    if not is_mark or state.src[end + 1 : end + 2] == "(":
        return False
    if not silent:
        place = state.env["places"].get(int(number))
        if place is None:
            state.pending = state.pending.rstrip()
        else:
            # It does not stand at the beginning of a line, without what it belongs to.
            state.pending = state.pending.rstrip() + "\u202f"
            mark = state.push("cite", "", 0)
            mark.content, mark.meta = str(int(number)), {"place": place}
    state.pos = end + 1
    return True


def _draw_mark(self: RendererProtocol, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    one = tokens[at]
    return Markup('<a class="chat-mark" href="{}">{}</a>').format(one.meta["place"], one.content)


def _draw_link(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    for name, value in _LINK.items():
        tokens[at].attrSet(name, value)
    drawn: str = self.renderToken(tokens, at, options, env)
    return drawn


def _draw_paragraph(self: Any, tokens: list[Token], at: int, options: Any, env: Any) -> str:
    tokens[at].attrSet("dir", "auto")
    drawn: str = self.renderToken(tokens, at, options, env)
    return drawn
