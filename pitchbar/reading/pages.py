"""What a page of the web says, as Markdown."""

import copy
from dataclasses import replace
from typing import Any

from pitchbar.reading import tree as trees
from pitchbar.reading.bounded import Limits, in_child
from pitchbar.reading.cleaning import clean
from pitchbar.reading.conversion import main_region, tidy, to_markdown
from pitchbar.reading.decoding import decode
from pitchbar.reading.gates import facts_of, gate_of, plain
from pitchbar.reading.headings import with_headings
from pitchbar.reading.languages import language_of
from pitchbar.reading.results import ReadText, Unreadable

# Of what stands in the page's middle at least this part is main text, or it was not found.
_LEAST_PART = 0.3
_LEAST_CHARACTERS = 200
# Of more, the work may cost the square of their number: it is done where it can be broken off.
INLINE_TAGS = 16_000
_LARGE = Limits(seconds=20)


def read_html(body: bytes, charset: str, url: str, status: int = 200) -> ReadText:
    """Never raises, whatever the markup is like."""
    markup = decode(body, charset)
    if markup.count("<") <= INLINE_TAGS:
        return _with_language(read_markup(markup, url=url, status=status))
    data = markup.encode("utf-8", "surrogatepass")
    try:
        read = in_child("page", data, _LARGE, url=url, status=status)
    except Unreadable:
        return ReadText("", "", "", len(markup), 0, gate="unreadable")
    return _with_language(ReadText(**{**read, "notes": ()}))


def read_markup(markup: str, *, url: str, status: int) -> ReadText:
    """The same without the last step: its language is what it says itself."""
    tree = trees.parse(markup)
    if tree is None:
        return ReadText("", "", "", len(markup), 0, gate="too_little")
    facts = facts_of(tree, status)
    title, canonical = clean(trees.title_of(tree, url)), trees.canonical_of(tree, url)
    declared = trees.declared_language(tree)
    # What is written as a number of a sign is a sign only now.
    markdown = clean(_main_text(tree, url))
    gate = gate_of(facts, markdown)
    return ReadText(title, markdown, declared, len(markup), len(markdown), gate, canonical)


def _with_language(read: ReadText) -> ReadText:
    return replace(read, language=language_of(read.markdown, read.language))


def _main_text(tree: Any, url: str) -> str:
    is_article = trees.is_article(tree)
    trees.without_scripts(tree)
    trees.open_what_folds(tree)
    trees.head_terms(tree)
    chosen = _chosen(tree, url)
    region = main_region(tree)
    kept = len(plain(chosen))
    there = sum(len(part.strip()) for part in region.itertext())
    # Around an article there may be many times its length: comments, and other articles.
    least = 0.0 if is_article else _LEAST_PART * there
    if kept >= max(least, _LEAST_CHARACTERS):
        return with_headings(chosen, region)
    whole = _converted(region)
    return whole if len(plain(whole)) > kept else chosen


def _chosen(tree: Any, url: str) -> str:
    from trafilatura import extract

    try:
        # Precise rather than complete: what a frame says would be found in answers.
        found = extract(
            copy.deepcopy(tree),
            url=url or None,
            output_format="markdown",
            include_comments=False,
            include_tables=True,
            favor_precision=True,
        )
    except Exception:
        return ""
    return tidy(found or "")


def _converted(region: Any) -> str:
    import lxml.html

    try:
        return to_markdown(lxml.html.tostring(region, encoding="unicode", with_tail=False))
    except (RecursionError, ValueError):
        lines = (" ".join(part.split()) for part in region.itertext())
        return "\n\n".join(line for line in lines if line)
