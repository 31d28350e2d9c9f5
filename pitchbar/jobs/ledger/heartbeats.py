"""Rows that say which workers are alive, and which queues are paused."""

import os
import resource
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import JobWorker, QueueState

ALIVE_SECONDS = 20.0
"""A worker not seen for this long is shown as dead."""


def worker_name(queue: str, pid: int = 0) -> str:
    """host/pid/queue, of this process by default; stands in the ledger beside each attempt."""
    return f"{socket.gethostname()[:60]}/{pid or os.getpid()}/{queue}"


def record_heartbeat(
    ledger: LedgerConnection, name: str, queues: str, started_at: datetime, job_id: int | None
) -> None:
    changing = {"seen_at": clock.now(), "job_id": job_id, "rss_bytes": rss_bytes()}
    row = {
        "id": name,
        "host": socket.gethostname()[:80],
        "pid": os.getpid(),
        "queues": queues,
        "started_at": started_at,
    }
    statement = insert_into(ledger.engine, JobWorker).values(**row, **changing)
    ledger.execute(statement.on_conflict_do_update(index_elements=[JobWorker.id], set_=changing))


def remove_worker(ledger: LedgerConnection, name: str) -> None:
    ledger.execute(delete(JobWorker).where(JobWorker.id == name))


def find_living_worker(session: Session) -> JobWorker | None:
    """The one that was seen last, where it is alive."""
    since = clock.now() - timedelta(seconds=ALIVE_SECONDS)
    alive = select(JobWorker).where(JobWorker.seen_at > since)
    return session.scalars(alive.order_by(JobWorker.seen_at.desc()).limit(1)).first()


def list_paused_queues(ledger: LedgerConnection) -> frozenset[str]:
    paused = select(QueueState.queue).where(QueueState.paused_at.is_not(None))
    return frozenset(ledger.execute(paused).scalars())


def rss_bytes() -> int:
    """Memory that this process holds now; where the system does not say, its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
