"""Every five minutes the figures are written down, for the dashboard's history."""

from datetime import timedelta
from typing import Any

from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.jobs.ledger.figures import Figures, list_figures
from pitchbar.jobs.ledger.models import JobSnapshot
from pitchbar.jobs.queues import QUEUES

WINDOW = timedelta(minutes=5)


def take_snapshot() -> int:
    """Writes a row for each queue and each task that ended in the window; returns how many.

    Twice for the same five minutes leaves the first as it is.
    """
    from pitchbar.extensions import db

    session = db.session()
    at = _start_of_window()
    figures = list_figures(session, QUEUES, WINDOW)
    rows = [_row(one) | {"at": at} for one in figures.values()]
    connection = session.connection()
    connection.execute(insert_into(connection, JobSnapshot).on_conflict_do_nothing(), rows)
    session.commit()
    return len(rows)


def _start_of_window() -> Any:
    at = clock.now()
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def _row(figures: Figures) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: getattr(figures, name)
        for name in ("queue", "task", "depth", "oldest_wait_ms", "done", "failed")
    }
    for number in (50, 95, 99):
        row[f"wait_p{number}_ms"] = figures.wait_ms(number / 100)
        row[f"run_p{number}_ms"] = figures.run_ms(number / 100)
    return row
