"""What a tick asks of the ledger and of the queues: what is due, and who else serves them."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from pitchbar.core import clock
from pitchbar.jobs.ledger import heartbeats
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import QUEUED, Job, JobWorker
from pitchbar.jobs.transport import transport

log = logging.getLogger(__name__)

# A scheduler shows itself once a minute.
_SCHEDULER_ALIVE_SECONDS = 90.0
_DROP_SECONDS = 1.0


def _due(queue: str) -> tuple[Any, ...]:
    return (Job.state == QUEUED, Job.queue == queue, Job.due_at <= clock.now())


def find_due(ledger: LedgerConnection, queue: str) -> Any:
    """(id, attempt) of the job that has waited longest; None when none is due."""
    oldest = select(Job.id, Job.attempt).where(*_due(queue)).order_by(Job.due_at, Job.id).limit(1)
    return ledger.execute(oldest).first()


def count_due(ledger: LedgerConnection, queue: str) -> int:
    return int(ledger.execute(select(func.count()).where(*_due(queue))).scalar_one())


def is_scheduler_alive(ledger: LedgerConnection) -> bool:
    return "schedule" in _list_served_queues(ledger, _SCHEDULER_ALIVE_SECONDS)


def _list_served_queues(ledger: LedgerConnection, seconds: float) -> set[str]:
    """The queues of processes that were seen in the last `seconds`, this one left out."""
    since = clock.now() - timedelta(seconds=seconds)
    alive = select(JobWorker.queues).where(
        JobWorker.seen_at > since, JobWorker.id.not_like("%/tick")
    )
    return {queue for queues in ledger.execute(alive).scalars() for queue in queues.split(",")}


def drop_messages(ledger: LedgerConnection, queues: Sequence[str]) -> None:
    """Where no worker comes for them, messages would only pile up: the ledger has the jobs."""
    served = _list_served_queues(ledger, heartbeats.ALIVE_SECONDS)
    until = time.monotonic() + _DROP_SECONDS
    try:
        for queue in sorted(set(queues) - served):
            while time.monotonic() < until and transport.pending(queue):
                _drop_one(queue)
    except Exception as error:
        log.warning("tick: messages stay on their queue: %s", error)


def _drop_one(queue: str) -> None:
    try:
        transport.receive(queue)
    except ValueError as error:
        log.error("dropped: %s", error)
