"""What no answer carries, whoever asked for it: HTML, images, and addresses that are not those of
its sources.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote, urlsplit

from pitchbar.answers.unseen import without_unseen
from pitchbar.retrieval.passages import Hit

_ELEMENTS = re.compile(
    r"<\s*(script|style|iframe|object|embed|svg|math|template|noscript|textarea|title)\b"
    r".*?(?:<\s*/\s*\1[^>]*>|$)",
    re.IGNORECASE | re.DOTALL,
)
_COMMENTS = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAGS = re.compile(r"<\s*[/!?]?\s*[a-zA-Z][^<>]*(?:>|$)|<\s*[/!?][^<>]*(?:>|$)")
_BROKEN_TAG = re.compile(r"<(?=\s?[a-zA-Z/!?])")
_IMAGES = re.compile(r"!\s*\[[^\]]*\]\s*(?:\([^)]*\)?|\[[^\]]*\])")
_LINKS = re.compile(r"\[([^\[\]]*)\]\s*\(\s*<?([^)\s>]*)>?[^)]*\)")
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
    rf"(?<![\w@./-])(?:[\w-]{{1,63}}\s?{_DOT}\s?)*[\w-]{{2,63}}{_DOT}(?:{_ENDINGS})"
    r"(?![\w-])(?!\.\w)(?:[/:?#][^\s)\]}>\"']*)?",
    re.IGNORECASE,
)
_NUMBERED_HOSTS = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
# As people write one that a filter shall not see.
_DISGUISES = re.compile(r"\s*[\[({<]\s*(?:\.|dot|punkt|point|punto)\s*[\])}>]\s*", re.IGNORECASE)
_SPELLED_DOT = re.compile(rf"(?<=\w)\s+dot\s+(?=(?:{_ENDINGS})\b)", re.IGNORECASE)
_SPELLED_SCHEME = re.compile(r"\bh(?:xx|tt|\*\*|\s?t\s?t\s?)ps?(?=\s?:|%3a|\[:\])", re.IGNORECASE)
_CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
_EMAILS = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")


class LinkFilter:
    """Lets through the addresses of the hits, and e-mail addresses that stand in them."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._urls = {hit.url.rstrip("/").lower() for hit in hits if hit.url}
        self._hosts = {_host_of(url) for url in self._urls} - {""}
        self._texts = "\n".join(hit.text for hit in hits).lower()

    def has_foreign(self, text: str) -> bool:
        """Also of one that is written in disguise."""
        return any(not self._is_ours(one) for one in _addresses_in(text))

    def without_links(self, text: str) -> str:
        """Links to the hits stay; what others are called stays without the address."""

        def kept(link: re.Match[str]) -> str:
            return link[0] if self._is_ours(link[2]) else link[1]

        return _DEFINITIONS.sub("", _LINKS.sub(kept, text))

    def tidied(self, text: str) -> str:
        """What is quoted without a model: its code stays as it is, of the rest what may be shown,
        with a mark where an address of somebody else stood.
        """
        parts = _CODE.split(text)
        return "".join(
            part if at % 2 else self._without_foreign(without_html(part))
            for at, part in enumerate(parts)
        )

    def _without_foreign(self, text: str) -> str:
        text = self.without_links(text)
        for pattern in (_ADDRESSES, _HOSTS):
            text = pattern.sub(lambda one: one[0] if self._is_of_our_site(one[0]) else "…", text)
        return text

    def _is_of_our_site(self, address: str) -> bool:
        return _host_of(address) in self._hosts or self._is_ours(address)

    def _is_ours(self, address: str) -> bool:
        address = address.strip().rstrip(".,;:!?)]}*_`'\"").lower()
        if _EMAILS.fullmatch(address):
            return re.sub(r"\s", "", address) in self._texts
        url = address.rstrip("/")
        return url in self._urls or url in self._hosts


def _host_of(address: str) -> str:
    try:
        return urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


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
    return _SPELLED_SCHEME.sub("http", _SPELLED_DOT.sub(".", plain))


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
    plain = html.unescape(text)
    return plain if _TAGS.search(plain) else text


def without_unseen_inside(text: str) -> str:
    lead = text[: len(text) - len(text.lstrip())]
    tail = text[len(text.rstrip()) :] if text.strip() else ""
    return lead + without_unseen(text) + tail
