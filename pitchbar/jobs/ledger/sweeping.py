"""Finds what was lost: messages nobody sent or came for, and jobs whose worker died.

Every worker sweeps, and the scheduler too; each step is a conditional UPDATE, so that many may.
"""

import logging
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from pitchbar.core import clock
from pitchbar.core.database import is_database_down
from pitchbar.jobs.attempts import AttemptError
from pitchbar.jobs.ledger.claims import LEASE_SECONDS
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.endings import fail_attempt, release_attempt
from pitchbar.jobs.ledger.heartbeats import worker_name
from pitchbar.jobs.ledger.models import IS_QUEUED, IS_RUNNING, LOST, RELEASED, TIMEOUT, Job
from pitchbar.jobs.transport import transport

log = logging.getLogger(__name__)

RESEND_SECONDS = 5.0
"""A job whose message nobody came for in this time may be sent again."""
_BATCH = 500
_PASS_SECONDS = 3.0


def send_due_jobs(ledger: LedgerConnection, queues: Iterable[str]) -> int:
    """Sends the jobs that have become due, or were written where nobody could send them."""
    at = clock.now()
    due = (IS_QUEUED, Job.send_at <= at)
    found = ledger.execute(
        select(Job.id).where(*due, Job.queue.in_(tuple(queues))).order_by(Job.send_at).limit(_BATCH)
    ).scalars().all()  # fmt: skip
    return _mark_and_send(ledger, found, due, at) if found else 0


def resend_lost_messages(ledger: LedgerConnection, queues: Iterable[str]) -> int:
    """Sends again what the queue has lost: there are more jobs waiting than messages.

    While there are as many messages, each job's own is most likely still in line, however long
    that is, and sending more would only make the line longer.
    """
    return sum(_resend_missing(ledger, queue) for queue in queues)


def _resend_missing(ledger: LedgerConnection, queue: str) -> int:
    sent, until = 0, time.monotonic() + _PASS_SECONDS
    while time.monotonic() < until:
        at = clock.now()
        old = (IS_QUEUED, Job.sent_at <= at - timedelta(seconds=RESEND_SECONDS))
        missing = _count_missing(ledger, queue, old)
        if not missing:
            break
        found = ledger.execute(
            select(Job.id).where(*old, Job.queue == queue).order_by(Job.due_at)
            .limit(min(missing, _BATCH))
        ).scalars().all()  # fmt: skip
        sent += _mark_and_send(ledger, found, old, at)
    if sent:
        log.warning("sent %s jobs on %s again: their messages were lost", sent, queue)
    return sent


def _count_missing(ledger: LedgerConnection, queue: str, old: tuple[Any, ...]) -> int:
    """How many messages fewer than waiting jobs there are; 0 when no job has waited long."""
    if ledger.execute(select(Job.id).where(*old, Job.queue == queue).limit(1)).first() is None:
        return 0
    waiting = select(func.count()).where(IS_QUEUED, Job.queue == queue, Job.sent_at.is_not(None))
    return max(0, int(ledger.execute(waiting).scalar_one()) - transport.pending(queue))


def _mark_and_send(ledger: LedgerConnection, ids: Any, still: tuple[Any, ...], at: datetime) -> int:
    """Marks first, so that of several sweeps only one sends."""
    marked = ledger.execute(
        update(Job)
        .where(Job.id.in_(ids), *still)
        .values(send_at=None, sent_at=at)
        .returning(Job.id, Job.queue, Job.attempt)
    ).all()
    by_queue: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for job_id, queue, attempt in sorted(marked):
        by_queue[queue].append((job_id, attempt))
    for queue, messages in by_queue.items():
        transport.send(queue, messages)
    return len(marked)


def end_expired_leases(ledger: LedgerConnection) -> int:
    """Ends attempts whose lease is over: their worker died, or hangs past the job's time."""
    at = clock.now()
    lapsed = ledger.execute(
        select(Job.id, Job.attempt, Job.started_at, Job.timeout_seconds, Job.worker)
        .where(IS_RUNNING, Job.lease_until <= at)
        .limit(_BATCH)
    ).all()
    ended = 0
    for job_id, attempt, started_at, timeout, worker in lapsed:
        is_overdue = at - started_at >= timedelta(seconds=timeout)
        error = dead_worker_error(job_id, worker, timeout, is_overdue=is_overdue)
        ended += _end_attempt(ledger, attempt, error)
    return ended


def _end_attempt(ledger: LedgerConnection, attempt: int, error: AttemptError) -> bool:
    """One that cannot be ended must not keep the others waiting."""
    try:
        with ledger.session() as session:
            return fail_attempt(session, attempt, error)
    except Exception as failure:
        if is_database_down(failure):
            raise
        log.exception("job %s: its lost attempt cannot be ended", error.job_id)
        return False


def end_attempts_of_worker(
    ledger: LedgerConnection, worker: str, overdue: tuple[int, int] | None, traceback: str
) -> int:
    """Ends what a worker that is dead for certain had in hand, without waiting for its lease."""
    ended = 0
    for job_id, attempt, timeout in _running_attempts_of(ledger, worker):
        is_overdue = (job_id, attempt) == overdue
        stacks = traceback if is_overdue else ""
        error = dead_worker_error(
            job_id,
            worker,
            timeout,
            is_overdue=is_overdue,
            traceback=stacks,
        )
        ended += _end_attempt(ledger, attempt, error)
    return ended


def release_attempts_of_worker(ledger: LedgerConnection, worker: str, reason: str) -> None:
    """Gives back what a worker that must stop has in hand, the try too."""
    for job_id, attempt, _ in _running_attempts_of(ledger, worker):
        with ledger.session() as session:
            release_attempt(session, attempt, AttemptError(job_id, RELEASED, "", reason), 0)


def _running_attempts_of(ledger: LedgerConnection, worker: str) -> Sequence[Any]:
    held = select(Job.id, Job.attempt, Job.timeout_seconds).where(IS_RUNNING, Job.worker == worker)
    rows: Sequence[Any] = ledger.execute(held).all()
    return rows


def end_attempts_of_dead_processes(ledger: LedgerConnection) -> int:
    """Ends attempts of processes of this host that are gone, without waiting for their leases.

    For the embedded shape alone, and before its consumers start: elsewhere another container may
    have the same host name and other process numbers.
    """
    host = worker_name("").partition("/")[0]
    here = Job.worker.startswith(f"{host}/", autoescape=True)
    workers = ledger.execute(select(Job.worker).where(IS_RUNNING, here).distinct()).scalars().all()
    gone = [worker for worker in workers if not _is_alive(int(worker.split("/")[1]))]
    return sum(end_attempts_of_worker(ledger, worker, None, "") for worker in gone)


def _is_alive(pid: int) -> bool:
    """Our own number counts as gone: in a container the process before had the same."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def dead_worker_error(
    job_id: int, worker: str, timeout: int, *, is_overdue: bool, traceback: str = ""
) -> AttemptError:
    """What to write of an attempt whose worker cannot write any more."""
    if is_overdue:
        message = f"It ran longer than {timeout} s."
        return AttemptError(job_id, TIMEOUT, "JobTimeout", message, traceback)
    message = f"The worker {worker} died while it ran this."
    return AttemptError(job_id, LOST, "WorkerLost", message, traceback)


def repair_clock_skew(ledger: LedgerConnection) -> int:
    """After the clock was set back: jobs of "the future" keep their waits, not their times."""
    at = clock.now()
    ahead = ledger.execute(
        select(Job.id, Job.queued_at, Job.due_at, Job.send_at, Job.sent_at)
        .where(IS_QUEUED, Job.queued_at > at)
        .limit(10_000)
    ).all()
    for job_id, queued_at, due_at, send_at, sent_at in ahead:
        back = queued_at - at
        ledger.execute(
            update(Job)
            .where(Job.id == job_id, Job.queued_at == queued_at, IS_QUEUED)
            .values(
                queued_at=at,
                due_at=due_at - back,
                send_at=send_at and send_at - back,
                sent_at=sent_at and sent_at - back,
            )
        )
    latest = at + timedelta(seconds=LEASE_SECONDS)
    ledger.execute(
        update(Job).where(IS_RUNNING, Job.lease_until > latest).values(lease_until=latest)
    )
    return len(ahead)
