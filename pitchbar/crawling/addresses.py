"""One spelling for each address, so that a page is read once however it is linked to."""

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

from ada_url import URL

from pitchbar.crawling.errors import CrawlError

MAX_LENGTH = 2048

# What tells where a visitor came from, never what the page says.
_TRACKING = frozenset(
    (
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "ysclid"),
        *(
            "twclid",
            "ttclid",
            "li_fat_id",
            "igshid",
            "igsh",
            "epik",
            "rdt_cid",
            "wickedid",
            "sc_cid",
        ),
        *("mc_cid", "mc_eid", "_ga", "_gl", "_hsenc", "_hsmi", "hsctatracking", "__hssc", "__hstc"),
        *(
            "__hsfp",
            "mkt_tok",
            "vero_id",
            "vero_conv",
            "oly_anon_id",
            "oly_enc_id",
            "s_kwcid",
            "ef_id",
        ),
        *("rb_clickid", "ml_subscriber", "ml_subscriber_hash", "_openstat", "srsltid", "_bta_tid"),
    )
)
_TRACKING_STARTS = ("utm_", "pk_", "mtm_", "piwik_", "matomo_", "hsa_", "stm_")
_SESSION = frozenset(
    (
        *("jsessionid", "phpsessid", "sessionid", "session_id", "session-id", "sessid", "sess_id"),
        *("cfid", "cftoken", "zenid", "oscsid", "osid", "xtcsid", "fe_typo_user", "viewstate"),
        *("__viewstate", "asp.net_sessionid", "ci_session", "laravel_session", "shopsessid"),
    )
)
# These mean other things, too: a session's value is long and of no language.
_PERHAPS_SESSION = frozenset(("sid", "s", "session", "sess", "token", "auth_token", "sessionkey"))
_SESSION_VALUE = re.compile(r"(?=.*[0-9])[A-Za-z0-9_-]{20,}")
_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sessionid|sid)=[^/;?]*", re.IGNORECASE)
_COOKIELESS = re.compile(r"/\([SXFA]\([A-Za-z0-9_-]{10,}\)\)(?=/|$)")
_NEEDS_NO_ESCAPE = re.compile(r"%(2D|2E|5F|7E|3[0-9]|[46][1-9A-F]|[57][0-9A])", re.IGNORECASE)


def normalise(url: str) -> str:
    """The address as we write it: without fragment, session, tracking and usual port.

    Raises:
        CrawlError: it is none (malformed), or none of the web (scheme).
    """
    parsed = _parse(url.strip())
    parsed.hash = ""
    parsed.hostname = parsed.hostname.removesuffix(".")
    parsed.pathname = _escaped_once(_without_session(parsed.pathname))
    parsed.search = _escaped_once(_cleaned_query(parsed.search.removeprefix("?")))
    normal = parsed.href
    if len(normal) > MAX_LENGTH:
        raise CrawlError("malformed", f"The address is too long: at most {MAX_LENGTH} characters.")
    return normal


def resolve(link: str, base: str) -> str:
    """Where a link of the page `base` leads, normal; "" when that is nothing for us."""
    try:
        return normalise(URL(link.strip(), base=base).href)
    except (ValueError, CrawlError):
        return ""


def is_same_site(url: str, other: str) -> bool:
    """Whether both are of one host, with or without www in front."""
    return _site_of(url) == _site_of(other)


def _site_of(url: str) -> str:
    try:
        parsed = URL(url)
    except ValueError:
        return ""
    return parsed.host.removeprefix("www.")


def _parse(url: str) -> URL:
    scheme, has_scheme, _ = url.partition(":")
    try:
        parsed = URL(url.encode("utf-8").decode())
    except (ValueError, UnicodeError):
        raise CrawlError("malformed", "This is not a complete web address.") from None
    if parsed.protocol not in ("http:", "https:"):
        sentence = "Only web addresses can be read: they start with https:// or http://."
        raise CrawlError("scheme", sentence)
    if not has_scheme or not parsed.hostname or not url.startswith(f"{scheme}://"):
        raise CrawlError("malformed", "This is not a complete web address.")
    return parsed


def _without_session(path: str) -> str:
    return _COOKIELESS.sub("", _IN_PATH.sub("", path)) or "/"


def _cleaned_query(query: str) -> str:
    """In the order of names, as most sites read them in any; those of one name keep theirs."""
    kept = [pair for pair in query.split("&") if pair and not _says_nothing(pair)]
    return "&".join(sorted(kept, key=lambda pair: pair.partition("=")[0]))


def _says_nothing(pair: str) -> bool:
    raw_name, _, value = pair.partition("=")
    name = unquote_to_bytes(raw_name).decode("utf-8", "replace").lower()
    if name in _TRACKING or name in _SESSION or name.startswith(_TRACKING_STARTS):
        return True
    if name.startswith("aspsessionid"):
        return True
    return name in _PERHAPS_SESSION and _SESSION_VALUE.fullmatch(value) is not None


def _escaped_once(text: str) -> str:
    """%7e and ~ are one, and so are %c3 and %C3 (RFC 3986, 6.2.2)."""

    def plain(match: re.Match[str]) -> str:
        return quote(unquote_to_bytes(match[0]), safe="~")

    text = _NEEDS_NO_ESCAPE.sub(plain, text)
    return re.sub(r"%[0-9a-fA-F]{2}", lambda match: match[0].upper(), text)


def segments_of(path: str) -> Iterator[str]:
    return (part for part in path.split("/") if part)
