"""Access of workers to the ledger: an autocommit connection for each thread, mended when broken.

Claim and finish are single statements. On PostgreSQL their commit does not wait for the disk: when
the server itself crashes, a claim or a finish of its last moments may be forgotten, and then the
job runs again, as it does when a worker dies. Enqueueing always waits.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

from pitchbar.core.database import engine_options


class LedgerConnection:
    """Make one per process, after forking.

    Args:
        database_url: where the ledger is.
        threads: how many threads will use it at once.
    """

    def __init__(self, database_url: str, threads: int = 2) -> None:
        self.engine = make_engine(database_url, threads)
        self._auto = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._own = threading.local()

    def execute(self, statement: Any, values: Any = None) -> Any:
        """Runs one statement, committed at once; a broken connection is given up on error."""
        try:
            return self._connection().execute(statement, values)
        except Exception:
            self.release()
            raise

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction; what it enqueues is sent after the commit."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def release(self) -> None:
        """Gives this thread's connection back."""
        connection: Connection | None = getattr(self._own, "connection", None)
        self._own.connection = None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
            with suppress(Exception):
                connection.close()

    def close(self) -> None:
        self.release()
        self.engine.dispose()

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._auto.connect()
        return connection


def make_engine(database_url: str, threads: int) -> Engine:
    options = engine_options(database_url)
    if database_url.startswith("sqlite"):
        return create_engine(database_url, **options)
    # No ping before each use: a claim costs one round trip, and errors are retried anyway.
    options |= {"pool_size": threads * 2, "max_overflow": 4, "pool_pre_ping": False}
    engine = create_engine(database_url, **options)
    event.listen(engine, "connect", _relax_commit)
    return engine


def _relax_commit(connection: Any, _record: Any) -> None:
    before = connection.autocommit
    connection.autocommit = True
    connection.execute("SET synchronous_commit = off")
    connection.autocommit = before
