"""Keeps the tests off the network: whatever this process sends goes to this machine."""

import ipaddress
import sys
from typing import Any

_CHECKED = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}


class NetworkUsed(Exception):
    """A test tried to reach another machine."""


def refuse_all_but_loopback() -> None:
    """Also sees what libraries do in Python; programs that a test starts are beyond it."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[Any, ...]) -> None:
    # At the very end of a process its modules are emptied.
    if not _CHECKED or event not in _CHECKED:
        return
    target = arguments[_CHECKED[event]]
    # A string or bytes are the path of a Unix socket, unless a name is looked up.
    if event != "socket.getaddrinfo" and not isinstance(target, tuple):
        return
    host = target if event == "socket.getaddrinfo" else target[0]
    if not is_loopback(host):
        raise NetworkUsed(f"tests talk to this machine only, not to {host!r}")


def is_loopback(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else (host or "")
    if name in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
