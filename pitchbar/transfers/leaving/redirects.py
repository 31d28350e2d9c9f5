"""What leads where on one host: the same for all kinds of map."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import select

from pitchbar.codes.addresses import address_prefix
from pitchbar.codes.models import ACTIVE, Code, CodeAddress
from pitchbar.core import clock
from pitchbar.core.tagging import set_utm
from pitchbar.domains.models import Domain
from pitchbar.domains.queries import list_domains
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.transfers.errors import UnknownMap
from pitchbar.transfers.exporting import each_code
from pitchbar.workspaces.models import Workspace


@dataclass
class Losses:
    """How many codes of a map do less there than here, by what they lose; `ended` and `archived`
    are those that are left out.
    """

    rules: int = 0
    password: int = 0
    schedule: int = 0
    scan_limit: int = 0
    parameters: int = 0
    ended: int = 0
    archived: int = 0

    def sentences(self) -> list[str]:
        """What to know before anybody relies on the map."""
        words = (
            (self.rules, "has", "have", "rules: everybody is led to the plain destination"),
            (self.password, "asks", "ask", "for a password: the map asks nobody"),
            (self.schedule, "has", "have", "a start or an end: the map knows no time"),
            (self.scan_limit, "has", "have", "a scan limit: the map counts nothing"),
            (self.parameters, "passes", "pass", "parameters on: the map does not"),
            (self.ended, "has", "have", "ended without a fallback: left out"),
            (self.archived, "is", "are", "archived: left out"),
        )
        return [
            f"1 code {one} {text}." if count == 1 else f"{count:,} codes {many} {text}."
            for count, one, many, text in words
            if count
        ]


@dataclass
class RedirectMap:
    """Attributes:
    host: on which the addresses are.
    entries: path and destination, each path once.
    """

    host: str
    entries: list[tuple[str, str]] = field(default_factory=list)
    losses: Losses = field(default_factory=Losses)


def list_hosts(workspace: Workspace, settings: Settings) -> list[str]:
    """Ours first, then the workspace's own."""
    return [_our_host(settings), *(one.host for one in list_domains(workspace))]


def collect(workspace: Workspace, settings: Settings, host: str = "") -> RedirectMap:
    """Of one of the hosts, ours where none is named. Raises UnknownMap."""
    ours = _our_host(settings)
    domain = next((one for one in list_domains(workspace) if one.host == host), None)
    if host and host != ours and domain is None:
        raise UnknownMap
    made = RedirectMap(domain.host if domain else ours)
    prefix = urlsplit(address_prefix(settings, domain)).path
    for code, short_codes in _each(workspace, domain):
        url = _destination_of(code, made.losses)
        if url:
            made.entries += [(prefix + short_code, url) for short_code in short_codes]
    return made


def _our_host(settings: Settings) -> str:
    return urlsplit(settings.app_url).netloc


def _each(workspace: Workspace, domain: Domain | None) -> Iterator[tuple[Code, list[str]]]:
    """Each code with its short codes on that host, those of before included."""
    for codes in each_code(workspace.id):
        if domain is None:
            yield from ((code, [code.short_code]) for code in codes)
            continue
        own = (CodeAddress.domain_id == domain.id, CodeAddress.code_id.in_([c.id for c in codes]))
        found: dict[int, list[str]] = {}
        query = select(CodeAddress.code_id, CodeAddress.short_code).where(*own)
        for code_id, short_code in db.session.execute(query.order_by(CodeAddress.id)):
            found.setdefault(code_id, []).append(short_code)
        yield from ((code, found[code.id]) for code in codes if code.id in found)


def _destination_of(code: Code, losses: Losses) -> str:
    """Empty for a code that leads nowhere today."""
    if code.status != ACTIVE:
        losses.archived += 1
        return ""
    if code.ends_at and code.ends_at <= clock.now():
        if not code.fallback_url:
            losses.ended += 1
        return code.fallback_url
    losses.rules += bool(code.routing)
    losses.password += bool(code.password_hash)
    losses.schedule += bool(code.starts_at or code.ends_at)
    losses.scan_limit += bool(code.scan_limit)
    losses.parameters += bool(code.forward_parameters)
    return set_utm(code.destination_url, code.utm, [])[0]
