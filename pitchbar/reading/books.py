"""Books (EPUB): chapters in the order in which they are read."""

import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote

from pitchbar.reading.archives import open_archive, read_entry, refuse_entities
from pitchbar.reading.conversion import to_markdown
from pitchbar.reading.decoding import decode
from pitchbar.reading.drafts import Draft
from pitchbar.reading.results import Unreadable
from pitchbar.reading.tree import parse, without_scripts

_CONTAINER = "META-INF/container.xml"
# Fonts are scrambled in books that are open to everybody.
_OF_FONTS = (b"http://www.idpf.org/2008/embedding", b"http://ns.adobe.com/pdf/enc#RC")


def read_epub(data: bytes, _name: str) -> Draft:
    from defusedxml.ElementTree import fromstring

    archive = open_archive(data)
    refuse_entities(archive)
    _refuse_protected(archive)
    container = fromstring(read_entry(archive, _CONTAINER))
    path = next(one for one in container.iter() if _tag(one) == "rootfile").get("full-path")
    package = fromstring(read_entry(archive, path))
    chapters = [
        _chapter(
            archive, posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(href)))
        )
        for href in _spine(package)
    ]
    markdown = "\n\n".join(text for text, _ in chapters if text)
    size = sum(length for _, length in chapters)
    return Draft(markdown, size, _first(package, "title"), _first(package, "language"))


def _refuse_protected(archive: zipfile.ZipFile) -> None:
    try:
        said = read_entry(archive, "META-INF/encryption.xml")
    except KeyError:
        return
    methods = said.count(b"EncryptionMethod ")
    if methods > sum(said.count(method) for method in _OF_FONTS):
        raise Unreadable(
            "encrypted", "This book is protected against copying, so we cannot read it."
        )


def _spine(package: Any) -> list[str]:
    items = {one.get("id"): one.get("href") for one in package.iter() if _tag(one) == "item"}
    order = [one.get("idref") for one in package.iter() if _tag(one) == "itemref"]
    return [items[one] for one in order if items.get(one)]


def _chapter(archive: zipfile.ZipFile, name: str) -> tuple[str, int]:
    import lxml.html

    try:
        markup = decode(read_entry(archive, name))
    except KeyError:
        # The list names what is not there; the other chapters are.
        return "", 0
    tree = parse(markup)
    body = None if tree is None else tree.find("body")
    if body is None:
        return "", len(markup)
    without_scripts(body)
    return to_markdown(str(lxml.html.tostring(body, encoding="unicode"))), len(markup)


def _first(package: Any, name: str) -> str:
    found = (one.text for one in package.iter() if _tag(one) == name and one.text)
    return " ".join(next(found, "").split())[:200]


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
