"""Names of machines: what an address may contain, what is ours alone, where to listen."""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
# Reserved for use without the public DNS (RFC 2606, 6761, 6762, 8375), and usual at home.
_PRIVATE_SUFFIXES = (
    "localhost",
    "local",
    "test",
    "internal",
    "intranet",
    "lan",
    "home",
    "home.arpa",
    "localdomain",
)
LOOPBACKS = ("127.0.0.1", "::1")


def check_origin(url: str) -> str:
    """Returns the origin without its slash.

    Raises:
        ValueError: it is none that a browser opens; the sentence says what is wrong.
    """
    if not re.fullmatch(r"https?://[^/\s?#@]+/?", url):
        raise ValueError("must be an address such as https://pitchbar.example, without a path")
    host = _read_host(url)
    if not host.isascii():
        raise ValueError(f"must be in ASCII, as browsers send it{_suggest_ascii(url, host)}")
    if not is_host(host):
        raise ValueError("must have the name or the address of a host")
    return url.rstrip("/")


def _read_host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("must have a port from 1 to 65535, or none") from None
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError("must have a port from 1 to 65535, or none")
    return host


def _suggest_ascii(url: str, host: str) -> str:
    try:
        return f": {url.rstrip('/').replace(host, host.encode('idna').decode())}"
    except UnicodeError:
        return ""


def is_host(host: str) -> bool:
    """Whether it is a name or an address, this one without brackets."""
    if parse_ip(host) is not None:
        return True
    return len(host) <= 253 and _NAME.fullmatch(host) is not None and ".." not in host


def parse_ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(host: str) -> bool:
    """Whether others could reach us under it: neither this machine, nor a private network, nor a
    name that the public DNS does not know.
    """
    ip = parse_ip(host)
    if ip is not None:
        return ip.is_global
    name = host.lower().rstrip(".")
    if "." not in name:
        # A number is an address, too (2130706433 is 127.0.0.1).
        return name.isdigit() or name.startswith("0x")
    return not any(name == suffix or name.endswith(f".{suffix}") for suffix in _PRIVATE_SUFFIXES)


def listening_address(host: str) -> str:
    """As servers and URLs spell it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def usable_loopbacks() -> list[str]:
    """The loopback addresses that this machine has; not each has IPv6."""
    return [host for host in LOOPBACKS if ":" not in host or _has_ipv6()]


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
