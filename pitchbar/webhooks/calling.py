"""Calls for the jobs that deliver."""

import logging
import time
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pitchbar.jobs import Task, enqueue

log = logging.getLogger(__name__)
_CALL_EVERY_SECONDS = 0.25
_RETRY_SECONDS = 2.0


class Pumps:
    """The task, which stands above and says so when it is declared; and how many may run."""

    task: Task | None = None
    count = 1


def call_pumps(on: Session | None = None) -> None:
    """One job for each that may run at once. They are unique: one that runs already sees by itself
    what there is.
    """
    task = Pumps.task
    if task is not None:
        for number in range(Pumps.count):
            enqueue(task, number, on=on, unique=f"{task.name}:{number}")


class SoonCall:
    """Remembers that facts were written down, and calls once their transaction is over: on its bare
    connection a call would be heard a second late.
    """

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._not_before = 0.0

    def mark(self, engine: Engine) -> None:
        self._engine = engine

    def flush(self, _message: dict[str, Any] | None = None) -> None:
        """Never raises: the schedule calls every minute, too."""
        engine, now = self._engine, time.monotonic()
        if engine is None or now < self._not_before:
            return
        self._engine, self._not_before = None, now + _CALL_EVERY_SECONDS
        try:
            with Session(engine) as session, session.begin():
                call_pumps(session)
        except Exception as error:
            self._engine, self._not_before = engine, now + _RETRY_SECONDS
            log.warning("deliveries of webhooks are called for again soon: %s", error)


call_pumps_soon = SoonCall()
