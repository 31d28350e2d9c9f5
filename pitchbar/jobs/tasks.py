"""What the ledger does for itself, and the hook of failed jobs."""

from typing import Any

from pitchbar.jobs import Queue, every, task
from pitchbar.jobs.attempts import AttemptError
from pitchbar.jobs.declaration import find_task
from pitchbar.jobs.ledger.snapshots import take_snapshot
from pitchbar.jobs.ledger.trimming import trim_ledger


@task(queue=Queue.DEFAULT, tries=5)
def run_failed_hook(task: str, arguments: dict[str, Any], failure: dict[str, Any]) -> None:
    """Runs the `failed()` hook of a job that has failed, on that job's queue."""
    declared = find_task(task)
    if declared is not None:
        declared.run_failed_hook(AttemptError(**failure), arguments)


@task(queue=Queue.DEFAULT, tries=2, timeout=120, schedule=every.minutes(5), missed="skip")
def snapshot_queues() -> None:
    take_snapshot()


@task(queue=Queue.DEFAULT, tries=2, timeout=900, schedule=every.day_at("03:20"))
def trim() -> None:
    trim_ledger()
