"""The process of a tick, as the web server sees it."""

import sys
import time
from pathlib import Path

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.jobs.ticks.tick import TickLimits
from pitchbar.operations import tick_process
from pitchbar.operations.tick_process import TickFailed, run_tick_process

LIMITS = TickLimits(max_time=1, job_timeout=1)


def run_instead(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    command = [sys.executable, "-c", program]
    monkeypatch.setattr(tick_process, "_command", lambda limits: command)


def test_the_last_line_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    run_instead(monkeypatch, "print('a task prints this'); print('{\"done\": 2}')")

    assert run_tick_process(ROOT, LIMITS) == {"done": 2}


def test_a_pass_that_cannot_reach_its_database_has_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("APP_KEY", "a key for tests only, long enough to be one")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/pitchbar.db")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    with pytest.raises(TickFailed, match="exit code 1"):
        run_tick_process(ROOT, LIMITS)


def test_a_pass_that_a_signal_ended_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    run_instead(monkeypatch, "import os; print('{}', flush=True); os.kill(os.getpid(), 9)")

    with pytest.raises(TickFailed, match="exit code -9"):
        run_tick_process(ROOT, LIMITS)


def test_a_pass_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    run_instead(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(tick_process, "_SPARE_SECONDS", -1)
    started = time.monotonic()

    with pytest.raises(TickFailed, match="was killed"):
        run_tick_process(ROOT, LIMITS)
    assert time.monotonic() - started < 10
