"""Network addresses: whose request this is, and how much of the address may be kept."""

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# A zone may be long, an address is not.
_LONGEST = 128
_WRITTEN = re.compile(
    r"""\s*"?\s*(?:\[(?P<bracketed>[^\]]*)\](?::\d*)?|(?P<bare>(?P<before_port>.*?)(?::\d*)?))\s*"?\s*"""
)


def client_address(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    """The visitor's address, as the outermost trusted proxy saw it.

    Each proxy appends the peer it saw to X-Forwarded-For, so the entry that our outermost proxy
    wrote is the `trusted_proxies`-th from the right; everything before it can be forged. With no
    trusted proxy, the header is not read. Every part of Pitchbar that needs an address reads it
    here, so one visitor has one address in limits, scans, sessions and the audit log.
    """
    peer: str = environ.get("REMOTE_ADDR") or ""
    if trusted_proxies:
        hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= trusted_proxies:
            return read_address(hops[-trusted_proxies]) or read_address(peer) or peer
    return read_address(peer) or peer


@lru_cache(maxsize=8192)
def read_address(text: str) -> str:
    """The address in what a server or a proxy wrote, in its one spelling; empty when there is none.

    The port goes (some proxies write one, and it changes with each connection), so do brackets,
    quotes and the zone of a link-local address; ::ffff:203.0.113.7 is 203.0.113.7.
    """
    match = _WRITTEN.fullmatch(text[:_LONGEST])
    if match is None:
        return ""
    for candidate in (match["bracketed"], match["bare"], match["before_port"]):
        ip = _parse(candidate or "")
        if ip is not None:
            return str(ip)
    return ""


def _parse(text: str) -> IPAddress | None:
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def is_loopback(text: str) -> bool:
    """Whether it is an address of this machine, which no other can send from."""
    ip = _parse(text)
    return ip is not None and ip.is_loopback


@lru_cache(maxsize=8192)
def truncate_address(address: str) -> str | None:
    """Keeps the network only: /24 of IPv4, /48 of IPv6; None when it is no address."""
    return _network(address, 24, 48)


@lru_cache(maxsize=8192)
def limit_key(address: str) -> str:
    """What a limit counts: an IPv4 address, or the /64 that one IPv6 household has."""
    return _network(address, 32, 64) or address


def _network(address: str, v4_bits: int, v6_bits: int) -> str | None:
    ip = _parse(address)
    if ip is None:
        return None
    bits = v4_bits if ip.version == 4 else v6_bits
    return str(ipaddress.ip_network((ip, bits), strict=False).network_address)
