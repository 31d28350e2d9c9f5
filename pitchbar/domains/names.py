"""Which names can be somebody's own domain, and how what people type becomes one."""

import re

import idna

from pitchbar.core.hosts import is_public, parse_ip
from pitchbar.domains.errors import InvalidHost
from pitchbar.domains.settings import DomainSettings
from pitchbar.settings import Settings

MAX_LENGTH = 253
# The sign of the proof stands before it.
_MOST = MAX_LENGTH - len("_pitchbar.")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")


def clean_host(typed: str, settings: Settings) -> str:
    """The name as the DNS has it: ASCII, lower case, without a full stop at its end. Of an address
    that somebody pasted, the host is taken.

    Raises:
        InvalidHost: with the sentence for the person who typed it.
    """
    name = _take_host(typed)
    _refuse_what_is_no_name(name)
    host = _to_ascii(name)
    _refuse_unusable(host, settings)
    return host


def _take_host(typed: str) -> str:
    """ "https://go.brand.example:8443/menu?a=b" is go.brand.example."""
    text = _INVISIBLE.sub("", typed).strip()
    text = re.sub(r"^[a-z][a-z0-9+-]*:(/+|(?=[^0-9/:]))", "", text, count=1, flags=re.IGNORECASE)
    text = re.split(r"[/\\?#]", text.lstrip("/"), maxsplit=1)[0]
    text = text.rpartition("@")[2]
    return re.sub(r"(?<=[^:]):\d{0,5}$", "", text).strip().rstrip(".。")


def _refuse_what_is_no_name(name: str) -> None:
    if not name:
        raise InvalidHost("Enter the name of a domain, such as go.brand.example.")
    if "*" in name:
        raise InvalidHost("A wildcard cannot be added: name one domain, such as go.brand.example.")
    if _is_address(name):
        raise InvalidHost("This is an IP address. Enter the name of a domain.")
    if re.search(r"\s", name):
        raise InvalidHost("A name of a domain has no spaces.")
    if "_" in name:
        raise InvalidHost("Browsers open no name with an underscore: use letters, digits, hyphens.")


def _is_address(name: str) -> bool:
    """Browsers take whatever ends in a number for an IPv4 address (WHATWG URL, 3.5)."""
    if parse_ip(name.removeprefix("[").removesuffix("]")) or name.startswith("["):
        return True
    last = name.rpartition(".")[2]
    return ":" in name or re.fullmatch(r"[0-9]+|0x[0-9a-fA-F]*", last) is not None


def _to_ascii(name: str) -> str:
    try:
        host = idna.encode(name, uts46=True, std3_rules=True).decode("ascii").rstrip(".")
    except (idna.IDNAError, UnicodeError):
        too_long = len(name) > MAX_LENGTH
        raise InvalidHost(_TOO_LONG if too_long else _NO_NAME) from None
    if len(host) > _MOST:
        raise InvalidHost(_TOO_LONG)
    return host


_TOO_LONG = f"This name is too long: use at most {_MOST} characters."
_NO_NAME = "This is no name that the DNS can have. It is made of letters, digits and hyphens."


def _refuse_unusable(host: str, settings: Settings) -> None:
    if "." not in host:
        raise InvalidHost(f"“{host}” is no complete name: the ending is missing (.com).")
    own = (settings.own_host, *settings[DomainSettings].edge_hosts)
    if any(_is_related(host, name) for name in own if parse_ip(name) is None):
        raise InvalidHost("This name is the address of Pitchbar itself. Add one of your own.")
    if not settings.is_development and not is_public(host):
        raise InvalidHost("The public DNS does not know names of this kind.")


def _is_related(host: str, own: str) -> bool:
    """Whether it is the other, above it or below it."""
    return host == own or host.endswith(f".{own}") or own.endswith(f".{host}")
