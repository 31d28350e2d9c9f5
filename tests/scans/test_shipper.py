import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from pitchbar.scans.inbox import DirectInbox, RedisInbox, connect
from pitchbar.scans.segments import SUFFIX
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from tests.scans.spooling import make_shipper
from tests.support.servers import RedisServer
from tests.support.waiting import wait_until


class Keeper(DirectInbox):
    """Keeps what it is given; `error` is raised as long as it is set."""

    def __init__(self) -> None:
        super().__init__(lambda lines: 0)
        self.batches: list[bytes] = []
        self.error: Exception | None = None

    def put(self, lines: bytes) -> None:
        if self.error:
            raise self.error
        self.batches.append(lines)

    @property
    def lines(self) -> list[bytes]:
        return [line for line in b"".join(self.batches).splitlines() if line]


@pytest.fixture
def inbox() -> Keeper:
    return Keeper()


@pytest.fixture
def shipper(spool: Spool, inbox: Keeper) -> Iterator[Shipper]:
    shipper = make_shipper(spool, inbox)
    yield shipper
    shipper.stop()


def files(spool: Spool) -> list[Path]:
    return list(spool.directory.glob(f"*{SUFFIX}"))


def append(spool: Spool, count: int, size: int = 4) -> list[bytes]:
    lines = [b"[%0*d]" % (size, number) for number in range(count)]
    for line in lines:
        spool.append(line + b"\n")
    return lines


def test_lines_are_shipped_within_moments_and_once(
    spool: Spool, inbox: Keeper, shipper: Shipper
) -> None:
    shipper.start()
    lines = append(spool, 100)

    wait_until(lambda: len(inbox.lines) == 100, 1)
    time.sleep(0.15)
    assert inbox.lines == lines


def test_batches_hold_whole_lines_of_about_five_hundred_scans(
    spool: Spool, inbox: Keeper, shipper: Shipper
) -> None:
    lines = append(spool, 2000, size=300)
    shipper.ship()

    assert inbox.lines == lines
    assert 4 <= len(inbox.batches) <= 6
    assert all(batch.endswith(b"\n") for batch in inbox.batches)


def test_inbox_that_fails_gets_all_when_it_is_back(
    spool: Spool, inbox: Keeper, shipper: Shipper, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.error = ConnectionError("gone")
    shipper.start()
    lines = append(spool, 50)
    time.sleep(0.2)
    assert inbox.lines == []
    assert files(spool)

    inbox.error = None
    wait_until(lambda: inbox.lines == lines)
    assert "scans wait in the spool: gone" in caplog.text


def test_failure_in_the_middle_repeats_nothing_that_arrived(
    spool: Spool, inbox: Keeper, shipper: Shipper
) -> None:
    lines = append(spool, 1500, size=300)
    put = inbox.put
    taken: list[bytes] = []

    def put_twice_then_fail(batch: bytes) -> None:
        if len(taken) == 2:
            raise ConnectionError
        taken.append(batch)
        put(batch)

    inbox.put = put_twice_then_fail  # type: ignore[method-assign,assignment]
    with pytest.raises(ConnectionError):
        shipper.ship()
    inbox.put = put  # type: ignore[method-assign]
    shipper.ship()

    assert inbox.lines == lines


def test_stop_ships_the_rest_and_leaves_no_file(
    spool: Spool, inbox: Keeper, shipper: Shipper
) -> None:
    shipper.start()
    lines = append(spool, 20)
    shipper.stop()

    assert inbox.lines == lines
    assert files(spool) == []


def test_stop_keeps_on_disk_what_the_inbox_does_not_take(
    spool: Spool, inbox: Keeper, shipper: Shipper
) -> None:
    inbox.error = ConnectionError("gone")
    shipper.start()
    lines = append(spool, 20)
    shipper.stop()
    spool.reset_after_fork()

    heir = Spool(spool.directory)
    inbox.error = None
    make_shipper(heir, inbox).ship()
    assert inbox.lines == lines


def test_line_written_after_the_stop_is_the_next_process_to_ship(
    spool: Spool, inbox: Keeper, shipper: Shipper
) -> None:
    shipper.start()
    shipper.stop()
    lines = append(spool, 3)
    spool.reset_after_fork()

    make_shipper(Spool(spool.directory), inbox).ship()
    assert inbox.lines == lines


def test_lines_that_the_disk_refused_are_shipped_from_memory(tmp_path: Path, inbox: Keeper) -> None:
    (tmp_path / "file").touch()
    spool = Spool(tmp_path / "file")
    lines = append(spool, 1200)

    make_shipper(spool, inbox).ship()
    assert inbox.lines == lines
    assert not spool.overflow


def test_lines_in_memory_stay_there_while_disk_and_inbox_are_both_away(
    tmp_path: Path, inbox: Keeper
) -> None:
    (tmp_path / "file").touch()
    spool = Spool(tmp_path / "file")
    lines = append(spool, 10)
    shipper = make_shipper(spool, inbox)
    inbox.error = ConnectionError("gone")
    with pytest.raises(ConnectionError):
        shipper.ship()

    (tmp_path / "file").unlink()
    shipper.start()
    wait_until(lambda: not spool.overflow)
    assert inbox.lines == []
    shipper.stop()
    spool.reset_after_fork()

    inbox.error = None
    make_shipper(Spool(spool.directory), inbox).ship()
    assert inbox.lines == lines


def test_redis_that_starts_late_gets_everything(
    spool: Spool, restartable_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pitchbar.scans.shipper._LAST_RECEIPTS_SECONDS", 0.0)
    shipper = make_shipper(spool, RedisInbox(connect(restartable_redis.url)))
    shipper.start()
    append(spool, 30)
    time.sleep(0.2)

    restartable_redis.start()
    with redis.Redis.from_url(restartable_redis.url) as connection:
        wait_until(lambda: connection.xlen("pitchbar:scans"), 10)
        entries = connection.xrange("pitchbar:scans")
    shipper.stop()

    lines = [line for _, entry in entries for line in entry[b"lines"].splitlines() if line]
    assert lines == [b"[%04d]" % number for number in range(30)]
