"""A code that leads on so many scans and no more: by one process, by several, without Redis."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.scans.shared_counts import Counted
from pitchbar.scans.spool import Spool
from pitchbar.workspaces.models import Workspace
from tests.scans.conftest import Ingest
from tests.scans.edging import call_edge, read_spool
from tests.scans.limiting import Process, make_process
from tests.scans.lines import make_line
from tests.scans.spooling import ship
from tests.support.factories import make_code
from tests.support.servers import RedisServer, on_both_databases


@pytest.fixture
def code(workspace: Workspace) -> Code:
    return make_limited(workspace, 3)


@pytest.fixture
def alone(engine: Engine, spool: Spool) -> Process:
    return make_process(engine, spool)


@pytest.fixture
def server(restartable_redis: RedisServer) -> RedisServer:
    restartable_redis.start()
    return restartable_redis


@pytest.fixture
def spools(tmp_path: Path) -> Iterator[list[Spool]]:
    """Of two machines: neither sees the other's files."""
    spools = [Spool(tmp_path / name) for name in "ab"]
    yield spools
    for spool in spools:
        spool.reset_after_fork()


def make_limited(workspace: Workspace, limit: int | None) -> Code:
    code = make_code(workspace, short_code="menu")
    code.scan_limit = limit
    db.session.commit()
    return code


def scan(process: Process, count: int = 1, method: str = "GET") -> list[int]:
    return [call_edge(process.edge, "/t/menu", method=method).status for _ in range(count)]


def set_limit(code: Code, limit: int | None, *processes: Process) -> None:
    code.scan_limit = limit
    db.session.commit()
    for process in processes:
        process.resolver.invalidate(code.short_code)


def test_so_many_are_led_on_and_the_next_sees_a_page(
    code: Code, alone: Process, spool: Spool
) -> None:
    assert scan(alone, 5) == [302, 302, 302, 410, 410]
    assert len(read_spool(spool)) == 3
    assert "All places are taken" in call_edge(alone.edge, "/t/menu").body.decode()


def test_reached_limit_leads_to_the_fallback(code: Code, alone: Process, spool: Spool) -> None:
    code.fallback_url = "https://fallback.example/"
    db.session.commit()
    scan(alone, 3)

    answer = call_edge(alone.edge, "/t/menu")

    assert (answer.status, answer["Location"]) == (302, "https://fallback.example/")
    assert len(read_spool(spool)) == 3


def test_head_is_answered_alike_and_takes_no_place(code: Code, alone: Process) -> None:
    assert scan(alone, 9, "HEAD") == [302] * 9
    assert scan(alone, 4) == [302, 302, 302, 410]
    assert scan(alone, 1, "HEAD") == [410]


def test_code_that_is_not_open_takes_no_place(code: Code, alone: Process) -> None:
    code.starts_at = datetime(2099, 1, 1, tzinfo=UTC)
    db.session.commit()
    assert scan(alone, 9) == [410] * 9
    code.starts_at = None
    set_limit(code, 3, alone)
    assert scan(alone, 4) == [302, 302, 302, 410]


def test_raised_limit_holds_at_once_and_a_lowered_one_too(code: Code, alone: Process) -> None:
    scan(alone, 4)
    set_limit(code, 5, alone)
    assert scan(alone, 3) == [302, 302, 410]
    set_limit(code, 4, alone)
    assert scan(alone) == [410]
    set_limit(code, None, alone)
    assert scan(alone, 3) == [302] * 3
    # What came without a limit counts in the next one: 8 were led on.
    set_limit(code, 10, alone)
    assert scan(alone, 3) == [302, 302, 410]


@on_both_databases
def test_scans_of_before_count_stored_or_waiting(
    workspace: Workspace, engine: Engine, spool: Spool, ingest: Ingest
) -> None:
    code = make_limited(workspace, None)
    plain = make_process(engine, spool)
    scan(plain, 3)
    ingest(*(line + b"\n" for line in ship(spool)))
    # A batch that is stored, and whose file is still there; and one that waits.
    scan(plain, 2)
    lines = [path.read_bytes() for path in spool.directory.glob("*.spool")]
    ingest(*lines)
    scan(plain, 4)
    scan(plain, 2, "HEAD")
    ingest(make_line(datetime.now(UTC), code_id=code.id, workspace_id=workspace.id, method="HEAD"))
    code.scan_limit = 11
    db.session.commit()

    assert scan(make_process(engine, spool), 4) == [302, 302, 410, 410]


def test_restart_after_a_kill_loses_no_scan_and_counts_none_twice(
    code: Code, engine: Engine, spool: Spool, ingest: Ingest
) -> None:
    assert scan(make_process(engine, spool), 2) == [302, 302]
    # Killed: its files lie there, and another adopts and stores them while it counts.
    reborn = make_process(engine, spool)
    assert scan(reborn) == [302]
    ingest(*(line + b"\n" for line in ship(spool)))
    assert scan(reborn, 2) == [410, 410]
    assert scan(make_process(engine, spool)) == [410]


def test_many_at_once_in_one_process_are_exact(
    workspace: Workspace, engine: Engine, spool: Spool
) -> None:
    make_limited(workspace, 100)
    assert at_once([make_process(engine, spool)], 300) == {302: 100, 410: 200}


def test_many_at_once_in_several_processes_are_exact(
    workspace: Workspace, engine: Engine, spool: Spool, redis_url: str
) -> None:
    make_limited(workspace, 100)
    processes = [make_process(engine, spool, redis_url) for _ in range(4)]
    assert at_once(processes, 100) == {302: 100, 410: 300}
    assert len(read_spool(spool)) == 100


def at_once(processes: list[Process], count: int) -> Counter[int]:
    """So many scans of each process, by threads that begin together."""
    seen: list[int] = []
    barrier = threading.Barrier(4 * len(processes))

    def visit(process: Process) -> None:
        barrier.wait(5)
        seen.extend(scan(process, count // 4))

    threads = [threading.Thread(target=visit, args=(each,)) for each in processes for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return Counter(seen)


def test_two_processes_share_a_limit_and_its_raise(
    code: Code, engine: Engine, spool: Spool, redis_url: str
) -> None:
    one, other = (make_process(engine, spool, redis_url) for _ in range(2))
    assert scan(one, 2) + scan(other, 2) + scan(one) == [302, 302, 302, 410, 410]
    set_limit(code, 4, one, other)
    assert scan(other, 2) + scan(one) == [302, 410, 410]


def test_outage_refuses_nobody_and_is_made_up_for(
    workspace: Workspace, engine: Engine, spools: list[Spool], server: RedisServer
) -> None:
    code = make_limited(workspace, 10)
    one, other = (make_process(engine, spool, server.url) for spool in spools)
    assert scan(one, 3) + scan(other) == [302] * 4
    # As every two seconds: it hears of the other's.
    one.resolver.invalidate(code.short_code)
    scan(one, 1, "HEAD")

    server.kill()
    assert scan(one, 2) + scan(other, 3) == [302] * 5

    server.start()
    for process in (one, other):
        process.counting.tend()
        process.counting.led._shared._look_at = 0
        process.counting.tend()
    # Redis came back with nothing.
    assert scan(one, 2) == [302, 410]
    assert scan(other) == [410]


def test_limit_holds_during_an_outage_as_far_as_it_is_known(
    code: Code, engine: Engine, spool: Spool, server: RedisServer
) -> None:
    process = make_process(engine, spool, server.url)
    scan(process)
    server.kill()
    assert scan(process, 4) == [302, 302, 410, 410]


def test_only_one_visitor_waits_for_a_frozen_redis(
    workspace: Workspace, engine: Engine, spool: Spool, server: RedisServer
) -> None:
    make_limited(workspace, 1000)
    process = make_process(engine, spool, server.url)
    scan(process)
    os.kill(server.pid, signal.SIGSTOP)
    times = []
    for _ in range(20):
        started = time.perf_counter()
        assert scan(process) == [302]
        times.append(time.perf_counter() - started)
    assert max(times) < 0.7
    assert sorted(times)[-2] < 0.05
    os.kill(server.pid, signal.SIGCONT)
    process.counting.led._shared._look_at = 0
    process.counting.tend()
    # The question that was given up was answered all the same, and counts once.
    assert process.counting.led.count_before(1) == 21


def test_number_before_is_everybodys_own(
    code: Code, engine: Engine, spool: Spool, redis_url: str
) -> None:
    """As rules ask for it that lead the first hundred elsewhere."""
    made = time.time_ns()
    one, other = (make_process(engine, spool, redis_url).counting for _ in range(2))
    for counting in (one, other):
        counting.prepare_code(
            Counted(code.workspace_id, 1), Counted(code.id, made), is_counted=True
        )
    taken = [each.led.take(code.id) for each in (one, other, other, one)]
    assert taken == [0, 1, 2, 3]
    assert one.led.count_before(code.id) == 4


def test_code_of_another_database_in_the_same_redis_is_another(
    code: Code, engine: Engine, spool: Spool, redis_url: str
) -> None:
    assert scan(make_process(engine, spool, redis_url), 4) == [302, 302, 302, 410]
    # It has the same id, and was made at another time.
    code.created_at += timedelta(seconds=1)
    spool.reset_after_fork()
    for path in spool.directory.glob("*.spool"):
        path.unlink()
    db.session.commit()
    assert scan(make_process(engine, spool, redis_url), 4) == [302, 302, 302, 410]
