"""A Redis that forgets: killed without a file, flushed, full, or emptied by others. Real ones."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from pitchbar.scans import deliveries as deliveries_module
from pitchbar.scans.deliveries import Deliveries, find_stored_with
from pitchbar.scans.inbox import RedisInbox, connect
from pitchbar.scans.ingestion import Ingestion
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from tests.scans.lines import assert_rollups_equal_rows, make_line, rows_of
from tests.scans.spooling import files
from tests.support.servers import RedisServer, on_both_databases
from tests.support.waiting import wait_until

STREAM = "pitchbar:scans"
Fault = Callable[[RedisServer], None]


class Machine:
    """An edge's spool and shipper, a Redis, and a worker, step by step."""

    def __init__(self, spool: Spool, server: RedisServer, engine: Engine, ingestion: Ingestion):
        self.spool, self.server, self._engine = spool, server, engine
        self._ingest = ingestion.ingest_scans
        self.inbox = RedisInbox(connect(server.url))
        self.shipper = self.make_shipper(spool)
        self._worker = RedisInbox(connect(server.url))

    def make_shipper(self, spool: Spool) -> Shipper:
        inbox = RedisInbox(connect(self.server.url))
        return Shipper(spool, Deliveries(spool, inbox, find_stored_with(self._engine)))

    def scan(self, count: int) -> None:
        for number in range(count):
            self.spool.append(make_line(address=f"81.2.{number >> 8}.{number & 255}"))

    def ship(self) -> None:
        for segment in self.spool.segments():
            segment.opened_at = 0
        self.shipper.ship()

    def work(self) -> None:
        """Stores what waits; Redis may have lost the group."""
        while True:
            with contextlib.suppress(redis.ResponseError):
                if self._worker.drain(self._ingest, 0.01) == -1:
                    return

    def ship_and_work(self) -> bool:
        """Whether all is stored, and nothing left on disk."""
        try:
            self.ship()
        except redis.RedisError:
            return False
        self.work()
        return not files(self.spool.directory)

    def rows(self) -> int:
        return len(rows_of(self._engine))


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries_module, "_LOOK_EVERY_SECONDS", 0.05)


@pytest.fixture
def machine(
    spool: Spool, restartable_redis: RedisServer, engine: Engine, ingestion: Ingestion
) -> Machine:
    restartable_redis.start()
    return Machine(spool, restartable_redis, engine, ingestion)


def kill(server: RedisServer) -> None:
    server.kill()
    server.start()


def flush(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url) as connection:
        connection.flushall()


def delete_stream(server: RedisServer) -> None:
    """As a policy that evicts does."""
    with redis.Redis.from_url(server.url) as connection:
        connection.delete(STREAM)


FAULTS = [kill, flush, delete_stream]


@on_both_databases
@pytest.mark.parametrize("fault", FAULTS)
def test_scans_that_redis_forgot_before_they_were_stored_are_shipped_again(
    machine: Machine, engine: Engine, fault: Fault
) -> None:
    machine.scan(1200)
    machine.ship()
    fault(machine.server)

    wait_until(machine.ship_and_work)
    assert machine.rows() == 1200
    assert_rollups_equal_rows(engine)


@pytest.mark.parametrize("fault", FAULTS)
def test_redis_that_forgets_half_way_through_loses_nothing_and_counts_nothing_twice(
    machine: Machine, engine: Engine, fault: Fault
) -> None:
    for _ in range(3):
        machine.scan(100)
        machine.ship()
    machine._worker.drain(machine._ingest, 0.01)
    fault(machine.server)
    machine.scan(50)

    wait_until(machine.ship_and_work)
    assert machine.rows() == 350
    assert_rollups_equal_rows(engine)


def test_what_is_stored_and_only_its_receipt_forgotten_is_not_shipped_again(
    machine: Machine, engine: Engine, spool: Spool
) -> None:
    machine.scan(20)
    machine.ship()
    machine.work()
    flush(machine.server)

    def is_empty() -> bool:
        machine.ship()
        return not files(spool.directory)

    wait_until(is_empty)
    with redis.Redis.from_url(machine.server.url) as connection:
        assert connection.exists(STREAM) == 0
    assert machine.rows() == 20


def test_segment_stays_until_its_scans_are_stored_and_goes_then(
    machine: Machine, spool: Spool
) -> None:
    machine.scan(10)
    for _ in range(3):
        machine.ship()
        assert len(files(spool.directory)) == 1

    machine.work()
    machine.ship()
    assert files(spool.directory) == []


def test_segment_of_a_killed_edge_is_shipped_by_its_heir_and_counted_once(
    machine: Machine, engine: Engine, spool: Spool
) -> None:
    machine.scan(30)
    machine.ship()
    spool.reset_after_fork()
    flush(machine.server)
    heir = Spool(spool.directory)
    machine.spool, machine.shipper = heir, machine.make_shipper(heir)

    wait_until(machine.ship_and_work)
    assert machine.rows() == 30
    assert_rollups_equal_rows(engine)


def test_line_that_is_set_aside_counts_as_stored(
    machine: Machine, spool: Spool, rejected: Path
) -> None:
    spool.append(b"nonsense\n")
    machine.scan(2)

    wait_until(machine.ship_and_work)
    assert rejected.read_bytes() == b"nonsense\n"
    assert machine.rows() == 2


def test_worker_of_the_release_before_leaves_no_receipt_and_the_segment_goes_all_the_same(
    machine: Machine, spool: Spool, ingestion: Ingestion
) -> None:
    machine.scan(10)
    machine.ship()
    with redis.Redis.from_url(machine.server.url) as connection:
        ((entry, fields),) = connection.xrange(STREAM)
        ingestion.ingest_scans(fields[b"lines"])
        connection.xdel(STREAM, entry)

    wait_until(machine.ship_and_work)
    assert machine.rows() == 10


def test_entry_of_an_edge_of_the_release_before_is_stored(machine: Machine) -> None:
    with redis.Redis.from_url(machine.server.url) as connection:
        connection.xadd(STREAM, {"lines": make_line()})
        machine.work()
        assert connection.xlen(STREAM) == 0
    assert machine.rows() == 1


@pytest.mark.parametrize("fields", [{"x": "1"}, {"lines": ""}, {"\xff\xfe": b"\xff\x00"}])
def test_entry_that_no_edge_put_is_set_aside_and_acknowledged(
    machine: Machine, rejected: Path, fields: dict[Any, Any]
) -> None:
    with redis.Redis.from_url(machine.server.url) as connection:
        connection.xadd(STREAM, fields)
        machine.work()
        assert connection.xlen(STREAM) == 0
    assert b'"entry"' in rejected.read_bytes()


def test_full_redis_refuses_and_gets_all_when_it_has_room(machine: Machine, engine: Engine) -> None:
    with redis.Redis.from_url(machine.server.url) as connection:
        machine.work()
        machine.scan(100)
        machine.ship()
        connection.config_set("maxmemory", "1")
        machine.scan(100)
        with pytest.raises(redis.ResponseError):
            machine.ship()
        # Receipts are refused too, but not the acknowledgement.
        machine.work()
        assert connection.xlen(STREAM) == 0
        connection.config_set("maxmemory", "0")

    wait_until(machine.ship_and_work)
    assert machine.rows() == 200
    assert_rollups_equal_rows(engine)


def test_database_that_is_away_is_asked_again(machine: Machine, engine: Engine) -> None:
    answers: list[Any] = [ConnectionError("gone"), ConnectionError("gone")]
    ask = find_stored_with(engine)

    def find_stored(lines: Sequence[bytes]) -> set[bytes]:
        if answers:
            raise answers.pop()
        return ask(lines)

    deliveries = Deliveries(machine.spool, machine.inbox, find_stored)
    machine.shipper = Shipper(machine.spool, deliveries)
    machine.scan(10)
    machine.ship()
    flush(machine.server)

    wait_until(machine.ship_and_work)
    assert not answers
    assert machine.rows() == 10


def test_stream_does_not_grow_without_bound_while_no_worker_runs(
    machine: Machine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries_module, "_MOST", 3)
    with redis.Redis.from_url(machine.server.url) as connection:
        for _ in range(6):
            machine.scan(10)
            machine.ship()
        assert connection.xlen(STREAM) == 3

    wait_until(machine.ship_and_work)
    assert machine.rows() == 60


def test_lines_held_in_memory_stay_there_until_they_are_stored(
    machine: Machine, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    machine.spool = Spool(tmp_path / "file")
    machine.shipper = machine.make_shipper(machine.spool)
    machine.scan(10)
    machine.ship()
    flush(machine.server)

    def is_stored() -> bool:
        machine.ship_and_work()
        return not machine.spool.held_bytes

    wait_until(is_stored)
    assert machine.rows() == 10
