"""Which rule would take a stored scan, or that it cannot be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pitchbar.codes.models import Code
from pitchbar.outcomes.past_visits import (
    added_by_code,
    find_unknowable,
    is_tag,
    is_unsure,
)
from pitchbar.rules.models import Rule
from pitchbar.rules.trials import Trial
from pitchbar.rules.visits import DescribedVisit

# An edit reaches every redirect within two seconds.
_HEARD = timedelta(seconds=10)


@dataclass(frozen=True)
class Judgement:
    """`number` is the rule that takes a scan, 0 for none, unless one of `unless` does before it:
    those depend on what is not known.
    """

    number: int
    unless: tuple[int, ...] = ()


class Settled:
    """What the way of a scan itself tells of rules that have not changed since: the one that took
    it fits, and those that were asked before it, or in vain, do not.
    """

    def __init__(self, rules: Sequence[Mapping[str, Any]], kept: Sequence[Rule]) -> None:
        self._kept = {rule.id: rule for rule in kept}
        # By number in the edited list.
        self._same: dict[int, Rule] = {}
        for number, rule in enumerate(rules, 1):
            found = self._kept.get(rule.get("id") or 0)
            if found and found.is_enabled and _asks_the_same(rule, found):
                self._same[number] = found

    def find(self, number: int, scan: Any) -> bool | None:
        """Whether the rule fits the scan; None where its way does not tell."""
        rule = self._same.get(number)
        if rule is None or not _is_older(rule, scan):
            return None
        if scan.rule_id is None:
            return False
        taker = self._kept.get(scan.rule_id)
        if taker is None or not _is_older(taker, scan) or taker.position < rule.position:
            return None
        return taker is rule


def _asks_the_same(rule: Mapping[str, Any], kept: Rule) -> bool:
    asked = (rule.get("match", "all"), rule.get("conditions"))
    return asked == (kept.match, kept.conditions)


def _is_older(rule: Rule, scan: Any) -> bool:
    """Changed last when every edge had long heard of it by the time of the scan."""
    return bool(rule.updated_at + _HEARD < scan.scanned_at)


class Judge:
    """Asks the edited list about past visits. Where a rule looks at the link, of which a stored
    scan knows little, it reckons with three answers: yes, no, and unknown.
    """

    def __init__(self, trial: Trial, code: Code, settled: Settled) -> None:
        self._settled = settled
        self._compiled = trial.compiled
        self._own = added_by_code(code)
        by_bit = _conditions_by_bit(trial)
        unknowable = {bit: name for bit, one in by_bit.items() if (name := find_unknowable(one))}
        # Bits are powers of two: their sum has them all.
        self._never_known = sum(unknowable)
        self._tags = [(bit, one) for bit, one in by_bit.items() if is_tag(one)]
        self.unknowable = sorted({*unknowable.values()})

    def judge(self, scan: Any, visit: DescribedVisit) -> Judgement:
        unsure = self._never_known
        for bit, condition in self._tags:
            if is_unsure(condition, scan, self._own):
                unsure |= bit
        unless: list[int] = []
        for number, is_sure in self._compiled.sift(visit, unsure):
            answer = True if is_sure else self._settled.find(number, scan)
            if answer:
                return Judgement(number, tuple(unless))
            if answer is None:
                unless.append(number)
        return Judgement(0, tuple(unless))


def _conditions_by_bit(trial: Trial) -> dict[int, Mapping[str, Any]]:
    return {
        bit: condition
        for number, bits in trial.compiled.bits_by_rule().items()
        for bit, condition in zip(bits, trial.ready[number]["conditions"], strict=True)
    }
