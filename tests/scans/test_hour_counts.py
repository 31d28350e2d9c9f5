"""What each process counts of the scans that it accepts, apart from the scans."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from pitchbar.scans.hour_counts import RECORDED, UNRECORDED, HourCounts, hour_of_line
from pitchbar.scans.inbox import DirectInbox
from pitchbar.scans.models import AcceptedHour, RejectedLine
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from tests.scans.conftest import Ingest
from tests.scans.lines import make_line
from tests.scans.spooling import make_deliveries

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def counts(engine: Engine) -> HourCounts:
    return HourCounts(engine)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "counted")
    yield spool
    spool.close()


def stored(engine: Engine) -> dict[tuple[str, int, datetime], int]:
    with engine.connect() as connection:
        rows = connection.execute(select(AcceptedHour.__table__))
        return {(row.kind, row.workspace_id, row.hour_at): row.scans for row in rows}


def write(counts: HourCounts) -> None:
    counts.flush(is_last=True)


def test_lines_are_counted_by_workspace_and_hour(
    app: Flask, counts: HourCounts, engine: Engine
) -> None:
    lines = [make_line(NOON.replace(minute=m), workspace_id=m % 2 + 1) for m in (0, 1, 59)]
    counts.add_lines([*lines, make_line(NOON.replace(hour=13)), b'{"no": "scan"}\n', b"\n"])
    counts.add_unrecorded(1, round(NOON.timestamp() * 1000) + 5)
    write(counts)
    assert stored(engine) == {
        (RECORDED, 1, NOON): 1,
        (RECORDED, 2, NOON): 2,
        (RECORDED, 1, NOON.replace(hour=13)): 1,
        (UNRECORDED, 1, NOON): 1,
    }


def test_counts_are_written_whole_again_and_again(
    app: Flask, counts: HourCounts, engine: Engine
) -> None:
    for _ in range(3):
        counts.add_lines([make_line(NOON)])
        write(counts)
        write(counts)
    assert stored(engine) == {(RECORDED, 1, NOON): 3}


def test_what_the_database_did_not_take_is_written_later(
    app: Flask, counts: HourCounts, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts.add_lines([make_line(NOON)])

    def fail() -> None:
        raise OSError("away")

    monkeypatch.setattr(engine, "begin", fail)
    write(counts)
    monkeypatch.undo()
    assert stored(engine) == {}
    write(counts)
    assert stored(engine) == {(RECORDED, 1, NOON): 1}


def test_a_shipper_counts_each_line_once_whatever_the_inbox_does(
    app: Flask, counts: HourCounts, engine: Engine, spool: Spool
) -> None:
    def refuse(lines: bytes) -> int:
        raise OSError("the inbox is away")

    shipper = Shipper(spool, make_deliveries(spool, DirectInbox(refuse)), counts=counts)
    for _ in range(2):
        spool.append(make_line(NOON))
        for segment in spool.segments():
            segment.sync()
        with pytest.raises(OSError, match="away"):
            shipper.ship()
    taken: list[bytes] = []

    def take(lines: bytes) -> int:
        taken.append(lines)
        return 1

    working = DirectInbox(take)
    Shipper(spool, make_deliveries(spool, working), counts=counts).ship()
    write(counts)
    assert len(b"".join(taken).split()) >= 2
    assert stored(engine) == {(RECORDED, 1, NOON): 2}


def test_lines_of_a_process_that_is_gone_were_counted_by_it(
    app: Flask, counts: HourCounts, engine: Engine, spool: Spool
) -> None:
    spool.append(make_line(NOON))
    for segment in spool.segments():
        segment.is_adopted = True
    Shipper(spool, make_deliveries(spool, DirectInbox(len)), counts=counts).ship()
    write(counts)
    assert stored(engine) == {}


def test_a_fork_begins_with_nothing(app: Flask, counts: HourCounts, engine: Engine) -> None:
    counts.add_lines([make_line(NOON)])
    counts.reset_after_fork()
    write(counts)
    assert stored(engine) == {}


@pytest.mark.parametrize("line", [b"", b"\n", b"[1,2]", b'["x",true,1,2,"UTC"]', b"\xff,\xff,,"])
def test_what_is_no_scan_is_in_no_hour(line: bytes) -> None:
    assert hour_of_line(line) is None


def test_a_rejected_line_is_counted_once_in_its_hour(ingest: Ingest, engine: Engine) -> None:
    bad = make_line(NOON, code_id=-4)
    for _ in range(2):
        ingest(bad + b"no scan at all\n")
    with engine.connect() as connection:
        (row,) = connection.execute(select(RejectedLine.__table__)).all()
    assert (row.workspace_id, row.hour_at) == (1, NOON)
