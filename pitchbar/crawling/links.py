"""What a page says of itself and of others: its links, its true address, what may be done."""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree

from pitchbar.crawling.addresses import resolve

MAX_LINKS = 2000
_MAX_TEXT = 200
_PAGE_LINKS = ("a", "area")
# Files that hold nothing to read, so that nobody asks for them.
_NO_PAGES = re.compile(
    r"\.(?:png|jpe?g|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|mov|avi|mkv|webm|ogg|wav|flac|"
    r"woff2?|ttf|otf|eot|css|js|mjs|map|json|wasm|zip|gz|tgz|bz2|xz|7z|rar|tar|dmg|exe|msi|apk|"
    r"iso|deb|rpm|jar|ics|vcf)$",
    re.IGNORECASE,
)
_FEEDS = ("application/rss+xml", "application/atom+xml")
_HEADER_LINK = re.compile(r"<([^>]{1,2048})>((?:[^,<>\"]|\"[^\"]*\")*)")


@dataclass(frozen=True)
class Link:
    url: str
    text: str = ""
    # Its site does not vouch for it.
    is_nofollow: bool = False


@dataclass(frozen=True)
class PageLinks:
    """Attributes:
    links: each address once, in the order of the page; none where it wants none to be followed.
    canonical: what it calls its true address; "" when it names none, or itself.
    is_noindex: it does not want to be kept.
    """

    links: tuple[Link, ...] = ()
    canonical: str = ""
    is_noindex: bool = False
    is_nofollow: bool = False
    title: str = ""
    feeds: tuple[str, ...] = ()

    @property
    def followed(self) -> tuple[str, ...]:
        """The addresses that may be looked at further."""
        return tuple(link.url for link in self.links if not link.is_nofollow)


def read_links(
    body: bytes, charset: str, url: str, *, agent: str = "", headers: dict[str, str] | None = None
) -> PageLinks:
    """Reads a page that came from `url`; bad markup is read as far as it goes.

    Args:
        agent: our name, which a page may speak to by it.
        headers: of the answer, with names in lower case.
    """
    root = _parse(body, charset)
    said = _directives(root, agent, headers or {})
    canonical = _header_canonical(url, headers or {})
    if root is None:
        return PageLinks(canonical=canonical, is_noindex="noindex" in said)
    base = _base_of(root, url)
    is_nofollow = "nofollow" in said
    return PageLinks(
        links=() if is_nofollow else tuple(_links(root, base)),
        canonical=canonical or _canonical(root, base, url),
        is_noindex="noindex" in said,
        is_nofollow=is_nofollow,
        title=_text(root.find(".//title"), _MAX_TEXT),
        feeds=tuple(_feeds(root, base)),
    )


def links_of(html: bytes, base: str, charset: str = "utf-8") -> list[str]:
    """The addresses that a page lets us follow."""
    return list(read_links(html, charset, base).followed)


def canonical_of(html: bytes, base: str, charset: str = "utf-8") -> str:
    return read_links(html, charset, base).canonical


def _parse(body: bytes, charset: str) -> Any:
    text = body.decode(charset, "replace").replace("\x00", "")
    # Decoded here: what the page says of its letters has been weighed already.
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.ParseError, ValueError):
        return None


def _base_of(root: Any, url: str) -> str:
    found = root.find(".//base[@href]")
    return (resolve(found.get("href"), url) or url) if found is not None else url


def _links(root: Any, base: str) -> list[Link]:
    found: dict[str, Link] = {}
    for element in root.iter(*_PAGE_LINKS):
        url = resolve(element.get("href", ""), base) if element.get("href") else ""
        if not url or url in found or _NO_PAGES.search(url.partition("?")[0]):
            continue
        is_nofollow = "nofollow" in (element.get("rel") or "").lower().split()
        found[url] = Link(url, _text(element, _MAX_TEXT), is_nofollow)
        if len(found) == MAX_LINKS:
            break
    for url in _refreshes(root, base):
        found.setdefault(url, Link(url))
    return list(found.values())


def _refreshes(root: Any, base: str) -> list[str]:
    """Where <meta http-equiv=refresh content="0; url=…"> leads."""
    found = []
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").lower() == "refresh":
            _, _, target = (element.get("content") or "").partition("=")
            if url := resolve(target.strip(" '\""), base):
                found.append(url)
    return found


def _directives(root: Any, agent: str, headers: dict[str, str]) -> set[str]:
    """Of meta robots, of the element that names us, and of the header."""
    said = set(re.split(r"[\s,]+", _header_directives(headers.get("x-robots-tag", ""), agent)))
    for element in root.iter("meta") if root is not None else ():
        if (element.get("name") or "").lower() in ("robots", agent.lower() or "robots"):
            said |= set(re.split(r"[\s,]+", (element.get("content") or "").lower()))
    return said | {"noindex", "nofollow"} if "none" in said else said


def _header_directives(value: str, agent: str) -> str:
    """Without those that the header says to others: `otherbot: noindex`."""
    kept, is_for_us = [], True
    for part in value.lower().split(","):
        name, colon, rest = part.strip().partition(":")
        if colon and name not in ("unavailable_after", "max-snippet", "max-image-preview"):
            is_for_us, part = name.strip() == agent.lower(), rest
        if is_for_us:
            kept.append(part)
    return ",".join(kept)


def _canonical(root: Any, base: str, url: str) -> str:
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            found = resolve(element.get("href") or "", base)
            return "" if found == resolve(url, url) else found
    return ""


def _header_canonical(url: str, headers: dict[str, str]) -> str:
    for target, options in _HEADER_LINK.findall(headers.get("link", "")[:4096]):
        if re.search(r"rel\s*=\s*\"?canonical\b", options, re.IGNORECASE):
            found = resolve(target, url)
            return "" if found == resolve(url, url) else found
    return ""


def _feeds(root: Any, base: str) -> list[str]:
    found = [
        resolve(element.get("href") or "", base)
        for element in root.iter("link")
        if (element.get("type") or "").lower() in _FEEDS
    ]
    return [url for url in dict.fromkeys(found) if url]


def _text(element: Any, most: int) -> str:
    """No more than is shown: a link around half a page is not read to its end."""
    if element is None:
        return ""
    pieces = islice(element.itertext(), 50)
    return " ".join("".join(piece[: most * 2] for piece in pieces).split())[:most]
