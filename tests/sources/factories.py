"""Sites that can be read, and workers that read them at once."""

from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.heartbeats import worker_name
from pitchbar.jobs.ledger.models import QUEUED, Job
from pitchbar.jobs.queues import Queue
from pitchbar.jobs.transport import transport
from pitchbar.jobs.workers.consumer import Consumer, WorkerControl
from pitchbar.jobs.workers.current_job import CurrentJob
from pitchbar.settings import current_settings
from pitchbar.sources.models import Generation, Page, Source
from pitchbar.sources.services import create_source
from pitchbar.workspaces.models import Workspace
from tests.support.hostile_site import HostileSite, page

_WORDS = (Path(__file__).parent / "words.txt").read_text().split()


def words(number: int, count: int = 60) -> str:
    """Sentences that no other number has."""
    picked = [
        _WORDS[(number * 7 + place * (number % 5 + 3)) % len(_WORDS)] for place in range(count)
    ]
    parts = [" ".join(picked[start : start + 12]) for start in range(0, count, 12)]
    return " ".join(f"Number {number}.{place} says {part}." for place, part in enumerate(parts))


def article(number: int, links: str = "", more: str = "") -> str:
    return (
        f"<nav>{links}</nav><main><article><h1>Article {number}</h1><p>{words(number)}</p>"
        f"<h2>More of {number}</h2><p>{words(number + 1000)}</p>{more}</article></main>"
    )


def make_site(site: HostileSite, count: int, more: str = "") -> list[str]:
    """So many pages, each of which links to all others; returns their addresses."""
    paths = ["/", *(f"/page/{number}" for number in range(1, count))]
    links = " ".join(f'<a href="{path}">{path}</a>' for path in paths)
    for number, path in enumerate(paths):
        site.pages[path] = page(article(number, links, more))
    return [site.url(path) for path in paths]


def make_source(workspace: Workspace, kind: str = "site", **values: Any) -> Source:
    source = create_source(workspace, SYSTEM, current_settings(), kind=kind, **values)
    db.session.commit()
    return source


def work_off(*queues: Queue, most: int = 10_000) -> int:
    """Runs what waits as workers do, without their waits: what is due later is due now. Returns
    how many jobs ran.
    """
    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # of the proxy, unknown to its type
    db.session.rollback()
    ledger, ran = LedgerConnection(current_settings().database_url), 0
    try:
        while ran < most and (ids := _waiting(queues or (Queue.CRAWL, Queue.INDEX, Queue.DEFAULT))):
            for found, job_id, attempt in ids:
                transport.send(found, [(job_id, attempt)])
            for queue in queues or (Queue.CRAWL, Queue.INDEX, Queue.DEFAULT):
                name = worker_name(queue)
                # One job for each message, so that `most` can be kept.
                control = WorkerControl()
                control.paused = frozenset({queue})
                consumer = Consumer(name, queue, app, ledger, control, CurrentJob())
                while ran < most and (message := transport.receive_now(queue)) is not None:
                    ran += consumer.process(message)
    finally:
        ledger.close()
    db.session.expire_all()
    return ran


def _waiting(queues: tuple[Queue, ...]) -> list[tuple[str, int, int]]:
    is_waiting = (Job.state == QUEUED, Job.queue.in_(queues))
    db.session.execute(update(Job).where(*is_waiting).values(due_at=clock.now()))
    db.session.commit()
    rows = db.session.execute(select(Job.queue, Job.id, Job.attempt).where(*is_waiting))
    found = [(queue, job_id, attempt) for queue, job_id, attempt in rows]
    db.session.rollback()
    return found


def latest(source: Source) -> Generation:
    query = select(Generation).where(Generation.source_id == source.id)
    found = db.session.scalar(query.order_by(Generation.number.desc()).limit(1))
    assert found is not None
    return found


def pages_of(generation: Generation) -> dict[str, Page]:
    """By the path of their address."""
    query = select(Page).where(Page.generation_id == generation.id).order_by(Page.id)
    return {"/" + one.url.split("/", 3)[-1]: one for one in db.session.scalars(query)}
