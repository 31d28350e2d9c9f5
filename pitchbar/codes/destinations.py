"""Where a code may lead: to any web address but our own."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import inet_aton
from urllib.parse import SplitResult, urlsplit

from werkzeug.urls import iri_to_uri

from pitchbar.codes.errors import InvalidDestination
from pitchbar.codes.settings import CodeSettings
from pitchbar.settings import Settings

MAX_LENGTH = 2048
# "javascript:", "sms:123", "localhost:3000" … but not "example.com:8080".
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:", re.IGNORECASE)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# The old and the new rule for names turn these letters into different hosts.
_AMBIGUOUS = "ßς\u200c\u200d"


def clean_destination(url: str, settings: Settings) -> str:
    """The address in the form that a Location header takes: ASCII, with a scheme.

    Raises:
        InvalidDestination: with the sentence for the person who typed it.
    """
    url = url.strip()
    if not url:
        raise InvalidDestination("Enter the address that the code should open.")
    if any(ord(char) <= 32 or ord(char) == 127 for char in url) or "\\" in url:
        raise InvalidDestination("An address has no spaces, line breaks or backslashes.")
    # Only what a browser will really open is checked: letters that look or read alike are one here.
    cleaned = _to_ascii(_with_scheme(url))
    parts = _split(cleaned)
    _refuse_own_host(parts, settings)
    _refuse_unlisted_host(parts, settings)
    if len(cleaned) > MAX_LENGTH:
        raise InvalidDestination(f"The address is too long: use at most {MAX_LENGTH} characters.")
    return cleaned


def _with_scheme(url: str) -> str:
    if "://" in url.split("?")[0].split("#")[0]:
        return url
    if _SCHEME.match(url):
        raise InvalidDestination("Only web addresses work here: start with https:// or http://.")
    return "https://" + url


def _to_ascii(url: str) -> str:
    try:
        host = urlsplit(url).netloc
        if not host:
            raise ValueError
        if any(char in _AMBIGUOUS for char in host):
            raise InvalidDestination("Write the name of this host in its ASCII form, xn--….")
        cleaned = iri_to_uri(url)
        cleaned.encode("ascii")
    except (UnicodeError, ValueError):
        raise InvalidDestination("This is not a complete web address.") from None
    return cleaned


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS:
        raise InvalidDestination("Only web addresses work here: start with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise InvalidDestination("Leave out the user name and password: everyone could read them.")
    if parts.port == 0 or not _looks_like_host(parts.hostname or ""):
        raise InvalidDestination("This is not a complete web address.")
    return parts


def _looks_like_host(host: str) -> bool:
    if ":" in host:
        return _as_address(host) is not None
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)


def _as_address(host: str) -> IPv4Address | IPv6Address | None:
    """Also in the forms that browsers take for one: 127.1, 0x7f000001, 2130706433."""
    try:
        return IPv4Address(inet_aton(host))
    except OSError:
        pass
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _canonical_host(host: str) -> str:
    host = host.removesuffix(".").lower()
    address = _as_address(host)
    if address is None:
        return "localhost" if host.endswith(".localhost") else host
    return "localhost" if address.is_loopback or address.is_unspecified else str(address)


def _refuse_own_host(parts: SplitResult, settings: Settings) -> None:
    """A code that leads to us could lead to itself. Another port of our host is another site."""
    own = urlsplit(iri_to_uri(settings.app_url))
    if _canonical_host(parts.hostname or "") != _canonical_host(own.hostname or ""):
        return
    own_port = own.port or _DEFAULT_PORTS[own.scheme]
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    if port == own_port or {port, own_port} == {80, 443}:
        raise InvalidDestination("A code cannot lead back to Pitchbar: that would be a loop.")


def _refuse_unlisted_host(parts: SplitResult, settings: Settings) -> None:
    names = settings[CodeSettings].qr_destination_host_allowlist
    allowed = [urlsplit(iri_to_uri(f"//{name}")).netloc for name in names]
    host = (parts.hostname or "").removesuffix(".")
    if allowed and not any(host == name or host.endswith("." + name) for name in allowed):
        raise InvalidDestination(f"{host} is not on the list of hosts that codes may lead to.")
