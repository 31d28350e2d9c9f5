"""What keeps boards quick: days that are over are rolled, newest first, and the one that runs where
it has many scans.
"""

import time
from datetime import date, timedelta

from pitchbar.analytics.sql.months import list_open_months, sum_month
from pitchbar.analytics.sql.open_days import list_open_days, list_running_days
from pitchbar.analytics.sql.rolling import roll_day
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, enqueue, every, task

_SECONDS = 45.0
# With fewer scans, today's rows are as quickly read.
LEAST_OF_RUNNING_DAY = 5_000
_DAY = timedelta(days=1)
# From then back, a day is over everywhere.
_RECENT = 2 * _DAY
_MOST_RECENT, _MOST = 100_000, 1_000


@task(queue=Queue.ANALYTICS, tries=2, schedule=every.minutes(10), missed="skip")
def roll_recent_days() -> None:
    """The last days, each as soon as it is over where its workspace is; then the hours of today."""
    until, today = time.monotonic() + _SECONDS, clock.now().date()
    _roll(today - _RECENT, today + _DAY, _MOST_RECENT)
    with db.engine.connect() as connection:
        running = list_running_days(connection, LEAST_OF_RUNNING_DAY)
    for one in running:
        if time.monotonic() < until:
            roll_day(db.engine, one)


@task(queue=Queue.ANALYTICS, tries=2, schedule=every.hour_at(23), unique_until="start")
def roll_days() -> None:
    """All before: those that late scans opened again, and all after an upgrade; then the months
    that they are of. What its time does not do, the next one does at once.
    """
    until = time.monotonic() + _SECONDS
    if not (_roll(date.min, clock.now().date() - _RECENT, _MOST) and _sum_months(until)):
        enqueue(roll_days, unique="rest")
        db.session.commit()


def _roll(first: date, last: date, most: int) -> bool:
    """Whether nothing is left to do. Each day is a transaction of its own."""
    until = time.monotonic() + _SECONDS
    with db.engine.connect() as connection:
        days = list_open_days(connection, first, last, most)
    for one in days:
        if time.monotonic() > until:
            return False
        roll_day(db.engine, one)
    return len(days) < most


def _sum_months(until: float) -> bool:
    """Whether all that are over are added up."""
    with db.engine.connect() as connection:
        months = list_open_months(connection, clock.now().date())
    for one in months:
        if time.monotonic() > until:
            return False
        sum_month(db.engine, one)
    return True
