"""The files that know of a scan first, and what becomes of them when their process does not end
well. The other processes here are real ones.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pitchbar.core.assets import ROOT
from pitchbar.scans.spool import SUFFIX, Segment, Spool


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path)
    yield spool
    spool.forget_parent()


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def lines_in(segments: list[Segment]) -> list[bytes]:
    return [line for one in segments for line in one.read(1 << 24).splitlines() if line]


def ship(spool: Spool) -> list[bytes]:
    """All whole lines, as a shipper takes them."""
    lines = []
    for segment in spool.segments():
        data = segment.read(1 << 24)
        lines += [line for line in data.splitlines() if line]
        segment.shipped += len(data)
        spool.retire(segment)
    return lines


Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Runs statements in a process of its own, with `spool`; it lives until it is killed."""
    processes: list[subprocess.Popen[str]] = []

    def start(statements: str) -> subprocess.Popen[str]:
        program = (
            "import os, resource, signal, sys, threading, time\n"
            "from pathlib import Path\n"
            "from pitchbar.scans.spool import Spool\n"
            f"spool = Spool(Path({str(tmp_path)!r}))\n"
            f"{statements}\n"
            "print('ready', flush=True)\n"
            "time.sleep(60)\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


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
    spool.forget_parent()


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


def test_segments_of_a_killed_process_are_adopted(
    spool: Spool, tmp_path: Path, start: Start
) -> None:
    process = start("for n in range(100): spool.append(b'[%d]\\n' % n)")
    process.send_signal(signal.SIGKILL)
    process.wait(10)

    assert len(spool.adopt()) == 1
    assert ship(spool) == [b"[%d]" % number for number in range(100)]
    assert files(tmp_path) == []


def test_segments_of_a_living_process_are_left_alone(
    spool: Spool, tmp_path: Path, start: Start
) -> None:
    start("spool.append(b'[1]\\n')")
    spool.append(b"[2]\n")

    assert spool.adopt() == []
    assert ship(spool) == [b"[2]"]
    assert len(files(tmp_path)) == 2


def test_one_dead_segment_has_one_heir(spool: Spool, tmp_path: Path, start: Start) -> None:
    process = start("spool.append(b'[1]\\n')")
    process.kill()
    process.wait(10)
    other = Spool(tmp_path)

    assert len(spool.adopt()) == 1
    assert other.adopt() == []
    assert spool.adopt() == []


def test_heir_that_dies_too_is_followed_by_another(
    spool: Spool, tmp_path: Path, start: Start
) -> None:
    for statement in ("spool.append(b'[1]\\n')", "assert len(spool.adopt()) == 1"):
        process = start(statement)
        process.kill()
        process.wait(10)

    spool.adopt()
    assert ship(spool) == [b"[1]"]


def test_torn_end_of_a_killed_process_is_no_line(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / f"dead{SUFFIX}").write_bytes(b'\n["whole"]\n\n["ha')

    spool.adopt()
    assert ship(spool) == [b'["whole"]']
    assert files(tmp_path) == []


def test_empty_segment_of_a_killed_process_just_goes(spool: Spool, tmp_path: Path) -> None:
    (tmp_path / f"dead{SUFFIX}").touch()

    spool.adopt()
    assert ship(spool) == []
    assert files(tmp_path) == []


def test_file_taken_from_us_before_we_had_its_lock_is_not_written_to(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    real, taken = fcntl.flock, []

    def lock_late(descriptor: int, operation: int) -> None:
        if not taken:
            # Another process adopted the new file, found nothing in it, and deleted it.
            taken.extend(files(tmp_path))
            taken[0].unlink()
        real(descriptor, operation)

    monkeypatch.setattr("pitchbar.scans.spool.fcntl.flock", lock_late)
    spool.append(b"[1]\n")

    (file,) = files(tmp_path)
    assert file != taken[0]
    assert file.read_bytes().strip() == b"[1]"


def test_child_of_a_fork_leaves_the_parents_segments_alone(spool: Spool, tmp_path: Path) -> None:
    spool.append(b"[1]\n")
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        spool.forget_parent()
        spool.append(b"[2]\n")
        os.write(write_end, b"done")
        signal.pause()
        os._exit(0)
    assert os.read(read_end, 4) == b"done"
    try:
        assert ship(spool) == [b"[1]"]
        assert len(files(tmp_path)) == 2
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(read_end)
        os.close(write_end)

    assert len(spool.adopt()) == 1
    assert b"[2]" in ship(spool)


def test_segments_of_a_killed_parent_are_free_though_its_child_lives(
    spool: Spool, tmp_path: Path, start: Start
) -> None:
    parent = start(
        "spool.append(b'[1]\\n')\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    spool.forget_parent()\n"
        "    os.close(1)\n"
        "    time.sleep(60)\n"
        "    os._exit(0)\n"
        f"Path({str(tmp_path / 'child')!r}).write_text(str(child))\n"
        "time.sleep(0.2)"
    )
    parent.kill()
    parent.wait(10)
    try:
        spool.adopt()
        assert ship(spool) == [b"[1]"]
    finally:
        os.kill(int((tmp_path / "child").read_text()), signal.SIGKILL)


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
        "spool.settle_overflow()\n"
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
