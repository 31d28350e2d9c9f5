"""Questions that are given up after some seconds, so that no page hangs and no worker with it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, ProgrammingError

from pitchbar.analytics.engine import EngineUnavailable
from pitchbar.extensions import db

# How many steps SQLite takes between two looks at the clock: a millisecond or so.
_STEPS = 20_000

_ON_POSTGRESQL = (
    # Compiling pays for questions of many seconds alone; sorting on disk for none.
    "jit = off",
    "work_mem = '64MB'",
    # A plan that suits any span and filter suits none of them.
    "plan_cache_mode = force_custom_plan",
    # Rows are handed over once, and read many times: a second process pays where there are many.
    "parallel_tuple_cost = 0.01",
    "max_parallel_workers_per_gather = 1",
)


@contextmanager
def bounded(seconds: float) -> Iterator[Connection]:
    """The session's own connection, for reading: what the request has done so far is seen.

    Raises:
        EngineUnavailable: when the time is over, or the database away.
    """
    try:
        connection = db.session.connection()
        bound = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgresql
        with bound(connection, seconds):
            yield connection
    except ProgrammingError:
        # No shorter time would help: it is ours to mend, and is reported as a fault.
        raise
    except DBAPIError as error:
        raise EngineUnavailable(str(error.orig)) from error


@contextmanager
def _on_postgresql(connection: Connection, seconds: float) -> Iterator[None]:
    """Within a savepoint: a question that is given up leaves the rest of the request unharmed."""
    with connection.begin_nested():
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(seconds * 1000)}")
        for setting in _ON_POSTGRESQL:
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        yield
        connection.exec_driver_sql("SET LOCAL statement_timeout = DEFAULT")


@contextmanager
def _on_sqlite(connection: Connection, seconds: float) -> Iterator[None]:
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101  # a connection that is open has one
    until = time.monotonic() + seconds
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
    try:
        yield
    finally:
        driver.set_progress_handler(None, 0)
