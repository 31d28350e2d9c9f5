"""Which rule would take a stored scan, or that it cannot be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pitchbar.codes.models import Code
from pitchbar.outcomes.past_visits import added_by_code, find_unknowable, is_unsure
from pitchbar.rules.compiling import Reason
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
        self._trial = trial
        self._own = added_by_code(code)
        conditions = [one for rule in trial.ready.values() for one in rule["conditions"]]
        self._looks_at_links = any(one.get("kind") == "parameter" for one in conditions)
        self.unknowable = sorted({name for one in conditions if (name := find_unknowable(one))})

    def judge(self, scan: Any, visit: DescribedVisit) -> Judgement:
        if not self._looks_at_links:
            choice = self._trial.compiled.choose(visit, b"")
            return Judgement(choice.rule_id if choice else 0)
        unless: list[int] = []
        for reason in self._trial.compiled.explain(visit):
            holds = self._holds(self._trial.ready[reason.rule_id], reason, scan)
            if holds:
                return Judgement(reason.rule_id, tuple(unless))
            if holds is None:
                unless.append(reason.rule_id)
        return Judgement(0, tuple(unless))

    def _holds(self, rule: Mapping[str, Any], reason: Reason, scan: Any) -> bool | None:
        """None where it depends on what is not known."""
        answers = [
            None if find_unknowable(condition) or is_unsure(condition, scan, self._own) else holds
            for condition, holds in zip(rule["conditions"], reason.conditions, strict=True)
        ]
        if rule["match"] == "any" and answers:
            return True if True in answers else None if None in answers else False
        return False if False in answers else None if None in answers else True
