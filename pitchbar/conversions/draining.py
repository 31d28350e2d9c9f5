"""Storing conversions at scale: a job of the ledger drains their Redis stream, as that of the scans
does (`scans/draining.py`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pitchbar.conversions.factories import make_ingestion
from pitchbar.jobs import Queue, every, task
from pitchbar.scans.draining import Stream, add_stream, drain_by
from pitchbar.scans.factories import make_engine
from pitchbar.scans.inbox import RedisInbox, connect
from pitchbar.settings import Settings

if TYPE_CHECKING:
    from pitchbar.conversions.ingestion import ConversionIngestion

STREAM = "pitchbar:conversions"


@task(
    queue=Queue.INGESTION,
    tries=10,
    waits=(1, 2, 5, 15, 30),
    timeout=90,
    unique_until="start",
    schedule=every.minutes(5),
    missed="skip",
    name="conversions.drain_inbox",
)
def drain_inbox() -> None:
    """Stores the conversions that wait in Redis. Embedded there is nothing to do."""
    drain_by(drain_inbox.name)


@cache
def _consumer_parts(settings: Settings) -> tuple[RedisInbox, ConversionIngestion]:
    """Once for each process."""
    # Imported here, because the edge declares this task too, and runs without Flask.
    from pitchbar.extensions import bus

    inbox = RedisInbox(connect(settings.redis_url), STREAM)
    return inbox, make_ingestion(settings, make_engine(settings), bus)


def _open_stream(settings: Settings) -> Stream:
    inbox, ingestion = _consumer_parts(settings)
    return Stream(inbox, ingestion.ingest)


add_stream(drain_inbox.name, _open_stream)
