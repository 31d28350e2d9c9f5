"""A run as its page shows it: groups of findings, what is still to come, and a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pitchbar.core.checks import GROUPS, Check
from pitchbar.operations.release.models import FAILED, PASSED, RUNNING, ReleaseRun
from pitchbar.operations.release.recording import is_running

_STATES = ("failed", "warning", "ok", "skipped")


@dataclass(frozen=True)
class ShownCheck:
    """`state` is that of a finding, or "waiting", or "running"."""

    name: str
    title: str
    state: str
    sentence: str = ""
    remedy: str = ""
    ms: int | None = None


@dataclass(frozen=True)
class ShownRun:
    run: ReleaseRun
    is_running: bool
    groups: list[tuple[str, list[ShownCheck]]]
    counts: dict[str, int]

    @property
    def looked_at(self) -> int:
        """How many can pass: those that are set up here."""
        return sum(self.counts.values()) - self.counts["skipped"]

    @property
    def passed(self) -> int:
        return self.counts["ok"] + self.counts["warning"]

    @property
    def is_broken_off(self) -> bool:
        return self.run.state == RUNNING and not self.is_running

    @property
    def has_passed(self) -> bool:
        return self.run.state == PASSED

    @property
    def has_failed(self) -> bool:
        return self.run.state == FAILED

    @property
    def made(self) -> int:
        return len(self.run.findings)

    @property
    def expected(self) -> int:
        return max(self.run.expected, self.made, 1)


def show_run(run: ReleaseRun, checks: Sequence[Check]) -> ShownRun:
    goes_on = is_running(run)
    made = {str(one["name"]): one for one in run.findings}
    rows: dict[str, list[ShownCheck]] = {group: [] for group in GROUPS}
    for one in run.findings:
        rows.setdefault(str(one["group"]), []).append(_as_shown(one))
    if goes_on:
        for check in checks:
            if check.name not in made:
                state = "running" if check.title == run.looked_at else "waiting"
                rows[check.group].append(ShownCheck(check.name, check.title, state))
    counts = {state: sum(one["state"] == state for one in run.findings) for state in _STATES}
    return ShownRun(run, goes_on, [pair for pair in rows.items() if pair[1]], counts)


def _as_shown(one: dict[str, Any]) -> ShownCheck:
    return ShownCheck(
        one["name"], one["title"], one["state"], one["sentence"], one["remedy"], one["ms"]
    )
