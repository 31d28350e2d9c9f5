"""Releases beside each other: scans and conversions take different ways through disk and Redis, so
that a process of the release before never meets a line that it cannot read.
"""

from collections.abc import Callable

import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.conversions.draining import STREAM
from pitchbar.conversions.factories import spool_folder
from pitchbar.scans import draining, spool_figures
from pitchbar.scans.deliveries import Deliveries
from pitchbar.scans.draining import Stream, drain, drain_by
from pitchbar.scans.inbox import DirectInbox, RedisInbox, connect
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.spool import Spool
from pitchbar.scans.spool_figures import SpoolReporter, add_local, list_local
from pitchbar.settings import Settings
from tests.conversions.calling import make_line


def test_spool_of_the_scans_adopts_no_file_of_conversions(settings: Settings, code: Code) -> None:
    dead = Spool(spool_folder(settings))
    dead.append(make_line(code))
    dead.reset_after_fork()
    assert list(spool_folder(settings).glob("*.spool"))
    assert Spool(settings[ScanSettings].spool_dir).adopt() == []
    (adopted,) = Spool(spool_folder(settings)).adopt()
    assert adopted.read(1 << 20).count(b"purchase") == 1


def test_worker_of_the_scans_meets_no_conversion_in_redis(redis_url: str, code: Code) -> None:
    mine, others = RedisInbox(connect(redis_url), STREAM), RedisInbox(connect(redis_url))
    line, scan, taken = make_line(code), b'["a scan"]\n', list[bytes]()
    tickets = [mine.put(line), others.put(scan)]

    def ingest(lines: bytes) -> int:
        taken.append(lines)
        return 1

    assert drain(others, ingest, seconds=2, linger=0.01) == 1
    assert taken == [scan]
    assert mine.list_receipts() == set()
    assert drain(mine, ingest, seconds=2, linger=0.01) == 1
    assert taken == [scan, line]
    assert mine.list_receipts() == {tickets[0].number}
    assert others.list_receipts() == {tickets[1].number}


@pytest.mark.settings(redis_url="redis://nobody.example")
def test_who_drains_one_looks_after_the_other(
    app: Flask, redis_url: str, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: dict[str, list[bytes]] = {}

    def opened(name: str, inbox: RedisInbox) -> Callable[[Settings], Stream]:
        def ingest(lines: bytes) -> int:
            taken.setdefault(name, []).append(lines)
            return 1

        return lambda _: Stream(inbox, ingest)

    conversions, scans = RedisInbox(connect(redis_url), STREAM), RedisInbox(connect(redis_url))
    assert set(draining._streams) == {"scans.drain_inbox", "conversions.drain_inbox"}
    streams = {
        "scans.drain_inbox": opened("scans", scans),
        "conversions.drain_inbox": opened("conversions", conversions),
    }
    monkeypatch.setattr(draining, "_streams", streams)
    monkeypatch.setattr(draining, "LINGER_SECONDS", 0.01)
    for task_name in streams:
        taken.clear()
        line = make_line(code)
        conversions.put(line)
        scans.put(b'["a scan"]\n')
        drain_by(task_name)
        assert taken == {"scans": [b'["a scan"]\n'], "conversions": [line]}


class Waits(DirectInbox):
    """Has so many batches, and notes for how long it was waited for."""

    def __init__(self, batches: int) -> None:
        super().__init__(lambda lines: 0)
        self.batches = batches
        self.waits: list[float] = []

    def drain(self, ingest: object, wait_seconds: float) -> int:
        self.waits.append(wait_seconds)
        self.batches -= 1
        return 1 if self.batches >= 0 else -1


@pytest.mark.parametrize(("mine", "others"), [(5, 0), (0, 5)])
def test_a_stream_that_is_busy_waits_for_no_idle_one(mine: int, others: int) -> None:
    own, beside = Waits(mine), Waits(others)
    stream = Stream(beside, lambda lines: 0)
    drain(own, lambda lines: 0, [stream], seconds=0.05, linger=0.05)
    assert own.waits[1:5] == beside.waits[1:5] == [0.0] * 4
    assert own.waits[7] == beside.waits[7] == 0.25


def test_trouble_with_the_other_is_left_to_its_own_job(redis_url: str, code: Code) -> None:
    mine, others = RedisInbox(connect(redis_url), STREAM), RedisInbox(connect(redis_url))
    mine.put(make_line(code))
    asked: list[bytes] = []

    def fail(lines: bytes) -> int:
        asked.append(lines)
        raise ValueError("no table")

    def ingest(lines: bytes) -> int:
        return 1

    others.put(b'["a scan"]\n')
    assert drain(others, ingest, [Stream(mine, fail)], seconds=2, linger=0.6) == 1
    assert len(asked) == 1
    assert mine.has_unfinished()


@pytest.fixture
def _no_spool_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_figures, "_here", {})


@pytest.mark.usefixtures("_no_spool_of_another_test")
def test_what_waits_of_both_is_told(settings: Settings, code: Code) -> None:
    folders = {"": settings[ScanSettings].spool_dir, "conversions": spool_folder(settings)}
    for kind, folder in folders.items():
        spool = Spool(folder)
        deliveries = Deliveries(spool, DirectInbox(lambda lines: 0), lambda lines: set())
        add_local(SpoolReporter(spool, deliveries, kind=kind).read, kind)
        spool.append(make_line(code))
    figures = list_local()
    assert [one.process.partition(" ")[2] for one in figures] == ["", "conversions"]
    assert [one.kind for one in figures] == ["scans", "conversions"]
    assert all(one.waits_since for one in figures)


def test_spool_says_in_the_log_what_waits(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    folder = spool_folder(settings)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.touch()
    spool = Spool(folder, overflow_bytes=1, kind="conversions")
    spool.append(b"[1]\n")
    assert "1 conversions are lost" in caplog.text
