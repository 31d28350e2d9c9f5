"""The last scans of a code through the edited list, before it is saved: where they went, and where
they would go. Nothing is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from pitchbar.codes.models import Code, CodeDestination
from pitchbar.extensions import db
from pitchbar.outcomes.judging import Judge, Judgement, Settled
from pitchbar.outcomes.past_visits import describe_past
from pitchbar.outcomes.queries import load_last_scans
from pitchbar.rules.models import Rule
from pitchbar.rules.queries import list_rules
from pitchbar.rules.sentences import read_back
from pitchbar.rules.trials import Trial, try_rules
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace

MOST_SCANS = 1000
_EXAMPLES = 5
_GONE = "A rule that is gone"


@dataclass(frozen=True)
class Leg:
    """One side of a move: addresses, of which there are several for a split that is drawn anew;
    or words where there is none.
    """

    urls: tuple[str, ...] = ()
    words: str = ""


@dataclass
class Move:
    """Scans that went to one place and would go to another, or to the same. `unless` are the places
    to which rules on parameters of the link might lead them instead.
    """

    before: Leg
    after: Leg
    unless: tuple[Leg, ...] = ()
    count: int = 0
    examples: list[Any] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        return self.before != self.after

    @property
    def is_sure(self) -> bool:
        """Whether it can be told if they would go elsewhere."""
        return not self.unless or self.before not in (self.after, *self.unless)


@dataclass
class Taken:
    """How many of the scans a rule would take for sure, and at most; number 0 is for those that
    none would.
    """

    number: int
    who: str
    least: int = 0
    most: int = 0


@dataclass(frozen=True)
class DryRun:
    """`unknowable` are parameters of links that rules ask for and no stored scan has."""

    total: int
    robots: int
    since: datetime | None
    moves: Sequence[Move]
    taken: Sequence[Taken]
    unknowable: Sequence[str]
    unfinished: Sequence[int]
    has_new_split: bool

    @property
    def changed(self) -> int:
        return sum(move.count for move in self.moves if move.is_change and move.is_sure)

    @property
    def unsure(self) -> int:
        return sum(move.count for move in self.moves if not move.is_sure)


def run_dry(
    workspace: Workspace, code: Code, settings: Settings, rules: Sequence[Mapping[str, Any]]
) -> DryRun:
    """`rules` are in the API's words, as they are edited."""
    trial = try_rules(workspace, code, rules, settings)
    kept = list_rules(code)
    judge, legs = Judge(trial, code, Settled(rules, kept)), _Legs(code, rules, trial, kept)
    last = load_last_scans(workspace, code, MOST_SCANS)
    moves: dict[tuple[Leg, Leg, tuple[Leg, ...]], Move] = {}
    taken = _start_taken(rules, workspace.time_zone)
    for scan, visit in describe_past(workspace, code, last):
        judgement = judge.judge(scan, visit)
        _add_taken(taken, judgement)
        key = (legs.before(scan), legs.after(judgement.number, scan), legs.others(judgement, scan))
        move = moves.setdefault(key, Move(*key))
        move.count += 1
        # The newest ones stay: they come last.
        move.examples = [scan, *move.examples[: _EXAMPLES - 1]]
    return DryRun(
        len(last.scans),
        last.robots,
        last.scans[-1].scanned_at if last.scans else None,
        sorted(moves.values(), key=_by_interest),
        list(taken.values()),
        judge.unknowable,
        sorted(trial.unfinished),
        any(len(move.after.urls) > 1 for move in moves.values()),
    )


def _by_interest(move: Move) -> tuple[bool, bool, int]:
    """What changes comes first, and there what is certain."""
    return not move.is_change, not move.is_sure, -move.count


def _start_taken(rules: Sequence[Mapping[str, Any]], zone: str) -> dict[int, Taken]:
    taken = {
        number: Taken(number, read_back(rule, zone).who)
        for number, rule in enumerate(rules, 1)
        if rule.get("enabled", True)
    }
    return {**taken, 0: Taken(0, "Everyone else" if taken else "Everyone")}


def _add_taken(taken: Mapping[int, Taken], judgement: Judgement) -> None:
    for number in (judgement.number, *judgement.unless):
        taken[number].most += 1
    if not judgement.unless:
        taken[judgement.number].least += 1


class _Legs:
    """Where a scan went, and where the rule of a number leads it."""

    def __init__(
        self,
        code: Code,
        rules: Sequence[Mapping[str, Any]],
        trial: Trial,
        kept: Sequence[Rule],
    ) -> None:
        self._code = code
        self._kept = {rule.id: rule for rule in kept}
        self._ready = trial.ready
        # By number in the edited list: the rule as it is kept, if its split is the same there.
        self._same_split = {
            number: rule["id"]
            for number, rule in enumerate(rules, 1)
            if number in trial.ready and self._is_same_split(rule, trial.ready[number])
        }
        self._spans = _list_spans(code)

    def _is_same_split(self, rule: Mapping[str, Any], ready: Mapping[str, Any]) -> bool:
        kept = self._kept.get(rule.get("id") or 0)
        return bool(kept and kept.split and _drawn(kept.split) == _drawn(ready.get("split") or ()))

    def before(self, scan: Any) -> Leg:
        if scan.rule_id is None:
            return Leg((self._own_at(scan.scanned_at),))
        rule = self._kept.get(scan.rule_id)
        url = _url_of(rule, scan.variant) if rule else ""
        return Leg((url,)) if url else Leg(words=_GONE)

    def after(self, number: int, scan: Any) -> Leg:
        if not number:
            return Leg((self._code.destination_url,))
        rule = self._ready[number]
        if not rule.get("split"):
            return Leg((rule["destination_url"],))
        if self._same_split.get(number) == scan.rule_id and scan.variant is not None:
            # The same split gives a visitor the same again.
            return Leg((rule["split"][scan.variant]["destination_url"],))
        return Leg(tuple(dict.fromkeys(one["destination_url"] for one in rule["split"])))

    def others(self, judgement: Judgement, scan: Any) -> tuple[Leg, ...]:
        own = self.after(judgement.number, scan)
        legs = dict.fromkeys(self.after(number, scan) for number in judgement.unless)
        return tuple(leg for leg in legs if leg != own)

    def _own_at(self, at: datetime) -> str:
        """Where the code itself led then."""
        for span in self._spans:
            if span.until_at and at < span.until_at:
                return span.destination_url
        return self._code.destination_url


def _list_spans(code: Code) -> list[CodeDestination]:
    spans = select(CodeDestination).where(CodeDestination.code_id == code.id)
    return list(db.session.scalars(spans.order_by(CodeDestination.id)))


def _url_of(rule: Rule, variant: int | None) -> str:
    if not rule.split:
        return rule.destination_url if variant is None else ""
    if variant is None or variant >= len(rule.split):
        return ""
    return str(rule.split[variant]["destination_url"])


def _drawn(split: Sequence[Mapping[str, Any]]) -> list[tuple[Any, Any]]:
    """What the draw of a split depends on."""
    return [(one["destination_url"], one["weight"]) for one in split]
