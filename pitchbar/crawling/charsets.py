"""In which letters a page is written: what it says of itself, unless that cannot be."""

import codecs
import re

# Of what says in which letters a page is written: the beginning of the page.
_HEAD = 4096
_DETECTED_IN = 64 * 1024
_BEYOND_ASCII = bytes(range(128, 256))
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_IN_HTML = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.I)
_IN_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})", re.I)
# What browsers read under these names (WHATWG, Encoding).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
# Charsets that hold every sequence of bytes; strict decoding tells nothing of them.
_NOT_TEXT = {"rot13", "base64", "hex", "bz2", "zlib", "uu", "quopri", "idna", "punycode", "utf-7"}

_LANGUAGE = re.compile(rb"<html[^>]{0,300}?\blang\s*=\s*[\"']?([A-Za-z]{2})", re.I)
_OF_LANGUAGES = {
    **dict.fromkeys(("cs", "sk", "pl", "hu", "hr", "sl", "bs", "ro", "sq"), "cp1250"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    "tr": "cp1254",
}
# As Polish looks in the letters of the West.
_SIGNS_WITHIN = re.compile("[a-z\u00c0-\u00ff][\u00a1-\u00bf](?=[a-z\u00c0-\u00ff])")


def charset_of(body: bytes, content_type: str) -> str:
    """In which letters it is written: what it says of itself, unless that cannot be."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    if _is_no_text(body, content_type):
        return "utf-8"
    for label in _said(body, content_type):
        name = _known(label)
        if name and _fits(body, name):
            return name
    return _detected(body)


def _is_no_text(body: bytes, content_type: str) -> bool:
    """To look for letters in a PDF takes seconds, and finds none."""
    kind = content_type.partition(";")[0].strip().lower()
    is_told = not kind or any(word in kind for word in ("text", "html", "xml", "json"))
    return not is_told or body.startswith((b"%PDF", b"PK\x03\x04"))


def _said(body: bytes, content_type: str) -> list[str]:
    found = re.search(r"charset\s*=\s*[\"']?([^\s\"';]+)", content_type, re.I)
    labels = [found[1]] if found else []
    for pattern in (_IN_XML, _IN_HTML):
        if match := pattern.search(body[:_HEAD]):
            labels.append(match[1].decode("ascii"))
    # A page that says UTF-16 in ASCII is not in it.
    return [*labels[:1], *(label for label in labels[1:] if "16" not in label), "utf-8"]


def _known(label: str) -> str:
    try:
        name = codecs.lookup(label.strip()).name.lower()
    except (LookupError, ValueError):
        return ""
    return "" if name in _NOT_TEXT else _MEANT.get(name, name)


def _fits(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return _fits_but_for_slips(body, name)
    return not name.startswith("utf-16") or body[:2].count(0) == 1


def _fits_but_for_slips(body: bytes, name: str) -> bool:
    """A letter here and there that got in the wrong way does not change what the rest is."""
    try:
        wrong = body.decode(name, "replace").count("\ufffd")
    except (UnicodeError, LookupError, ValueError):
        return False
    beyond_ascii = len(body) - len(body.translate(None, _BEYOND_ASCII))
    return wrong * 20 < beyond_ascii


def _detected(body: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_DETECTED_IN]).best()
    found = _known(best.encoding) if best is not None else "cp1252"
    is_latin = re.match(r"(?:cp125[02478]|iso8859|mac|cp437|cp8\d\d|hp|latin)", found)
    return _of_latin_letters(body, found) if is_latin else found


def _of_latin_letters(body: bytes, found: str) -> str:
    """By their bytes, languages of Europe can hardly be told apart: what the page says of its
    language decides, else it is what browsers take it for, unless its words then have signs within.
    """
    said = _LANGUAGE.search(body[:_HEAD])
    if said and (meant := _OF_LANGUAGES.get(said[1].decode("ascii").lower())):
        return meant
    text = body[:_DETECTED_IN].decode("cp1252", "replace")
    signs, letters = len(_SIGNS_WITHIN.findall(text)), sum(map(text.count, "\u00e9\u00e4\u00f6"))
    return found if signs > 2 and signs * 4 > letters else "cp1252"
