"""Rows of the ledger as workers would leave them."""

from datetime import timedelta
from typing import Any

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, task
from pitchbar.jobs.ledger.models import Job


@task(queue=Queue.CRAWL, tries=3, name="tests.fetch_page")
def fetch_page(page_id: int) -> None:
    """Stands in the ledger; no worker runs in these tests."""


def make_job(state: str = "queued", *, age: timedelta = timedelta(), **fields: Any) -> Job:
    at = clock.now() - age
    ended = state in ("done", "failed")
    values: dict[str, Any] = {
        "queue": "crawl",
        "task": "tests.fetch_page",
        "arguments": {"page_id": 1},
        "state": state,
        "timeout_seconds": 60,
        "tries": 3,
        "tries_used": 3 if state == "failed" else 0,
        "attempt": 0 if state == "queued" else 3,
        "created_at": at,
        "queued_at": at,
        "due_at": at,
        "send_at": at,
        "started_at": None if state == "queued" else at,
        "lease_until": clock.now() + timedelta(seconds=20) if state == "running" else None,
        "finished_at": at if ended else None,
        "wait_ms": 40 if ended else None,
        "run_ms": 300 if ended else None,
        "error_class": "httpx.ReadTimeout" if state == "failed" else None,
        "error_message": "The page did not answer" if state == "failed" else None,
    }
    job = Job(**{**values, **fields})
    db.session.add(job)
    db.session.commit()
    return job
