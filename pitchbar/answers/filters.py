"""What no answer carries, whoever asked for it: HTML, images, and addresses that are not those of
its sources.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from urllib.parse import unquote, urlsplit

from pitchbar.answers.unseen import without_unseen
from pitchbar.retrieval.passages import Hit

_ELEMENTS = re.compile(
    r"<\s*(script|style|iframe|object|embed|svg|math|template|noscript|textarea|title)\b"
    r".*?(?:<\s*/\s*\1[^>]*>|$)",
    re.IGNORECASE | re.DOTALL,
)
_COMMENTS = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_NAMES = (
    "a|abbr|address|applet|area|article|aside|audio|b|base|bdi|bdo|big|blink|blockquote|body|br|"
    "button|canvas|caption|center|circle|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|"
    "dialog|dir|div|dl|dt|ellipse|em|embed|fieldset|figcaption|figure|font|footer|foreignobject|"
    "form|frame|frameset|g|h[1-6]|head|header|hr|html|i|iframe|image|img|input|ins|kbd|keygen|"
    "label|legend|li|line|link|listing|main|map|mark|marquee|math|menu|meta|meter|nav|nobr|"
    "noembed|noframes|noscript|object|ol|optgroup|option|output|p|param|path|picture|plaintext|"
    "polygon|pre|progress|q|rect|rp|rt|ruby|s|samp|script|search|section|select|slot|small|source|"
    "span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|text|textarea|tfoot|th|"
    "thead|time|title|tr|track|tt|u|ul|use|var|video|wbr|xmp"
)
# Of HTML, or of more than a word, or open; "<short_code>" is a word for something to fill in.
# Behind a space "<" is the sign for less.
_TAGS = re.compile(
    rf"<(?:{_NAMES})(?![\w-])[^<>]*(?:>|$)|<[/!?][^<>]*(?:>|$)"
    r"|<[a-zA-Z](?![\w.-]*>)[^<>]*(?:>|$)",
    re.IGNORECASE,
)
_BROKEN_TAG = re.compile(rf"<(?=[/!?]|(?:{_NAMES})(?![\w-]))", re.IGNORECASE)
_IMAGES = re.compile(r"!\s*\[[^\]]*\]\s*(?:\([^)]*\)?|\[[^\]]*\])")
# Over an empty line nothing is a link: there a citation ends, and a paragraph begins.
_LINKS = re.compile(r"\[([^\[\]]*)\](?!\s*\n\s*\n)\s*\(\s*<?([^)\s>]*)>?[^)]*\)")
_REFERENCES = re.compile(r"\[[^\[\]]+\]\s?\[(?!\s*\^?\d)[^\[\]]*\]")
# What models use for bold type and new lines.
_PLAIN_TAGS = re.compile(r"</?\s*(?:br|b|i|u|em|strong|p|ul|ol|li|sup|sub|mark)\s*/?>", re.I)
_DEFINITIONS = re.compile(r"^\s{0,3}\[[^\]]+\]:\s*\S+.*$", re.MULTILINE)

# Any scheme with an address behind it, those that run something, and addresses without a scheme.
_ADDRESSES = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}\s?:\s?/\s?/\s?[^\s)\]}>\"']*"
    r"|\b(?:javascript|vbscript|data|blob|file|mailto|tel|sms|whatsapp|tg|intent)\s?:\s?[^\s]+"
    r"|(?<![:\w/])//[\w-]+\.[\w.-]+[^\s]*"
    r"|\bwww\s?[.\d][^\s]*",
    re.IGNORECASE,
)
_ENDINGS = (
    "com|net|org|info|biz|io|co|dev|app|ai|me|tv|xyz|top|site|online|shop|store|link|click|live|"
    "cloud|tech|page|web|blog|news|club|vip|win|pro|work|zip|mov|gov|edu|mil|int|eu|uk|de|at|ch|fr|"
    "it|es|pt|nl|be|pl|cz|se|no|dk|fi|ie|us|ca|mx|br|ar|au|nz|jp|cn|kr|in|ru|ua|tr|za|ly|gg|to|cc|"
    "ws|su|onion|example|test|invalid|localhost|local|internal"
)
_DOT = r"[.\u3002\uff0e\uff61]"
_HOSTS = re.compile(
    rf"(?<![\w@./-])(?:[\w-]{{1,63}}\s?{_DOT}\s?)*[\w-]{{1,63}}{_DOT}(?:{_ENDINGS})"
    r"(?![\w-])(?!\.\w)(?:[/:?#][^\s)\]}>\"']*)?",
    re.IGNORECASE,
)
_NUMBERED_HOSTS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w|\.\w)")
# As people write one that a filter shall not see.
_DISGUISES = re.compile(r"\s*[\[({<]\s*(?:\.|dot|punkt|point|punto)\s*[\])}>]\s*", re.IGNORECASE)
_SPELLED_DOT = re.compile(rf"(?<=\w)\s+dot\s+(?=(?:{_ENDINGS})\b)", re.IGNORECASE)
_SPELLED_SCHEME = re.compile(
    r"\b(?:hxxp|h\*\*p|h\s?t\s?t\s?p)(\s?s)?(?=\s?:|\s?\[:\])", re.IGNORECASE
)
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_EMAILS = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")


class LinkFilter:
    """Lets through the addresses of the hits, and those e-mail addresses in them that belong to
    their sites.
    """

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._urls = {hit.url.rstrip("/").lower() for hit in hits if hit.url}
        self._hosts = {_host_of(url) for url in self._urls} - {""}
        self._hits = hits

    @cached_property
    def _codes(self) -> str:
        return " ".join(code for hit in self._hits for code in _CODE.findall(hit.text))

    @cached_property
    def _texts(self) -> str:
        return "\n".join(hit.text for hit in self._hits).lower()

    def has_foreign(self, text: str) -> bool:
        """Also of one that is written in disguise."""
        return any(not self._is_ours(one) for one in _addresses_in(text))

    def has_link(self, text: str) -> bool:
        """A link to somewhere else, by whatever name; or an image, or HTML that is more than a
        way to write.
        """
        text = _PLAIN_TAGS.sub(" ", without_unseen_inside(text))
        links = [link[2] for link in _LINKS.finditer(text)]
        if any(not self._is_ours(link) for link in links) or _REFERENCES.search(text):
            return True
        return without_html(text) != text or self.has_foreign(text)

    def without_links(self, text: str) -> str:
        """Links to the hits stay; what others are called stays without the address."""

        def kept(link: re.Match[str]) -> str:
            return link[0] if self._is_ours(link[2]) else link[1]

        return _DEFINITIONS.sub("", _LINKS.sub(kept, text))

    def tidied(self, text: str) -> str:
        """What is quoted without a model: its code stays as it is, of the rest what may be shown,
        with a mark where an address of somebody else stood that is no example.
        """
        parts = _CODE.split(text)
        return "".join(
            part if at % 2 else self._without_foreign(without_html(part))
            for at, part in enumerate(parts)
        )

    def _without_foreign(self, text: str) -> str:
        text = self._marked(self.without_links(text))
        plain = unicodedata.normalize("NFKC", text)
        # Letters that are addresses for browsers alone.
        return text if _count_addresses(text) == _count_addresses(plain) else self._marked(plain)

    def _marked(self, text: str) -> str:
        for pattern in (_ADDRESSES, _HOSTS):
            text = pattern.sub(lambda one: one[0] if self._is_quotable(one[0]) else "…", text)
        return text

    def _is_quotable(self, address: str) -> bool:
        """Of our site, or an example that stands in code."""
        if address.rstrip(".,;:") in self._codes:
            return True
        if unquote(address).count("//") > 1:
            return False
        return _host_of(address) in self._hosts or self._is_ours(address)

    def _is_our_mail(self, address: str) -> bool:
        host = address.partition("@")[2]
        sites = {site.removeprefix("www.") for site in self._hosts}
        is_of_site = any(host == one or one.endswith(f".{host}") for one in sites)
        return is_of_site and address in self._texts

    def _is_ours(self, address: str) -> bool:
        address = address.strip().rstrip(".,;:!?)]}*_`'\"").lower()
        if _EMAILS.fullmatch(address):
            return self._is_our_mail(re.sub(r"\s", "", address))
        url = address.rstrip("/")
        return url in self._urls or url in self._hosts


def _host_of(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _count_addresses(text: str) -> int:
    return sum(1 for pattern in (_ADDRESSES, _HOSTS) for _ in pattern.finditer(text))


def _addresses_in(text: str) -> Iterable[str]:
    for seen in {text, _undisguised(text)}:
        bare = _EMAILS.sub(" ", seen)
        yield from (one[0] for one in _EMAILS.finditer(seen))
        yield from (one[0] for one in _ADDRESSES.finditer(bare))
        rest = _ADDRESSES.sub(" ", bare)
        yield from (one[0] for one in _HOSTS.finditer(rest))
        yield from (one[0] for one in _NUMBERED_HOSTS.finditer(rest) if "." in one[0])


def _undisguised(text: str) -> str:
    plain = unicodedata.normalize("NFKC", unquote(html.unescape(text)))
    plain = _DISGUISES.sub(".", plain)
    return _SPELLED_SCHEME.sub(r"http\1", _SPELLED_DOT.sub(".", plain))


def without_html(text: str) -> str:
    """Neither tags nor images, also of what becomes one when something within it is gone."""
    text = without_unseen_inside(text)
    for _ in range(8):
        before = text
        for pattern in (_COMMENTS, _ELEMENTS, _IMAGES, _TAGS):
            text = pattern.sub("", text)
        text = _unescaped_tags(text)
        if text == before:
            break
    return _BROKEN_TAG.sub("", text)


def _unescaped_tags(text: str) -> str:
    """A tag that is written with entities is one for whoever reads it twice."""
    plain = text
    for _ in range(3):
        plain = html.unescape(plain)
        if _TAGS.search(plain):
            return plain
    return text


def without_unseen_inside(text: str) -> str:
    lead = text[: len(text) - len(text.lstrip())]
    tail = text[len(text.rstrip()) :] if text.strip() else ""
    return lead + without_unseen(text) + tail
