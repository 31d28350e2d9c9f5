"""Network addresses: whose request this is, and how much of the address may be kept."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any


def client_address(environ: Mapping[str, Any], trusted_proxies: int) -> str:
    """The visitor's address, as the outermost trusted proxy saw it.

    Each proxy appends the peer it saw to X-Forwarded-For, so the entry that our outermost proxy
    wrote is the `trusted_proxies`-th from the right; everything before it can be forged. With no
    trusted proxy, the header is not read.
    """
    peer: str = environ.get("REMOTE_ADDR") or ""
    if not trusted_proxies:
        return peer
    hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if len(hops) < trusted_proxies:
        return peer
    return _without_port(hops[-trusted_proxies]) or peer


def _without_port(hop: str) -> str:
    candidates = (hop, hop.strip("[]"), hop.rpartition(":")[0].strip("[]"))
    for candidate in candidates:
        try:
            return str(ipaddress.ip_address(candidate))
        except ValueError:
            continue
    return ""


@lru_cache(maxsize=8192)
def truncate_address(address: str) -> str | None:
    """Keeps the network only: /24 of IPv4, /48 of IPv6; None when it is no address."""
    return _network(address, 24, 48)


@lru_cache(maxsize=8192)
def limit_key(address: str) -> str:
    """What a limit counts: an IPv4 address, or the /64 that one IPv6 household has."""
    return _network(address, 32, 64) or address


def _network(address: str, v4_bits: int, v6_bits: int) -> str | None:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    bits = v4_bits if ip.version == 4 else v6_bits
    return str(ipaddress.ip_network((ip, bits), strict=False).network_address)
