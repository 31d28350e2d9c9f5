import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import every
from pitchbar.jobs.ledger import heartbeats
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import Job, ScheduleRun
from pitchbar.jobs.ledger.queries import is_alive, list_workers
from pitchbar.jobs.schedule import Schedule
from pitchbar.jobs.triggers import Trigger
from pitchbar.jobs.workers import Scheduler
from pitchbar.settings import Settings
from tests.jobs.processes import Workers
from tests.jobs.sample_tasks import tick_tock
from tests.support.servers import on_both_databases
from tests.support.waiting import wait_until

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TICK_TOCK = replace(tick_tock, trigger=every.minutes(5))


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def finish_all() -> None:
    """As workers would: the job before no longer stands in the way."""
    db.session.rollback()
    for job in db.session.execute(select(Job)).scalars():
        job.state, job.unique_key = "done", None
    db.session.commit()


@pytest.fixture
def every_five(ledger: LedgerConnection, app: Flask) -> Schedule:
    return Schedule(ledger, [TICK_TOCK])


@pytest.mark.parametrize(
    ("trigger", "due", "not_due"),
    [
        (every.minutes(15), (12, 45), (12, 44)),
        (every.hour_at(7), (3, 7), (3, 8)),
        (every.day_at("03:20"), (3, 20), (4, 20)),
        (every.cron("0 8 * * 3"), (8, 0), (9, 0)),
    ],
)
def test_trigger_matches_its_minutes(
    trigger: Trigger, due: tuple[int, int], not_due: tuple[int, int]
) -> None:
    assert trigger(NOON.replace(hour=due[0], minute=due[1]))
    assert not trigger(NOON.replace(hour=not_due[0], minute=not_due[1]))


def test_trigger_of_another_day_does_not_match() -> None:
    assert not every.cron("0 12 * * 4")(NOON)


@pytest.mark.parametrize("expression", ["* * * *", "61 * * * *", "x * * * *", "*/5 * * * mon"])
def test_trigger_that_cannot_be_read_is_refused(expression: str) -> None:
    with pytest.raises(ValueError, match=r"fields|valid|match"):
        every.cron(expression)


def test_period_that_does_not_divide_an_hour_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number"):
        every.minutes(7)


@on_both_databases
def test_two_schedulers_enqueue_once(ledger: LedgerConnection, app: Flask) -> None:
    tasks = [TICK_TOCK]
    one, two = Schedule(ledger, tasks), Schedule(ledger, tasks)
    assert one.tick(NOON) == [tick_tock.name]
    finish_all()
    assert two.tick(NOON) == []
    assert one.tick(NOON) == []
    assert two.tick(NOON + minutes(5)) == [tick_tock.name]


def test_minute_that_is_not_due_enqueues_nothing(every_five: Schedule) -> None:
    assert every_five.tick(NOON + minutes(1)) == []


def test_missed_minutes_are_caught_up_once(every_five: Schedule) -> None:
    every_five.tick(NOON)
    finish_all()
    assert every_five.tick(NOON + minutes(33)) == [tick_tock.name]
    finish_all()
    assert every_five.tick(NOON + minutes(34)) == []
    assert every_five.tick(NOON + minutes(35)) == [tick_tock.name]


def test_missed_minutes_are_caught_up_once_after_a_restart(
    ledger: LedgerConnection, app: Flask
) -> None:
    tasks = [replace(tick_tock, trigger=every.day_at("12:00"))]
    Schedule(ledger, tasks).tick(NOON)
    finish_all()
    after_two_days = NOON + timedelta(days=2, hours=3)
    assert Schedule(ledger, tasks).tick(after_two_days) == [tick_tock.name]
    finish_all()
    assert Schedule(ledger, tasks).tick(after_two_days + minutes(1)) == []


def test_missed_minutes_are_skipped_where_so_declared(ledger: LedgerConnection, app: Flask) -> None:
    schedule = Schedule(ledger, [replace(TICK_TOCK, missed="skip")])
    schedule.tick(NOON)
    finish_all()
    assert schedule.tick(NOON + minutes(33)) == []


def test_task_that_never_ran_has_missed_nothing(every_five: Schedule) -> None:
    assert every_five.tick(NOON + minutes(3)) == []


def test_clock_set_back_by_a_moment_runs_nothing_twice(every_five: Schedule) -> None:
    for minute in (0, 5, 6):
        every_five.tick(NOON + minutes(minute))
        finish_all()
    assert every_five.tick(NOON + minutes(4)) == []
    assert every_five.tick(NOON + minutes(5)) == []
    assert every_five.tick(NOON + minutes(10)) == [tick_tock.name]


@on_both_databases
@pytest.mark.parametrize("restarted", [False, True])
def test_clock_set_back_by_half_an_hour_stops_no_task(
    ledger: LedgerConnection, app: Flask, every_five: Schedule, restarted: bool
) -> None:
    for minute in range(-30, 3):
        every_five.tick(NOON + minutes(minute))
        finish_all()
    schedule = Schedule(ledger, [TICK_TOCK]) if restarted else every_five
    ran = []
    for minute in range(-29, 3):
        if schedule.tick(NOON + minutes(minute)):
            ran.append(minute)
        finish_all()
    assert ran == [-25, -20, -15, -10, -5, 0]


def test_second_scheduler_stays_harmless_after_the_clock_was_set_back(
    ledger: LedgerConnection, app: Flask, every_five: Schedule
) -> None:
    other = Schedule(ledger, [TICK_TOCK])
    for schedule in (every_five, other):
        schedule.tick(NOON)
    finish_all()
    back = NOON - minutes(30)
    assert every_five.tick(back) == [tick_tock.name]
    finish_all()
    assert other.tick(back) == []


def test_jobs_of_a_task_do_not_pile_up_when_no_worker_runs(every_five: Schedule) -> None:
    for minute in (0, 5, 10):
        every_five.tick(NOON + minutes(minute))
    assert len(db.session.execute(select(Job)).all()) == 1
    assert len(db.session.execute(select(ScheduleRun)).all()) == 3


def test_scheduler_runs_in_a_thread_and_is_seen(app: Flask, settings: Settings) -> None:
    scheduler = Scheduler(settings.database_url, [replace(tick_tock, trigger=every.minutes(1))])
    scheduler.start()

    def jobs() -> int:
        db.session.rollback()
        return len(db.session.execute(select(Job)).all())

    wait_until(lambda: jobs() == 1)
    assert [worker.queues for worker in list_workers(db.session()) if is_alive(worker)] == [
        "schedule"
    ]
    scheduler.stop()

    def is_gone() -> bool:
        db.session.rollback()
        return not list_workers(db.session())

    wait_until(is_gone)


def test_dead_worker_is_shown_as_such(
    ledger: LedgerConnection, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    heartbeats.record_heartbeat(ledger, "host/1/crawl", "crawl", clock.now(), 7)
    (worker,) = list_workers(db.session())
    assert (worker.job_id, is_alive(worker)) == (7, True)
    assert worker.rss_bytes > 1_000_000
    later = clock.now() + timedelta(hours=23)
    monkeypatch.setattr(clock, "now", lambda: later)
    db.session.rollback()
    assert [is_alive(one) for one in list_workers(db.session())] == [False]


def test_command_ends_when_told(settings: Settings, workers: Workers) -> None:
    process = workers.start_scheduler()
    wait_until(lambda: "scheduler is ready" in workers.log, 120)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
