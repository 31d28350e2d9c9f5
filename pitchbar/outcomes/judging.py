"""Which rule would take a stored scan, or that it cannot be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pitchbar.codes.models import Code
from pitchbar.outcomes.past_visits import (
    added_by_code,
    find_unknowable,
    is_tag,
    is_unsure,
)
from pitchbar.rules.trials import Trial
from pitchbar.rules.visits import DescribedVisit


@dataclass(frozen=True)
class Judgement:
    """`number` is the rule that takes a scan, 0 for none, unless one of `unless` does before it:
    those depend on what is not known.
    """

    number: int
    unless: tuple[int, ...] = ()


class Judge:
    """Asks the edited list about past visits. Where a rule looks at the link, of which a stored
    scan knows little, it reckons with three answers: yes, no, and unknown.
    """

    def __init__(self, trial: Trial, code: Code) -> None:
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
            if is_sure:
                return Judgement(number, tuple(unless))
            unless.append(number)
        return Judgement(0, tuple(unless))


def _conditions_by_bit(trial: Trial) -> dict[int, Mapping[str, Any]]:
    return {
        bit: condition
        for number, bits in trial.compiled.bits_by_rule().items()
        for bit, condition in zip(bits, trial.ready[number]["conditions"], strict=True)
    }
