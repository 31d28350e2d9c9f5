"""What the DNS says of a domain, in words for whoever set its records."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pitchbar.clients.name_service import (
    NameService,
    NameServiceError,
    NoAnswer,
    NoSuchName,
    Target,
)
from pitchbar.core.hosts import is_public, parse_ip

_SIGN = "pitchbar-verification="


@dataclass(frozen=True)
class Findings:
    """`records` are the TXT records, `target` where the host leads; None where the DNS gave no
    answer, and `trouble` and `target_trouble` say why.
    """

    records: list[str] | None
    target: Target | None
    trouble: NameServiceError | None = None
    target_trouble: NameServiceError | None = None

    @property
    def is_clear(self) -> bool:
        """Whether it is certain which records there are; silence and errors say nothing."""
        return self.records is not None or isinstance(self.trouble, NoSuchName)


def look_up(names: NameService, own_host: str, host: str) -> tuple[Findings, Target | None]:
    """All that is to be known, asked at once so that it takes the time of one question: what the
    DNS says of the host, and where our own leads.
    """
    with ThreadPoolExecutor(3) as pool:
        records = pool.submit(names.read_texts, f"_pitchbar.{host}")
        target = pool.submit(names.find_target, host)
        own = pool.submit(_find_own, names, own_host)
        found, trouble = _result(records)
        leads_to, target_trouble = _result(target)
        return Findings(found, leads_to, trouble, target_trouble), _result(own)[0]


def _find_own(names: NameService, own_host: str) -> Target:
    if parse_ip(own_host) is not None:
        return Target(addresses=(own_host,))
    return names.find_target(own_host) if is_public(own_host) else Target()


def _result(future: "Future[Any]") -> tuple[Any, NameServiceError | None]:
    try:
        return future.result(), None
    except NameServiceError as error:
        return None, error


def proves(findings: Findings, token: str) -> bool:
    """Whether the record is there; people paste it with quotes and spaces."""
    return any(_value(record) == _SIGN + token for record in findings.records or ())


def describe_records(findings: Findings, host: str, *, was_there: bool = False) -> str:
    """What was found of the proof, which may have been there before."""
    none = f"There is no TXT record at _pitchbar.{host} {'any more' if was_there else 'yet'}."
    if isinstance(findings.trouble, NoSuchName):
        return none
    if findings.records is None:
        return _describe_trouble(findings.trouble, host)
    count = len(findings.records)
    if not count:
        return none
    said = f"We found {count:,} TXT records at _pitchbar.{host}, none is ours."
    if count == 1:
        said = f"We found one TXT record at _pitchbar.{host}, and it is not ours."
    if any(_value(record).startswith(_SIGN) for record in findings.records):
        said += " It looks like ours with another value: copy the value from this page once more."
    return said


def _describe_trouble(trouble: NameServiceError | None, host: str) -> str:
    if isinstance(trouble, NoAnswer):
        return f"The name servers of {host} did not answer in time."
    return f"The name servers of {host} answered with an error."


def describe_target(
    findings: Findings, own: Target | None, own_host: str
) -> tuple[str, bool | None]:
    """Where the host leads, and whether that is here, as far as it can be told."""
    target = findings.target
    if target is None or not (target.names or target.addresses):
        return _describe_missing_target(findings), None if _is_unsure(findings) else False
    places = [*target.names[:1], *target.addresses[:2]]
    shown = f"It leads to {', '.join(places)}"
    if own_host in target.names:
        return f"It leads to {own_host}.", True
    if own and set(own.addresses) & set(target.addresses):
        return f"{shown}, where {own_host} is.", True
    if own is None or not own.addresses:
        return f"{shown}.", None
    return f"{shown}, and {own_host} is elsewhere. That is right if a proxy stands between.", False


def _is_unsure(findings: Findings) -> bool:
    trouble = findings.target_trouble
    return trouble is not None and not isinstance(trouble, NoSuchName)


def _describe_missing_target(findings: Findings) -> str:
    if _is_unsure(findings):
        return "Where it leads could not be found out just now."
    return "It leads nowhere yet."


def _value(record: str) -> str:
    """The record as it was meant; the name before the sign in any case."""
    plain = record.strip().strip('"“”').strip()
    name, equals, value = plain.partition("=")
    return f"{name.strip().lower()}{equals}{value.strip()}"
