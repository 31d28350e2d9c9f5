"""What becomes of segments whose process does not end well. The other processes are real ones."""

import fcntl
import os
import signal
import threading
from pathlib import Path

import pytest

from pitchbar.scans.segments import SUFFIX
from pitchbar.scans.spool import Spool
from tests.scans.conftest import Start
from tests.scans.spooling import files, ship


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


@pytest.mark.parametrize("is_ours", [True, False])
def test_shipper_that_adopts_while_a_segment_is_made_neither_takes_it_nor_stops_the_redirect(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_ours: bool
) -> None:
    heir = spool if is_ours else Spool(spool.directory)
    real, adopted = fcntl.flock, threading.Thread(target=heir.adopt, daemon=True)

    def lock_late(descriptor: int, operation: int) -> None:
        if threading.current_thread() is writer:
            adopted.start()
            adopted.join(0.2)
        real(descriptor, operation)

    monkeypatch.setattr("pitchbar.scans.segments.fcntl.flock", lock_late)
    writer = threading.Thread(target=spool.append, args=(b"[1]\n",), daemon=True)
    writer.start()
    writer.join(2)
    adopted.join(2)

    assert not writer.is_alive()
    assert not adopted.is_alive()
    assert len(spool.segments()) == 1
    assert files(tmp_path)[0].read_bytes().strip() == b"[1]"


def test_file_of_a_process_that_died_before_it_wrote_goes_after_a_minute(
    spool: Spool, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.new", tmp_path / "young.new"
    old.touch()
    new.touch()
    os.utime(old, (1, 1))

    assert spool.adopt() == []
    assert not old.exists()
    assert new.exists()


def test_child_of_a_fork_leaves_the_parents_segments_alone(spool: Spool, tmp_path: Path) -> None:
    spool.append(b"[1]\n")
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        spool.reset_after_fork()
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
        "    spool.reset_after_fork()\n"
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
