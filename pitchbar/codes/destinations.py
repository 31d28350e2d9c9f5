"""Where a code may lead: to any web address but our own, read as browsers read it."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

import idna
from ada_url import URL

from pitchbar.codes.errors import InvalidDestination
from pitchbar.codes.settings import CodeSettings
from pitchbar.codes.typing_errors import find_invisible, suggest
from pitchbar.settings import Settings

MAX_LENGTH = 2048
_WRITTEN_WELL = re.compile(r"https?://[^/]", re.IGNORECASE)
# "javascript:", "sms:123", "localhost:3000" … but not "example.com:8080".
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:", re.IGNORECASE)
_SPACE = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_DEFAULT_PORTS = {"http:": "80", "https:": "443"}

_WEB_ONLY = "Only web addresses work here: start with https:// or http://."
_INCOMPLETE = "This is not a complete web address."


# Paths of our own that lead no scan back to a code.
_own_pages: list[re.Pattern[str]] = []


def allow_own_pages(pattern: str) -> None:
    """For features above whose pages codes may lead to: of whole paths."""
    made = re.compile(pattern)
    if made not in _own_pages:
        _own_pages.append(made)


def clean_destination(url: str, settings: Settings) -> str:
    """The address in the form that a Location header takes: ASCII, with a scheme.

    Raises:
        InvalidDestination: with the sentence for the person who typed it, which mends it if it can.
    """
    url = url.strip()
    if not url:
        raise InvalidDestination("Enter the address that the code should open.")
    names = settings[CodeSettings].qr_destination_host_allowlist
    try:
        parsed = _parse(url)
        if not names:
            _refuse_bare_name(parsed.hostname)
    except InvalidDestination as error:
        raise _with_suggestion(error, url) from None
    if not _is_own_page(parsed, settings):
        _refuse_own_host(parsed, settings)
        _refuse_unlisted_host(parsed, names)
    cleaned = _written(parsed, url)
    if len(cleaned) > MAX_LENGTH:
        raise InvalidDestination(f"The address is too long: use at most {MAX_LENGTH} characters.")
    return cleaned


def _written(parsed: URL, typed: str) -> str:
    """Without the slash behind a bare host, which nobody typed and browsers add by themselves."""
    before_query = re.split(r"[?#]", typed.partition("://")[2] or typed, maxsplit=1)[0]
    if parsed.pathname == "/" and "/" not in before_query:
        return f"{parsed.origin}{parsed.search}{parsed.hash}"
    return str(parsed.href)


def _with_suggestion(error: InvalidDestination, url: str) -> InvalidDestination:
    """Only what would be taken is suggested."""
    for candidate in suggest(url):
        try:
            parsed = _parse(candidate)
            _refuse_bare_name(parsed.hostname)
        except InvalidDestination:
            continue
        return InvalidDestination(error.message, _written(parsed, candidate))
    return error


def _parse(url: str) -> URL:
    if _SPACE.search(url):
        raise InvalidDestination("An address has no spaces, line breaks or backslashes.")
    if found := find_invisible(url):
        raise InvalidDestination(f"There is an invisible character in it (U+{ord(found):04X}).")
    url = _with_scheme(url)
    try:
        parsed = URL(url.encode("utf-8").decode())
    except (ValueError, UnicodeError):
        raise InvalidDestination(_INCOMPLETE) from None
    _check_parts(parsed, url)
    return parsed


def _with_scheme(url: str) -> str:
    if _WRITTEN_WELL.match(url):
        return url
    if "://" in url.split("?")[0].split("#")[0] or _SCHEME.match(url):
        raise InvalidDestination(_INCOMPLETE if _is_web(url) else _WEB_ONLY)
    if url.startswith("/") or re.match(r"https?/", url, re.IGNORECASE):
        raise InvalidDestination(_INCOMPLETE)
    return "https://" + url


def _is_web(url: str) -> bool:
    return re.match(r"https?:", url, re.IGNORECASE) is not None


def _check_parts(parsed: URL, url: str) -> None:
    authority = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    if "@" in authority:
        raise InvalidDestination("Leave out the user name and password: everyone could read them.")
    if parsed.port == "0" or not _is_host(parsed.hostname):
        raise InvalidDestination(_INCOMPLETE)


def _is_host(host: str) -> bool:
    """Whether a browser finds something there; names that are unknown cannot be told."""
    if address := _as_address(host):
        return not (isinstance(address, IPv4Address) and 0 < int(address) < 1 << 24)
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return all(_decodes(label) for label in labels if label.startswith("xn--"))


def _decodes(label: str) -> bool:
    """Whether an ASCII label stands for letters of other scripts, as it says it does."""
    try:
        text = label[4:].encode("ascii").decode("punycode")
        return not text.isascii() and idna.uts46_remap(text, std3_rules=False) == text
    except (UnicodeError, ValueError, OverflowError, idna.IDNAError):
        return False


@lru_cache(maxsize=1024)
def _as_address(host: str) -> IPv4Address | IPv6Address | None:
    """The parser has turned every spelling of an address into the usual one."""
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _canonical_host(host: str) -> str:
    host = host.removesuffix(".")
    address = _as_address(host)
    if address is None:
        return "localhost" if host.endswith(".localhost") else host
    return "localhost" if address.is_loopback or address.is_unspecified else str(address)


def _is_own_page(parsed: URL, settings: Settings) -> bool:
    is_page = any(one.fullmatch(parsed.pathname) for one in _own_pages)
    return is_page and _is_own_host(parsed, settings)


def _is_own_host(parsed: URL, settings: Settings) -> bool:
    """Another port of our host is another site."""
    own_host, own_port = _own_host(settings.app_url)
    if _canonical_host(parsed.hostname) != own_host:
        return False
    port = parsed.port or _DEFAULT_PORTS[parsed.protocol]
    return bool(port == own_port or {port, own_port} == {"80", "443"})


@lru_cache(maxsize=8)
def _own_host(app_url: str) -> tuple[str, str]:
    """With its port. Asked for each of many rows at once."""
    own = URL(app_url)
    return _canonical_host(own.hostname), own.port or _DEFAULT_PORTS[own.protocol]


def _refuse_own_host(parsed: URL, settings: Settings) -> None:
    """A code that leads to us could lead to itself."""
    if _is_own_host(parsed, settings):
        raise InvalidDestination("A code cannot lead back to Pitchbar: that would be a loop.")


def _refuse_bare_name(host: str) -> None:
    """A name without a dot leads nowhere on the internet; a list of hosts may have one all the
    same.
    """
    if "." not in host and ":" not in host and host != "localhost":
        raise InvalidDestination(f"“{host}” is no complete name: the ending is missing (.com).")


def _refuse_unlisted_host(parsed: URL, names: tuple[str, ...]) -> None:
    host = parsed.hostname.removesuffix(".")
    allowed = [URL(f"http://{name}").hostname for name in names]
    if allowed and not any(host == name or host.endswith("." + name) for name in allowed):
        raise InvalidDestination(f"{host} is not on the list of hosts that codes may lead to.")
