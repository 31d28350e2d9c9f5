"""ClickHouse, where scans go that are too many for one database to count; the only module that
knows its library.

Nobody waits long for it: every request has its time, and after a failure nothing is asked for a
moment.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

log = logging.getLogger(__name__)
T = TypeVar("T")

_CONNECT_SECONDS = 2
# After a failure, whoever asks is told so at once.
_PAUSE_SECONDS = 2.0


class ScanStoreUnavailable(Exception):
    """It did not answer, or did not do what it was asked."""


class ScanStore:
    """One for each process; threads may share it.

    Args:
        url: `https://user:password@host:8443/database`.
        timeout: seconds that an answer may take.
    """

    def __init__(self, url: str, timeout: float = 10.0) -> None:
        self._url = url
        self._timeout = timeout
        self._client: Any = None
        self._process = 0
        self._lock = threading.Lock()
        self._paused_until = 0.0

    def query(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> Sequence[Sequence[Any]]:
        """Rows; values of people stand in `parameters`, written `{name:Type}` in the text."""
        seconds = timeout or self._timeout
        settings = {"max_execution_time": max(1, int(seconds))}
        return self._run(
            lambda client: (
                client.query(sql, parameters=dict(parameters or {}), settings=settings).result_rows
            )
        )

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        self._run(lambda client: client.command(sql, parameters=dict(parameters or {})))

    def insert(self, table: str, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        """Whole columns, all of one length."""
        self._run(
            lambda client: client.insert(
                table, columns, column_names=list(names), column_oriented=True
            )
        )

    def resume(self) -> None:
        """Asks again at once, whatever happened a moment ago."""
        self._paused_until = 0.0

    def make_database(self) -> None:
        """The one that the address names; it need not be there before."""
        base, _, name = self._url.rpartition("/")
        if "://" in base and name:
            client = ScanStore(f"{base}/default", self._timeout)
            client.command(f"CREATE DATABASE IF NOT EXISTS {name}")

    def _run(self, ask: Callable[[Any], T]) -> T:
        if time.monotonic() < self._paused_until:
            raise ScanStoreUnavailable("it did not answer a moment ago")
        try:
            return ask(self._connected())
        except Exception as error:
            # Its own errors, those of urllib3, and what a broken answer leads to.
            if not _is_refusal(error):
                self._paused_until = time.monotonic() + _PAUSE_SECONDS
            log.warning("ClickHouse: %s", _first_line(error))
            raise ScanStoreUnavailable(_first_line(error)) from error

    def _connected(self) -> Any:
        with self._lock:
            # A forked child must not write into its parent's connections.
            if self._client is None or self._process != os.getpid():
                self._client = self._connect()
                self._process = os.getpid()
            return self._client

    def _connect(self) -> Any:
        # Here, because most installations have none, and pay nothing for it.
        import clickhouse_connect

        # What went wrong is said once, by us.
        logging.getLogger("clickhouse_connect").setLevel(logging.CRITICAL)
        client: Any = clickhouse_connect.get_client(
            dsn=self._url,
            connect_timeout=_CONNECT_SECONDS,
            send_receive_timeout=self._timeout,
            query_retries=0,
            autogenerate_session_id=False,
            form_encode_query_params=True,
            show_clickhouse_errors="scrub",
            tz_mode="aware",
        )
        client.http_retries = 0
        return client


def _is_refusal(error: Exception) -> bool:
    """Whether it answered, and did not like the question."""
    return getattr(error, "code", None) is not None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
