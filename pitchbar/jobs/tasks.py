"""What the ledger does for itself, and the hook of failed jobs."""

from typing import Any

from pitchbar.jobs.attempts import Failure
from pitchbar.jobs.declaration import find_task, task
from pitchbar.jobs.ledger.snapshots import take_snapshot
from pitchbar.jobs.ledger.trimming import trim_ledger
from pitchbar.jobs.queues import DEFAULT
from pitchbar.jobs.schedule import Periodic
from pitchbar.jobs.triggers import daily_at, every_minutes


@task(queue=DEFAULT, tries=5)
def run_failed_hook(task: str, arguments: dict[str, Any], failure: dict[str, Any]) -> None:
    """Runs the `failed()` hook of a job that has failed, on that job's queue."""
    declared = find_task(task)
    if declared is not None:
        declared.run_failed_hook(Failure(**failure), arguments)


@task(queue=DEFAULT, tries=2, timeout=120)
def snapshot_queues() -> None:
    take_snapshot()


@task(queue=DEFAULT, tries=2, timeout=900)
def trim() -> None:
    trim_ledger()


PERIODIC = (
    Periodic(snapshot_queues, every_minutes(5), missed="skip"),
    Periodic(trim, daily_at("03:20")),
)
