"""A visitor is described; which rule of the edited list takes them, and why the others do not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.devices import read_device
from pitchbar.core.time_zones import is_time_zone, list_time_zones
from pitchbar.rules.choices import countries
from pitchbar.rules.compiling import Reason
from pitchbar.rules.edited import EditedRules
from pitchbar.rules.locating import locate, target_of
from pitchbar.rules.phrases import failed_phrase
from pitchbar.rules.sentences import read_back, split_shares
from pitchbar.rules.trials import Trial, try_rules
from pitchbar.rules.visits import DescribedVisit, read_language
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace

_MOST_TEXT = 2000


@dataclass(frozen=True)
class Described:
    """A visitor as the form describes one: texts as they were typed."""

    device: str = ""
    os: str = ""
    browser: str = ""
    agent: str = ""
    country: str = ""
    languages: str = ""
    at: str = ""
    zone: str = ""
    query: str = ""
    scans: str = ""
    seen: str = "new"


@dataclass(frozen=True)
class Place:
    """Where the visitor ends; `share` in percent where it is one of several."""

    url: str
    share: int | None = None


@dataclass(frozen=True)
class Other:
    """A rule that did not take the visitor.

    Attributes:
        note: why, where no condition is the reason.
        failed: the conditions that did not hold, in words.
    """

    number: int
    who: str
    note: str = ""
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Simulation:
    """`number` is that of the rule that fired; 0: none did, the code leads on by itself."""

    number: int
    who: str
    places: list[Place]
    others: list[Other]


def read_described(form: Mapping[str, str], workspace: Workspace) -> Described:
    """What a form says; without one, somebody with a phone, here and now."""
    if "sim.device" not in form:
        now = clock.now().astimezone(ZoneInfo(workspace.time_zone))
        return Described(
            "phone",
            "iOS",
            "Safari",
            country=_home_of(workspace.time_zone),
            at=f"{now:%Y-%m-%dT%H:%M}",
        )
    names = Described.__dataclass_fields__
    return Described(**{name: form.get(f"sim.{name}", "").strip()[:_MOST_TEXT] for name in names})


def simulate(
    workspace: Workspace,
    code: Code,
    settings: Settings,
    edited: EditedRules,
    described: Described,
) -> Simulation:
    rules = edited.as_json()
    trial = try_rules(workspace, code, rules, settings)
    visit = as_visit(described, workspace.time_zone)
    reasons = {reason.rule_id: reason for reason in trial.compiled.explain(visit)}
    fired = next((number for number, reason in reasons.items() if reason.is_match), 0)
    others = [
        _explain(number, rule, trial, reasons.get(number), fired, workspace.time_zone)
        for number, rule in enumerate(rules, 1)
        if number != fired
    ]
    who = read_back(rules[fired - 1], workspace.time_zone).who if fired else ""
    return Simulation(fired, who, _places(code, trial, fired, described.query), others)


def as_visit(described: Described, time_zone: str) -> DescribedVisit:
    device, os, browser = described.device, described.os, described.browser
    if described.agent:
        read = read_device(described.agent)
        device, os, browser = read.kind or "", read.os or "", read.browser or ""
    language = read_language(described.languages)
    return DescribedVisit(
        now_ms=int(_moment(described, time_zone).timestamp() * 1000),
        device=device or None,
        os=os or None,
        browser=browser or None,
        language_tag=language[0] if language else "",
        country_code=described.country or None,
        # As it stands in an address: what a browser would escape is escaped by whoever reads it.
        query=described.query.lstrip("?").encode().decode("latin-1"),
        scans=int(described.scans) if described.scans.isdecimal() else 0,
        again=described.seen == "again",
    )


def _moment(described: Described, time_zone: str) -> datetime:
    """Now, where none is given."""
    zone = ZoneInfo(described.zone if is_time_zone(described.zone) else time_zone)
    try:
        return datetime.fromisoformat(described.at).replace(tzinfo=zone)
    except ValueError:
        return clock.now().astimezone(UTC)


def _places(code: Code, trial: Trial, fired: int, query: str) -> list[Place]:
    rule = trial.ready.get(fired, {})
    query = query.lstrip("?").encode().decode("latin-1")
    split = rule.get("split")
    if split:
        shares = split_shares([variant["weight"] for variant in split])
        urls = [variant["destination_url"] for variant in split]
        return [
            Place(locate(target_of(code, url), query), share)
            for url, share in zip(urls, shares, strict=True)
        ]
    url = rule.get("destination_url") or code.destination_url
    return [Place(locate(target_of(code, url), query))]


def _explain(
    number: int,
    rule: Mapping[str, Any],
    trial: Trial,
    reason: Reason | None,
    fired: int,
    zone: str,
) -> Other:
    who = read_back(rule, zone).who
    if number in trial.off:
        return Other(number, who, "It is switched off.")
    if number in trial.unfinished or reason is None:
        return Other(number, who, "It is not finished.")
    if reason.is_match:
        return Other(number, who, f"It fits too, but rule {fired} comes first.")
    failed = [
        failed_phrase(condition, zone)
        for condition, holds in zip(rule["conditions"], reason.conditions, strict=True)
        if not holds
    ]
    return Other(number, who, failed=failed)


def _home_of(time_zone: str) -> str:
    """The country that the zone names, if it is in one."""
    words = next((zone.words for zone in list_time_zones() if zone.name == time_zone), "")
    fitting = [(name, code) for code, name in countries() if words.startswith(name)]
    return max(fitting, default=("", ""))[1]
