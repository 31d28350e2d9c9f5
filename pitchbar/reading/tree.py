"""A page's markup as a tree that can be worked on, however it was written."""

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from pitchbar.reading.cleaning import clean

# Tags longer than these hold pictures, state of scripts, or an attack: parsing attributes costs
# the square of their number.
_LONG_TAG = re.compile(r"<([a-zA-Z][\w:-]{0,40})\s[^<>]{10000,}>?")
_NO_TEXT = (
    "script",
    "style",
    "noscript",
    "template",
    "svg",
    "iframe",
    "object",
    "canvas",
    "video",
    "audio",
)
_SEPARATORS = re.compile(r"\s+[|·•–—:»›-]\s+|\s*[|»›]\s*")  # noqa: RUF001 - signs of titles
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def parse(markup: str) -> Any:
    """The root of the tree, or None when there is nothing in it."""
    import lxml.html
    from lxml.etree import LxmlError

    text = clean(_LONG_TAG.sub(r"<\1>", markup))
    # A declaration of another encoding than the text's, which is decoded already, is refused.
    text = re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text)
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(text, parser=parser)
    except (LxmlError, ValueError, AssertionError):
        return None


def words_of(element: Any) -> str:
    """Its text in one line."""
    return " ".join(" ".join(element.itertext()).split())


def without_scripts(tree: Any) -> None:
    for element in list(tree.iter(*_NO_TEXT)):
        if element.getparent() is not None:
            element.drop_tree()


def open_what_folds(tree: Any) -> None:
    """Questions that open their answers are buttons in the markup, and headings to a reader."""
    for button in list(tree.iter("button")):
        text = words_of(button)
        is_in_heading = any(above.tag in _HEADINGS for above in button.iterancestors())
        if is_in_heading:
            button.drop_tag()
        elif _opens_something(button, text):
            button.tag = "h4"
        elif button.getparent() is not None:
            button.drop_tree()


def head_terms(tree: Any) -> None:
    """Of a list of terms each is the heading of what is said of it."""
    for listed in list(tree.iter("dl")):
        listed.tag = "div"
        for term in listed.iter("dt"):
            term.tag = "h4"
        for said in listed.iter("dd"):
            said.tag = "div"


def _opens_something(button: Any, text: str) -> bool:
    is_question = text.endswith("?") and len(text.split()) > 2
    is_long = len(text.split()) > 2
    return is_question or (is_long and "aria-expanded" in button.attrib)


def title_of(tree: Any, url: str) -> str:
    """Without the name of the site that most pages put beside it."""
    whole = _meta(tree, "og:title") or _text_of_first(tree, "//title") or headline_of(tree)
    parts = [part for part in _SEPARATORS.split(whole) if part.strip()]
    if len(parts) < 2:
        return whole
    site = _meta(tree, "og:site_name") or (urlsplit(url).hostname or "").removeprefix("www.")
    site = _letters(site)
    for at in (-1, 0):
        part = _letters(parts[at])
        if part and site and (part == site or (len(part) > 3 and site.startswith(part))):
            cut = whole.rfind(parts[-1]) if at else len(parts[0])
            left = whole[:cut] if at else whole[cut:]
            return left.strip(" |·•–—:»›-")  # noqa: RUF001 - each of these signs
    return whole


def headline_of(tree: Any) -> str:
    return _text_of_first(tree, "//h1")


def canonical_of(tree: Any, url: str) -> str:
    for link in tree.xpath("//link[@rel and @href]"):
        if "canonical" in link.get("rel").lower().split():
            try:
                whole = urljoin(url, link.get("href").strip())
                return whole if urlsplit(whole).scheme in ("http", "https") else ""
            except ValueError:
                return ""
    return ""


def is_article(tree: Any) -> bool:
    """Whether it says of itself that it is one text."""
    kind = _meta(tree, "og:type") or _meta(tree, "article:published_time")
    return bool(kind) and kind.lower() not in ("website", "product", "profile")


def declared_language(tree: Any) -> str:
    root = tree.getroottree().getroot()
    return str(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")


def _text_of_first(tree: Any, path: str) -> str:
    found = tree.xpath(path)
    return words_of(found[0])[:300] if found else ""


def _meta(tree: Any, name: str) -> str:
    found = tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
    return " ".join(str(found[0]).split())[:300] if found else ""


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()
