"""Which addresses may be asked at all: those of the public internet, however they are written.

An address is read as browsers read it (WHATWG), so that what is checked is what is meant: 0x7f.1
and 2130706433 are 127.0.0.1. Forms of IPv6 that carry an IPv4 address are refused altogether, as
what stands behind them is decided by the network that we are in.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network

from ada_url import URL

from pitchbar.clients.outbound_errors import OutboundError
from pitchbar.core import hosts

MAX_LENGTH = 2048
IP = IPv4Address | IPv6Address

# The registries of special addresses of IANA (RFC 6890 and what updates it), and what clouds have.
_REFUSED_V4 = [
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by the customers of a provider
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # what Azure's machines find their platform under
        "169.254.0.0/16",  # link-local, and there the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
_GLOBAL_V6 = ip_network("2000::/3")
_REFUSED_V6 = [
    ip_network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
]
# Beside those that `hosts` knows.
_PRIVATE_ENDINGS = ("corp", "private", "onion", "alt", "invalid")
_DEFAULT_PORTS = {"http:": 80, "https:": 443}

_WEB_ONLY = "Only web addresses work here: start with https:// or http://."
_INCOMPLETE = "This is not a complete web address."
_NOT_PUBLIC = "{host} is not on the public internet; only addresses that everybody reaches work."


@dataclass(frozen=True)
class Target:
    """Where a request goes: `host` in ASCII without a dot at its end, IPv6 without brackets."""

    url: str
    host: str
    port: int

    @property
    def pair(self) -> str:
        """As OUTBOUND_ALLOW names it."""
        return f"{hosts.listening_address(self.host)}:{self.port}"


def refuse_url(url: str, allow: frozenset[str] = frozenset()) -> str:
    """What to say of an address that may never be asked, without asking the DNS; "" when fine."""
    try:
        read_target(url, allow)
    except OutboundError as error:
        return str(error)
    return ""


def read_target(url: str, allow: frozenset[str] = frozenset()) -> Target:
    """Raises OutboundError when the address is none, or none that may be asked."""
    target = _parse(url)
    if target.pair not in allow:
        _refuse_private(target.host)
    return target


def pair_of(url: str) -> str:
    """Its host and port, as `allow` names them. Raises OutboundError when it is no address."""
    return _parse(url).pair


def read_redirect(location: str, base: str, allow: frozenset[str] = frozenset()) -> Target:
    """Where an answer leads that came from `base`. Raises OutboundError as `read_target`."""
    try:
        return read_target(URL(location.strip(), base=base).href, allow)
    except ValueError:
        raise OutboundError("bad_url", "It leads on to something that is no address.") from None


def is_public(address: str | IP) -> bool:
    """Whether an address of the DNS's answer is one of the public internet."""
    if isinstance(address, str):
        if "%" in address:
            return False
        found = hosts.parse_ip(address)
        return found is not None and is_public(found)
    if isinstance(address, IPv4Address):
        return not any(address in block for block in _REFUSED_V4)
    if address not in _GLOBAL_V6 or any(address in block for block in _REFUSED_V6):
        return False
    return not _is_tunnel(address)


def _is_tunnel(address: IPv6Address) -> bool:
    """ISATAP: the lower half carries an IPv4 address that a router may lead to."""
    low = int(address) & (1 << 64) - 1
    return low >> 32 in (0x00005EFE, 0x02005EFE)


def _parse(url: str) -> Target:
    if any(ord(char) <= 32 or ord(char) == 127 for char in url) or "\\" in url:
        raise OutboundError("bad_url", "An address has no spaces, line breaks or backslashes.")
    if len(url) > MAX_LENGTH:
        raise OutboundError("bad_url", f"The address is too long: use at most {MAX_LENGTH}.")
    scheme, has_authority, rest = url.partition("://")
    if not has_authority or scheme.lower() not in ("http", "https"):
        raise OutboundError("bad_url", _WEB_ONLY)
    try:
        parsed = URL(url.encode("utf-8").decode())
    except (ValueError, UnicodeError):
        raise OutboundError("bad_url", _INCOMPLETE) from None
    if parsed.username or parsed.password or "@" in _authority(rest):
        raise OutboundError("bad_url", "Leave out the user name and password of the address.")
    return _as_target(parsed, _authority(rest))


def _authority(rest: str) -> str:
    for end in "/?#":
        rest = rest.partition(end)[0]
    return rest


def _as_target(parsed: URL, authority: str) -> Target:
    host = parsed.hostname.removeprefix("[").removesuffix("]")
    _refuse_odd_spelling(host, authority)
    plain = host.removesuffix(".")
    if not hosts.is_host(plain) or parsed.port == "0" or not authority:
        raise OutboundError("bad_url", _INCOMPLETE)
    if plain != host:
        parsed.hostname = plain
    parsed.hash = ""
    port = int(parsed.port) if parsed.port else _DEFAULT_PORTS[parsed.protocol]
    return Target(parsed.href, plain, port)


def _refuse_odd_spelling(host: str, authority: str) -> None:
    """Nobody writes 0x8.010.2056 for an address, but those who want it to be read in two ways."""
    address = hosts.parse_ip(host)
    if isinstance(address, IPv4Address) and authority.partition(":")[0] != host:
        raise OutboundError(
            "refused_address", f"Write the address in the usual way, as {address}, or use a name."
        )


def _refuse_private(host: str) -> None:
    address = hosts.parse_ip(host)
    if not (_is_public_name(host) if address is None else is_public(address)):
        raise OutboundError("refused_address", _NOT_PUBLIC.format(host=host))


def _is_public_name(host: str) -> bool:
    ending = host.rpartition(".")[2]
    return "." in host and hosts.is_public(host) and ending not in _PRIVATE_ENDINGS
