"""Sources whose documents are there, as if they had just been read."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import list_tasks
from pitchbar.jobs.ledger.models import Job
from pitchbar.sources.crawls.queues import hash_of
from pitchbar.sources.crawls.storing import store_document
from pitchbar.sources.generations import start_indexing
from pitchbar.sources.models import (
    CRAWLING,
    READ,
    SITE,
    Chunk,
    Document,
    Generation,
    Page,
    Source,
)

OPENING = "# Opening hours\n\nThe café opens at seven in the morning and closes at six."
REFUNDS = (
    "# Refunds\n\nMoney comes back within fourteen days. Write to the till with the receipt.\n\n"
    "## Vouchers\n\nA voucher is worth three years and is never paid out."
)
PARKING = "# Parking\n\nBehind the house are twelve places for bicycles and none for cars."


@dataclass(frozen=True)
class Text:
    """What reading a page gives."""

    title: str
    markdown: str
    language: str = "en"
    url: str = ""


def make_source(workspace_id: int, name: str = "Handbook") -> Source:
    source = Source(workspace_id=workspace_id, kind=SITE, name=name, status=CRAWLING)
    db.session.add(source)
    db.session.commit()
    return source


def make_generation(source: Source, texts: Sequence[Text]) -> Generation:
    """Read, and called into the index: its jobs wait."""
    latest = db.session.scalar(
        select(Generation.number)
        .where(Generation.source_id == source.id)
        .order_by(Generation.number.desc())
    )
    generation = Generation(
        workspace_id=source.workspace_id,
        source_id=source.id,
        number=(latest or 0) + 1,
        read_at=clock.now(),
    )
    db.session.add(generation)
    db.session.flush()
    for place, text in enumerate(texts):
        url = text.url or f"https://site.example/{text.title.lower().replace(' ', '-')}"
        document = store_document(source, url, text)
        _add_page(generation, f"{url}#{place}", document)
    generation.documents = len(texts)
    start_indexing(generation)
    db.session.commit()
    return generation


def make_indexed(workspace_id: int, texts: Sequence[Text], name: str = "Handbook") -> Source:
    source = make_source(workspace_id, name)
    make_generation(source, texts)
    run_jobs()
    return source


def handbook() -> list[Text]:
    return [
        Text("Opening hours", OPENING),
        Text("Refunds", REFUNDS),
        Text("Parking", PARKING),
    ]


def run_jobs(task_prefix: str = "retrieval.") -> list[str]:
    """Runs what waits in the ledger here and now, in its order and what it calls for as well,
    whatever its time is; returns the names.
    """
    ran = []
    while job := next_job(task_prefix):
        ran.append(job.task)
        run_job(job)
    return ran


def run_job(job: Job) -> None:
    """As a worker does: it is taken first, which frees what makes it unique."""
    declared = next(one for one in list_tasks() if one.name == job.task)
    arguments = dict(job.arguments)
    db.session.delete(job)
    db.session.commit()
    declared(**arguments)


def next_job(task_prefix: str = "retrieval.") -> Job | None:
    waiting = select(Job).where(Job.task.startswith(task_prefix)).order_by(Job.due_at, Job.id)
    return db.session.scalars(waiting.limit(1)).first()


def chunk_count(source: Source) -> int:
    documents = select(Document.id).where(Document.source_id == source.id)
    return len(list(db.session.scalars(select(Chunk.id).where(Chunk.document_id.in_(documents)))))


def _add_page(generation: Generation, url: str, document: Document) -> None:
    page = Page(
        workspace_id=generation.workspace_id,
        source_id=generation.source_id,
        generation_id=generation.id,
        url=url,
        url_hash=hash_of(url),
        state=READ,
        document_id=document.id,
    )
    db.session.add(page)
