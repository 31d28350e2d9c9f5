"""What outlives a power cut, by the order of things: synced, shipped, committed, deleted.

`bin/bench faults` copies a file system under load and starts from the copy.
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from pitchbar.scans import segments
from pitchbar.scans.inbox import DirectInbox
from pitchbar.scans.ingestion import Ingestion
from pitchbar.scans.spool import Spool
from tests.scans.lines import make_line, rows_of
from tests.scans.spooling import files, make_shipper
from tests.support.servers import on_postgresql
from tests.support.waiting import wait_until


class Disk:
    """What is done to it, in order, and how many bytes of each file are safe."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done: list[str] = []
        self.safe: dict[Path, int] = {}
        self.has_safe_names = False
        self._fsync = os.fsync

    def fsync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        self._fsync(descriptor)
        if path == self.folder:
            self.has_safe_names = True
            return
        self.done.append("sync")
        self.safe[path] = os.fstat(descriptor).st_size

    def safe_lines(self) -> set[bytes]:
        """What a machine that starts again finds."""
        assert self.has_safe_names
        found = b"".join(path.read_bytes()[:size] for path, size in self.safe.items())
        return set(found.splitlines())


class Shipped:
    lines = b""

    def take(self, lines: bytes) -> int:
        self.lines += lines
        return 0


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(tmp_path)
    delete = segments.Segment.delete

    def note_delete(segment: segments.Segment) -> None:
        disk.done.append("delete")
        delete(segment)

    monkeypatch.setattr(os, "fsync", disk.fsync)
    monkeypatch.setattr(segments.Segment, "delete", note_delete)
    return disk


@pytest.fixture
def commits(engine: Engine, disk: Disk) -> Iterator[list[str]]:
    """How each commit is synced, asked just before it."""
    seen: list[str] = []

    def note_commit(connection: Any) -> None:
        lite = connection.dialect.name == "sqlite"
        question = "PRAGMA synchronous" if lite else "SHOW synchronous_commit"
        seen.append(str(connection.connection.execute(question).fetchone()[0]))
        disk.done.append("commit")

    event.listen(engine, "commit", note_commit)
    yield seen
    event.remove(engine, "commit", note_commit)


def test_line_is_synced_then_shipped_and_its_file_deleted_after_a_synced_commit(
    spool: Spool, disk: Disk, ingestion: Ingestion, commits: list[str], engine: Engine
) -> None:
    def ingest(lines: bytes) -> int:
        assert set(lines.splitlines()) <= disk.safe_lines()
        disk.done.append("ship")
        return ingestion.ingest_scans(lines)

    for number in range(5):
        spool.append(make_line(address=f"81.2.69.{number}"))
    spool.segments()[0].opened_at = 0
    make_shipper(spool, DirectInbox(ingest)).ship()

    assert [step for step in disk.done if step != "commit"] == ["sync", "ship", "delete"]
    assert disk.done[-2:] == ["commit", "delete"]
    # 2 is FULL: in a write-ahead log, less syncs no commit.
    assert commits[-1] == "2"
    assert files(spool.directory) == []
    assert len(rows_of(engine)) == 5


def test_line_written_while_the_file_is_synced_waits_for_the_next_pass(
    spool: Spool, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = make_line(address="81.2.69.2")

    def fsync_slowly(descriptor: int) -> None:
        disk.fsync(descriptor)
        if late:
            spool.append(late)

    monkeypatch.setattr(os, "fsync", fsync_slowly)
    shipped = Shipped()
    shipper = make_shipper(spool, DirectInbox(shipped.take))
    spool.append(make_line(address="81.2.69.1"))
    shipper.ship()
    assert shipped.lines.count(b"81.2.69.1") == 1
    assert late not in shipped.lines

    monkeypatch.setattr(os, "fsync", disk.fsync)
    shipper.ship()
    assert late in shipped.lines


def test_line_is_synced_while_the_shipper_waits_for_the_database(spool: Spool, disk: Disk) -> None:
    hanging, ended = threading.Event(), threading.Event()

    def hang(_lines: bytes) -> int:
        hanging.set()
        ended.wait(10)
        return 0

    shipper = make_shipper(spool, DirectInbox(hang))
    shipper.start()
    spool.append(make_line())
    assert hanging.wait(5)
    line = make_line(address="81.2.69.200")
    spool.append(line)
    wait_until(lambda: line.strip() in disk.safe_lines(), 2)
    ended.set()
    shipper.stop()


def test_segment_in_which_nothing_is_new_is_not_synced_again(spool: Spool, disk: Disk) -> None:
    shipper = make_shipper(spool, DirectInbox(lambda lines: 0))
    spool.append(make_line())
    for _ in range(4):
        shipper.ship()
    assert disk.done.count("sync") == 1


def test_disk_that_cannot_sync_does_not_hold_scans_back(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    shipped = Shipped()
    spool.append(make_line())
    make_shipper(spool, DirectInbox(shipped.take)).ship()
    assert shipped.lines
    assert "cannot be synced" in caplog.text


@on_postgresql
def test_commit_is_synced_though_the_server_is_set_to_answer_before(
    ingestion: Ingestion, engine: Engine, commits: list[str]
) -> None:
    with engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    engine.dispose()
    commits.clear()
    ingestion.ingest_scans(make_line())
    assert commits[-1] == "on"
