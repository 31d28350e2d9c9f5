"""Where a code may lead: to any web address but our own."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from werkzeug.urls import iri_to_uri

from pitchbar.codes.errors import InvalidDestination
from pitchbar.settings import Settings

MAX_LENGTH = 2048
# "javascript:", "mailto:" … but not "example.com:8080" nor "localhost:3000".
_SCHEME = re.compile(r"^([a-z][a-z0-9+-]*):(?!\d)", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


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
    url = _with_scheme(url)
    parts = _split(url)
    _refuse_own_host(parts, settings)
    _refuse_unlisted_host(parts, settings)
    cleaned = _to_ascii(url)
    if len(cleaned) > MAX_LENGTH:
        raise InvalidDestination(f"The address is too long: use at most {MAX_LENGTH} characters.")
    return cleaned


def _with_scheme(url: str) -> str:
    if "://" in url.split("?")[0].split("#")[0]:
        return url
    if _SCHEME.match(url):
        raise InvalidDestination("Only web addresses work here: start with https:// or http://.")
    return "https://" + url.lstrip("/")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise InvalidDestination("This is not a complete web address.") from None
    if parts.scheme not in ("http", "https"):
        raise InvalidDestination("Only web addresses work here: start with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise InvalidDestination("Leave out the user name and password: everyone could read them.")
    host = parts.hostname or ""
    if not host.strip(".") or ".." in host or not _looks_like_host(host):
        raise InvalidDestination("This is not a complete web address.")
    return parts


def _looks_like_host(host: str) -> bool:
    if ":" in host:
        try:
            return ip_address(host).version == 6
        except ValueError:
            return False
    try:
        ascii_host = host.rstrip(".").encode("idna").decode()
    except UnicodeError:
        return False
    return len(ascii_host) <= 253 and all(
        re.fullmatch(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", label, re.IGNORECASE)
        for label in ascii_host.split(".")
    )


def _canonical_host(host: str) -> str:
    host = host.rstrip(".").lower()
    try:
        address = ip_address(host)
    except ValueError:
        return "localhost" if host.endswith(".localhost") else host
    return "localhost" if address.is_loopback or address.is_unspecified else host


def _refuse_own_host(parts: SplitResult, settings: Settings) -> None:
    """A code that leads to us could lead to itself. Another port of our host is another site."""
    own = urlsplit(settings.app_url)
    if _canonical_host(parts.hostname or "") != _canonical_host(own.hostname or ""):
        return
    own_port = own.port or _DEFAULT_PORTS[own.scheme]
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    if port == own_port or {port, own_port} == {80, 443}:
        raise InvalidDestination("A code cannot lead back to Pitchbar: that would be a loop.")


def _refuse_unlisted_host(parts: SplitResult, settings: Settings) -> None:
    allowed = settings.qr_destination_host_allowlist
    host = (parts.hostname or "").rstrip(".").lower()
    if allowed and not any(host == name or host.endswith("." + name) for name in allowed):
        raise InvalidDestination(f"{host} is not on the list of hosts that codes may lead to.")


def _to_ascii(url: str) -> str:
    try:
        cleaned = iri_to_uri(url)
        cleaned.encode("ascii")
    except (UnicodeError, ValueError):
        raise InvalidDestination("This is not a complete web address.") from None
    return cleaned
