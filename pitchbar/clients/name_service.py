"""Asks the DNS: the only place that knows dnspython.

What is asked for belongs to strangers, whose servers may be slow, broken or lying: every question
ends within `seconds`, an answer is 64 kB at most, and what does not belong to the question is left.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from pitchbar.core.name_servers import read_server


class NameServiceError(Exception):
    """No records, and nothing that can be said of them."""


class NoSuchName(NameServiceError):
    """The DNS knows for certain that there is no such name."""


class NoAnswer(NameServiceError):
    """Nobody answered in time."""


class Refused(NameServiceError):
    """The servers answered that they cannot or will not say, or answered nonsense."""


@dataclass(frozen=True)
class Target:
    """Where a name leads: the names on the way (CNAME), and the addresses at its end."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class NameService:
    """Args:
    servers: addresses with optional ports; none takes the system's.
    seconds: for one question in all, whatever is tried.
    """

    def __init__(self, servers: Sequence[str] = (), *, seconds: float = 3.0) -> None:
        self._servers = tuple(servers)
        self._seconds = seconds

    def read_texts(self, name: str) -> list[str]:
        """The TXT records of a name, each in one piece; none where it has none.

        Raises:
            NoSuchName, NoAnswer, Refused
        """
        answer = self._ask(name, "TXT", self._seconds)
        records = answer.rrset if answer else ()
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records or ()]

    def find_target(self, name: str) -> Target:
        """Raises NoSuchName, NoAnswer, Refused."""
        until = time.monotonic() + self._seconds
        names: list[str] = []
        addresses: list[str] = []
        for kind in ("A", "AAAA"):
            answer = self._ask(name, kind, until - time.monotonic())
            if answer is None:
                continue
            names = names or _names_on_the_way(answer)
            addresses += [record.address for record in answer.rrset or ()]
        return Target(tuple(names[:8]), tuple(sorted(addresses)[:16]))

    def _ask(self, name: str, kind: str, seconds: float) -> dns.resolver.Answer | None:
        if seconds <= 0:
            raise NoAnswer
        try:
            resolver = self._make_resolver()
            asked = dns.name.from_text(name)
            return resolver.resolve(asked, kind, lifetime=seconds, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            raise NoSuchName from None
        except dns.exception.Timeout:
            raise NoAnswer from None
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise Refused(str(error)) from None

    def _make_resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._servers)
        if self._servers:
            resolver.nameservers = [
                dns.nameserver.Do53Nameserver(*read_server(one)) for one in self._servers
            ]
        # Several tries within the time: a packet may be lost.
        resolver.timeout = min(1.0, self._seconds)
        return resolver


def _names_on_the_way(answer: dns.resolver.Answer) -> list[str]:
    return [
        str(record.target).rstrip(".").lower()
        for rrset in answer.response.answer
        if rrset.rdtype == dns.rdatatype.CNAME
        for record in rrset
    ]
