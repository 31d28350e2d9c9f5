"""The files that know of a scan first."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pitchbar.scans.spool import Spool
from tests.scans.spooling import files, lines_in, ship


def test_line_is_in_a_file_as_soon_as_append_returns(spool: Spool, tmp_path: Path) -> None:
    spool.append(b"[1]\n")
    spool.append(b"[2]\n")

    (file,) = files(tmp_path)
    assert file.read_bytes().split() == [b"[1]", b"[2]"]


def test_nobody_else_may_read_the_files(spool: Spool, tmp_path: Path) -> None:
    spool.append(b"[1]\n")

    assert files(tmp_path)[0].stat().st_mode & 0o777 == 0o600


def test_full_segment_is_followed_by_another(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=100)
    for number in range(20):
        spool.append(b"[%030d]\n" % number)

    assert len(files(tmp_path)) == 7
    assert lines_in(spool.segments()) == [b"[%030d]" % number for number in range(20)]
    spool.reset_after_fork()


def test_segment_is_deleted_only_when_all_of_it_is_shipped(spool: Spool, tmp_path: Path) -> None:
    spool.append(b"[1]\n")
    spool.append(b"[2]\n")
    spool.close()
    (segment,) = spool.segments()

    spool.retire(segment)
    assert files(tmp_path)

    segment.shipped += len(segment.read(6))
    spool.retire(segment)
    assert files(tmp_path)

    segment.shipped += len(segment.read(100))
    spool.retire(segment)
    assert files(tmp_path) == []
    assert spool.segments() == []


def test_segment_in_use_goes_too_when_it_is_shipped_and_a_second_old(
    spool: Spool, tmp_path: Path
) -> None:
    spool.append(b"[1]\n")
    ship(spool)
    assert files(tmp_path)

    spool.segments()[0].opened_at -= 1
    ship(spool)
    assert files(tmp_path) == []

    spool.append(b"[2]\n")
    assert ship(spool) == [b"[2]"]


def test_folder_that_was_deleted_is_made_again(spool: Spool, tmp_path: Path) -> None:
    spool.directory = tmp_path / "not" / "there" / "yet"
    spool.append(b"[1]\n")

    assert ship(spool) == [b"[1]"]
    assert not spool.overflow


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Switches between threads at every chance."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("restless_threads")
def test_no_line_is_lost_or_damaged_between_writers_and_the_shipper(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=5_000)
    lines = [[b"[%d,%d,%s]" % (a, b, b"x" * (b % 50)) for b in range(1500)] for a in range(6)]
    writers = [threading.Thread(target=append_all, args=(spool, mine)) for mine in lines]
    for writer in writers:
        writer.start()

    shipped: list[bytes] = []
    while any(writer.is_alive() for writer in writers):
        for segment in spool.segments():
            segment.opened_at = 0  # so that the one in use is closed all the time
        shipped += ship(spool)
    spool.close()
    for _ in range(3):
        shipped += ship(spool)

    assert sorted(shipped) == sorted(line for mine in lines for line in mine)
    assert files(tmp_path) == []
    assert not spool.overflow


def append_all(spool: Spool, lines: list[bytes]) -> None:
    for line in lines:
        spool.append(line + b"\n")
