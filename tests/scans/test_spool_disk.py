"""What becomes of lines that the disk refuses."""

from pathlib import Path

import pytest

from pitchbar.scans.spool import Spool
from tests.scans.conftest import Start

# A limit on the size of files is the full disk that needs no rights to arrange.
FULL_DISK = """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
import logging
logging.disable()
def limit(bytes):
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, resource.RLIM_INFINITY))
def held():
    return [line.strip() for line in spool.overflow]
def stored():
    data = b''.join(one.read(1 << 20) for one in spool.segments())
    return [line for line in data.splitlines() if line]
lines = [b'[%030d]' % n for n in range(10)]
limit(100)
for line in lines: spool.append(line + b'\\n')
"""


def test_full_disk_leaves_whole_lines_in_files_and_the_rest_in_memory(start: Start) -> None:
    # 3 lines of 34 bytes do not fit into 100: the third is torn.
    start(
        FULL_DISK + "assert held() and stored(), (held(), stored())\n"
        "assert sorted(stored() + held()) == lines, (stored(), held())\n"
        "assert spool.refused == len(held())"
    )


def test_lines_in_memory_go_to_disk_when_it_has_room_again(start: Start) -> None:
    start(
        FULL_DISK + "limit(resource.RLIM_INFINITY)\n"
        "spool.flush_overflow()\n"
        "assert held() == []\n"
        "assert sorted(stored()) == lines, stored()\n"
        "spool.append(b'[10]\\n')\n"
        "assert stored()[-1] == b'[10]'"
    )


def test_folder_that_cannot_be_written_to_keeps_lines_in_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    spool = Spool(tmp_path / "file")

    for number in range(3):
        spool.append(b"[%d]\n" % number)

    assert list(spool.overflow) == [b"[0]\n", b"[1]\n", b"[2]\n"]
    assert caplog.text.count("the spool's disk refuses") == 1


def test_what_is_held_in_memory_has_a_bound_and_what_is_dropped_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    spool = Spool(tmp_path / "file", overflow_bytes=10)
    assert not spool.is_full()
    for number in range(5):
        spool.append(b"[%d]\n" % number)

    assert list(spool.overflow) == [b"[0]\n", b"[1]\n"]
    assert (spool.refused, spool.dropped, spool.held_bytes) == (5, 3, 8)
    assert "scans are lost: SPOOL_OVERFLOW_BYTES" in caplog.text
    assert spool.is_full()

    (tmp_path / "file").unlink()
    spool.flush_overflow()
    assert spool.held_bytes == 0
    assert not spool.is_full()
    spool.reset_after_fork()


def test_segments_become_larger_when_many_wait(tmp_path: Path) -> None:
    """Each is an open file, and a process may have a thousand or so."""
    spool = Spool(tmp_path, segment_bytes=10)
    for number in range(1000):
        spool.append(b"[%07d]\n" % number)

    assert len(spool.segments()) < 420
    assert sum(len(one.read(1 << 20).split()) for one in spool.segments()) == 1000
    spool.reset_after_fork()
