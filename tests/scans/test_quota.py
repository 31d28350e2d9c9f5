"""How many scans a plan records in a month, by one process and by several, and what comes then."""

import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans import quota as quota_module
from pitchbar.scans.models import UnrecordedScans
from pitchbar.scans.quota import Allowance, find_month
from pitchbar.scans.spool import Spool
from pitchbar.scans.unrecorded import Unrecorded
from pitchbar.workspaces import plans
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import FREE
from tests.scans.conftest import Ingest
from tests.scans.edging import call_edge, read_spool
from tests.scans.limiting import Process, make_process
from tests.scans.lines import make_line
from tests.scans.spooling import ship
from tests.support.factories import make_code
from tests.support.servers import RedisServer, on_both_databases
from tests.support.waiting import wait_until

LIMIT = 20


class Now:
    """The time that quotas see."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 12, 9, tzinfo=UTC)
        self.steady = 0.0

    def time_ns(self) -> int:
        return round(self.at.timestamp() * 1e9)

    def monotonic(self) -> float:
        return self.steady


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> Now:
    """Of quotas and of the edge alike."""
    now = Now()
    monkeypatch.setattr(quota_module, "time", now)
    monkeypatch.setattr("pitchbar.scans.edge.time", now)
    monkeypatch.setattr(clock, "now", lambda: now.at)
    return now


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that records few."""
    monkeypatch.setitem(plans.PLANS, FREE, replace(plans.PLANS[FREE], scans=LIMIT))


@pytest.fixture
def code(workspace: Workspace, small: None, now: Now) -> Code:
    return make_code(workspace, short_code="menu")


@pytest.fixture
def alone(code: Code, engine: Engine, spool: Spool) -> Process:
    return make_process(engine, spool, has_quota=True)


@pytest.fixture
def shared(code: Code, redis_url: str) -> str:
    """All tests have one, and each a workspace of the same id."""
    return redis_url


@pytest.fixture
def server(restartable_redis: RedisServer) -> RedisServer:
    restartable_redis.start()
    return restartable_redis


def scan(process: Process, count: int = 1, **environ: str) -> list[int]:
    return [call_edge(process.edge, "/t/menu", **environ).status for _ in range(count)]


def unrecorded(engine: Engine, process: Process) -> list[tuple[int, int, date]]:
    """As the database has it, once all is written."""
    process.counting.close()
    query = select(UnrecordedScans.code_id, UnrecordedScans.scans, UnrecordedScans.month)
    with engine.connect() as connection:
        rows = connection.execute(query.order_by(UnrecordedScans.month)).all()
    return [(code_id, scans, month) for code_id, scans, month in rows]


@on_both_databases
def test_scans_beyond_the_plan_are_led_on_and_not_recorded(
    code: Code, engine: Engine, spool: Spool
) -> None:
    process = make_process(engine, spool, has_quota=True)
    assert scan(process, LIMIT + 7) == [302] * (LIMIT + 7)
    assert len(read_spool(spool)) == LIMIT
    assert unrecorded(engine, process) == [(code.id, 7, date(2026, 11, 1))]
    # Written again and again, each time as a whole.
    scan(process, 2)
    assert unrecorded(engine, process) == [(code.id, 9, date(2026, 11, 1))]


def test_head_and_robots_count_as_every_recorded_scan(
    alone: Process, spool: Spool, engine: Engine, code: Code
) -> None:
    for _ in range(LIMIT):
        call_edge(alone.edge, "/t/menu", method="HEAD")
    scan(alone, 1, HTTP_USER_AGENT="WhatsApp/2.0")
    assert len(read_spool(spool)) == LIMIT
    assert unrecorded(engine, alone)[0][1] == 1


def test_scans_of_the_month_count_stored_or_waiting(
    workspace: Workspace, code: Code, engine: Engine, spool: Spool, ingest: Ingest, now: Now
) -> None:
    own: dict[str, Any] = {
        "workspace_id": workspace.id,
        "code_id": code.id,
        "time_zone": "Europe/Zurich",
    }
    # The first scan is October's by the clocks of Zurich, the second November's.
    ingest(
        make_line(datetime(2026, 10, 31, 22, 59, tzinfo=UTC), **own),
        make_line(datetime(2026, 10, 31, 23, 1, tzinfo=UTC), **own),
    )
    scan(make_process(engine, spool, has_quota=True), 9)
    ingest(*(line + b"\n" for line in ship(spool)))
    scan(make_process(engine, spool, has_quota=True), 4)

    # Restarted after a kill: 1 and 9 are stored, 4 wait.
    process = make_process(engine, spool, has_quota=True)
    scan(process, LIMIT)
    # The file of those that are stored is still there.
    assert len(read_spool(spool)) == 9 + 4 + LIMIT - 14
    assert unrecorded(engine, process)[0][1] == 14


def test_new_month_begins_by_the_clocks_of_the_workspace(
    alone: Process, code: Code, engine: Engine, spool: Spool, now: Now
) -> None:
    now.at = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    scan(alone, LIMIT + 3)
    now.at = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    scan(alone, 2)
    assert len(read_spool(spool)) == LIMIT + 2
    scan(alone, LIMIT)
    assert unrecorded(engine, alone) == [
        (code.id, 3, date(2026, 11, 1)),
        (code.id, 2, date(2026, 12, 1)),
    ]


def test_lease_of_last_month_ends_with_it(alone: Process, spool: Spool, now: Now) -> None:
    now.at = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    scan(alone, 1)
    allowance = alone.resolver.resolve("menu").allowance  # type: ignore[union-attr]
    assert allowance
    allowance.left, allowance.taken = 5, LIMIT
    now.at = datetime(2026, 12, 1, tzinfo=UTC)
    alone.counting.tend()
    assert (allowance.left, allowance.taken, allowance.month.starts) == (0, 0, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("at", "zone", "starts", "ends"),
    [
        ("2026-11-12T09:00Z", "UTC", "2026-11-01", "2026-12-01T00:00Z"),
        ("2026-12-31T23:30Z", "Europe/Zurich", "2027-01-01", "2027-01-31T23:00Z"),
        ("2026-03-01T04:59Z", "America/New_York", "2026-02-01", "2026-03-01T05:00Z"),
        # The clocks change within the month.
        ("2026-03-15T00:00Z", "Europe/Zurich", "2026-03-01", "2026-03-31T22:00Z"),
        ("2026-10-31T23:30Z", "Pacific/Kiritimati", "2026-11-01", "2026-11-30T10:00Z"),
    ],
)
def test_month_is_the_zones(at: str, zone: str, starts: str, ends: str) -> None:
    moment = datetime.fromisoformat(at)
    month = find_month(round(moment.timestamp() * 1000), zone)
    assert month.starts == date.fromisoformat(starts)
    assert datetime.fromtimestamp(month.ends_ms / 1000, UTC) == datetime.fromisoformat(ends)
    assert moment.astimezone(ZoneInfo(zone)).date() >= month.starts


def test_larger_plan_records_at_once_and_a_smaller_one_too(
    workspace: Workspace, engine: Engine, spool: Spool, code: Code
) -> None:
    # As old as every look-up is at the most, in no time.
    process = make_process(engine, spool, has_quota=True, max_stale=0.0)
    scan(process, LIMIT + 2)
    workspace.plan = "growth"
    db.session.commit()
    scan(process, 3)
    assert len(read_spool(spool)) == LIMIT + 3
    workspace.plan = FREE
    db.session.commit()
    # The lease of the larger plan goes with it.
    scan(process, 5)
    assert len(read_spool(spool)) == LIMIT + 3
    assert unrecorded(engine, process)[0][1] == 2 + 5


def test_several_processes_record_what_the_plan_says_to_one_per_cent(
    workspace: Workspace,
    engine: Engine,
    spool: Spool,
    shared: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(plans.PLANS, FREE, replace(plans.PLANS[FREE], scans=1000))
    processes = [make_process(engine, spool, shared, has_quota=True) for _ in range(4)]
    for process in processes:
        scan(process, 1)
    threads = [threading.Thread(target=scan, args=(each, 400)) for each in processes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    recorded = len(read_spool(spool))
    assert 990 <= recorded <= 1010
    for process in processes:
        process.counting.close()
    with engine.connect() as connection:
        rows = connection.execute(select(UnrecordedScans.scans)).scalars()
        assert sum(rows) == 4 * 401 - recorded


def test_idle_process_gives_back_what_it_holds(
    engine: Engine, spool: Spool, shared: str, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(plans.PLANS, FREE, replace(plans.PLANS[FREE], scans=4000))
    idle, busy = (make_process(engine, spool, shared, has_quota=True) for _ in range(2))
    scan(idle, 1)
    assert lease_of(idle).left == 9
    scan(busy, 4005)
    assert len(read_spool(spool)) == 3991
    for now.steady in (0.0, 11.0):
        idle.counting.tend()
    assert lease_of(idle).left == 0
    busy.resolver.invalidate("menu")
    scan(busy, 20)
    assert len(read_spool(spool)) == 4000
    # However often it is looked up: nothing is left.
    busy.resolver.invalidate("menu")
    scan(busy, 2)
    assert len(read_spool(spool)) == 4000


def lease_of(process: Process) -> Allowance:
    code = process.resolver.resolve("menu")
    assert code
    assert code.allowance
    return code.allowance


def test_outage_refuses_no_scan_and_is_told_later(
    engine: Engine, spool: Spool, code: Code, server: RedisServer
) -> None:
    one, other = (make_process(engine, spool, server.url, has_quota=True) for _ in range(2))
    scan(one, 3)
    server.kill()
    assert scan(one, 4) + scan(other, 5) == [302] * 9
    assert len(read_spool(spool)) == 12
    server.start()
    for process in (one, other):
        process.counting._quota._shared._look_at = 0  # type: ignore[union-attr]
        process.counting.tend()
    scan(one, LIMIT)
    assert len(read_spool(spool)) == LIMIT


def test_without_redis_the_plan_holds_during_an_outage_as_far_as_it_is_known(
    engine: Engine, spool: Spool, code: Code, server: RedisServer
) -> None:
    process = make_process(engine, spool, server.url, has_quota=True)
    scan(process, 3)
    server.kill()
    assert scan(process, LIMIT * 2) == [302] * (LIMIT * 2)
    assert len(read_spool(spool)) == LIMIT


def test_database_that_is_away_loses_no_count(
    engine: Engine, code: Code, now: Now, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = Unrecorded(engine)
    store = counts._store
    failing = [True]

    def fail(rows: object) -> None:
        if failing:
            failing.pop()
            raise OSError("gone")
        store(rows)  # type: ignore[arg-type]

    monkeypatch.setattr(counts, "_store", fail)
    counts.add(code.workspace_id, code.id, date(2026, 11, 1), 1_794_474_000_000)
    counts.flush(is_last=True)
    counts.flush(is_last=True)
    with engine.connect() as connection:
        assert connection.execute(select(UnrecordedScans.scans)).scalars().all() == [1]


def test_count_is_written_within_a_second_by_itself(engine: Engine, code: Code) -> None:
    counts = Unrecorded(engine)
    counts.add(code.workspace_id, code.id, date(2026, 11, 1), round(time.time() * 1000))

    def is_written() -> bool:
        counts.flush()
        with engine.connect() as connection:
            return connection.execute(select(UnrecordedScans.scans)).scalars().all() == [1]

    wait_until(is_written, 1)


def test_forked_child_counts_anew(engine: Engine, code: Code, spool: Spool) -> None:
    process = make_process(engine, spool, has_quota=True)
    scan(process, LIMIT + 3)
    process.counting.close()
    process.counting.reset_after_fork()
    scan(process, 2)
    assert sorted(row[1] for row in unrecorded(engine, process)) == [2, 3]


def test_plan_without_an_end_and_installation_without_quota_count_nothing(
    workspace: Workspace, code: Code, engine: Engine, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(make_process(engine, spool), LIMIT * 2)
    monkeypatch.setitem(plans.PLANS, FREE, replace(plans.PLANS[FREE], scans=None))
    scan(make_process(engine, spool, has_quota=True), LIMIT)
    assert len(read_spool(spool)) == LIMIT * 3
