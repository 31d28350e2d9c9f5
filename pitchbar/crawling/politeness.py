"""Turns: how far apart the pages of one host are started, over all workers and processes.

One row for a host, one statement for a turn: the database decides, by its own clock where it has
one, so that no two ever start within the pause.
"""

import time
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, Float, and_, cast, extract, func, literal, select

from pitchbar.core.database import insert_into
from pitchbar.crawling.errors import MAX_RETRY_AFTER
from pitchbar.crawling.models import CrawlHost
from pitchbar.crawling.settings import CrawlSettings
from pitchbar.extensions import db
from pitchbar.settings import current_settings

# What robots.txt may ask for.
MAX_DELAY = 60.0
_LOOK_AGAIN = 0.25


def host_of(url: str) -> str:
    """Whose turn it is: the host, with its port unless that is the usual one."""
    parts = urlsplit(url)
    host, usual = (parts.hostname or "").lower(), 443 if parts.scheme == "https" else 80
    return f"{host}:{parts.port}" if parts.port and parts.port != usual else host


def spacing_of(delay: float | None) -> float:
    """Seconds between two pages of a host whose robots.txt asks for `delay`."""
    return max(current_settings()[CrawlSettings].crawl_host_pause, min(delay or 0.0, MAX_DELAY))


def reserve(host: str, spacing: float) -> float:
    """0: go now, the turn is mine. Else the seconds to wait before asking again.

    Opens a transaction of its own: call it while none that writes is open.
    """
    with db.engine.connect() as connection:
        now = _begin(connection)
        is_free = and_(CrawlHost.next_at <= now, CrawlHost.rests_until <= now)
        first = insert_into(connection, CrawlHost).values(
            host=host, next_at=now + spacing, rests_until=0.0
        )
        mine = first.on_conflict_do_update(
            index_elements=["host"], set_={"next_at": now + spacing}, where=is_free
        ).returning(CrawlHost.host)
        is_mine = connection.execute(mine).first() is not None
        wait = 0.0 if is_mine else _seconds_left(connection, host, now)
        connection.commit()
    return wait


def rest(host: str, seconds: float) -> None:
    """Nobody asks the host for so long, as it wants it so."""
    _put_off(host, rests_until=min(seconds, MAX_RETRY_AFTER))


def put_off(host: str, spacing: float) -> None:
    """It was asked out of turn, as by a redirect: the next turn is later."""
    _put_off(host, next_at=spacing)


def wait_for_turn(host: str, spacing: float, until: float) -> bool:
    """Waits for a turn; False when there is none before `until` (of `time.monotonic`)."""
    while wait := reserve(host, spacing):
        left = until - time.monotonic()
        if wait > left:
            return False
        time.sleep(min(wait, _LOOK_AGAIN))
    return True


def _put_off(host: str, **seconds: float) -> None:
    with db.engine.connect() as connection:
        now = _begin(connection)
        given = {name: now + later for name, later in seconds.items()}
        times = {"next_at": literal(0.0), "rests_until": literal(0.0), **given}
        statement = insert_into(connection, CrawlHost).values(host=host, **times)
        later = {
            name: _later(connection, getattr(CrawlHost, name), times[name]) for name in seconds
        }
        statement = statement.on_conflict_do_update(index_elements=["host"], set_=later)
        connection.execute(statement)
        connection.commit()


def _seconds_left(connection: Connection, host: str, now: ColumnElement[float]) -> float:
    left = _later(connection, CrawlHost.next_at, CrawlHost.rests_until) - now
    found = connection.execute(select(left).where(CrawlHost.host == host)).scalar_one()
    # Never 0, which would mean that it is one's turn.
    return max(float(found), 0.001)


def _later(connection: Connection, *times: Any) -> ColumnElement[float]:
    """The greatest; each database has a name of its own for it."""
    return (func.max if connection.dialect.name == "sqlite" else func.greatest)(*times)


def _begin(connection: Connection) -> ColumnElement[float]:
    """What time it is. On SQLite all are on this machine; its lock is taken before the clock is
    read, so that nobody who waited for it decides by an old time.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return literal(time.time())
    return cast(extract("epoch", func.clock_timestamp()), Float(53))
