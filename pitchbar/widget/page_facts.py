"""What stands in a customer's page about the widget."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

_FILE = "widget/widget.js"
_GTM = re.compile(r"googletagmanager\.com/(?:gtm\.js|ns\.html)|\bGTM-[A-Z0-9]{4,12}\b")
_CONTAINER = re.compile(r"\bGTM-[A-Z0-9]{4,12}\b")
# Word processors and some editors make these of plain quotes.
_CURLY = re.compile("[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb]")
_SCRIPT_TYPES = re.compile(r"(text|application)/(x-)?(java|ecma)script(;.*)?|module", re.I)
_FOLDED = {"noscript": "noscript", "template": "template"}


@dataclass(frozen=True)
class Tag:
    """A script that loads the widget, with its addresses as they are written and as they are meant.

    Attributes:
        place: `page`, or what keeps browsers from it: `comment`, `noscript`, `template`, `held` by
            another script until visitors agree.
    """

    place: str
    src: str = ""
    url: str = ""
    agent: str = ""
    api: str = ""
    nonce: str = ""
    integrity: str = ""
    is_curly: bool = False


@dataclass(frozen=True)
class PageFacts:
    """`policies` are those of its meta elements; `container` is one of Google Tag Manager."""

    tags: Sequence[Tag] = ()
    is_put_by_script: bool = False
    container: str = ""
    policies: Sequence[str] = ()

    def in_place(self, *places: str) -> list[Tag]:
        return [one for one in self.tags if one.place in places]


def read_page(text: str, url: str) -> PageFacts:
    # Here, as only who looks at a page needs it.
    import lxml.html
    from lxml.etree import LxmlError

    parser = lxml.html.HTMLParser(encoding="utf-8")
    try:
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        return PageFacts()
    base = _joined(url, next(iter(tree.xpath("//base/@href")), "")) or url
    scripts = list(tree.iter("script"))
    inline = [one.text_content() for one in scripts if not one.get("src")]
    found = _GTM.search(text)
    container = _CONTAINER.search(text)
    return PageFacts(
        tags=[*_tags(scripts, base), *_commented(tree)],
        is_put_by_script=any(_FILE in one for one in inline),
        container=(container[0] if container else "yes") if found else "",
        policies=[
            one.get("content", "")
            for one in tree.iter("meta")
            if one.get("http-equiv", "").strip().lower() == "content-security-policy"
        ],
    )


def _tags(scripts: Sequence[Any], base: str) -> Iterator[Tag]:
    for script in scripts:
        held = next(
            (value for name, value in script.attrib.items() if _FILE in value and name != "src"), ""
        )
        src = script.get("src", "") or held
        if _FILE not in src:
            continue
        plain = _CURLY.sub("", src).strip()
        written = (src, script.get("data-agent", ""))
        yield Tag(
            place=_place_of(script, bool(held) and not script.get("src")),
            src=plain,
            url=_joined(base, plain),
            agent=_CURLY.sub("", script.get("data-agent", "")).strip(),
            api=script.get("data-api", "").strip(),
            nonce=script.get("nonce", ""),
            integrity=script.get("integrity", ""),
            is_curly=any(_CURLY.search(one) for one in written),
        )


def _place_of(script: Any, is_held: bool) -> str:
    around = (_FOLDED.get(str(one.tag)) for one in script.iterancestors())
    if found := next((one for one in around if one), ""):
        return found
    kind = script.get("type", "").strip()
    return "held" if is_held or (kind and not _SCRIPT_TYPES.fullmatch(kind)) else "page"


def _commented(tree: Any) -> Iterator[Tag]:
    from lxml.etree import Comment

    for comment in tree.iter(Comment):
        if _FILE in (comment.text or ""):
            yield Tag("comment")


def _joined(base: str, src: str) -> str:
    """Empty where it is no address."""
    try:
        joined = urljoin(base, src)
        urlsplit(joined)
    except ValueError:
        return ""
    return joined
