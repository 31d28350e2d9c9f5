"""From lines to conversions and what is counted of them, on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from pitchbar.codes.models import Code
from pitchbar.conversions.factories import make_ingestion, spool_folder
from pitchbar.conversions.ingestion import ConversionIngestion
from pitchbar.conversions.lines import Line, read_line, write_line
from pitchbar.conversions.models import OldPixelKey
from pitchbar.conversions.tasks import forget_calls
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.conversions.calling import days_of, make_line, refused_calls, rows_of
from tests.support.factories import make_code, make_workspace
from tests.support.servers import on_both_databases

Ingest = Callable[..., int]
Facts = dict[str, Any]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@on_both_databases
def test_conversion_is_stored_with_all_that_its_line_tells(
    ingest: Ingest, engine: Engine, code: Code
) -> None:
    line = make_line(
        code,
        NOON,
        scanned_at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC),
        order_id="4711",
        value_minor=1250,
        currency="EUR",
        rule_id=7,
        variant=0,
    )
    assert ingest(line) == 1
    (row,) = rows_of(engine)
    assert (row.workspace_id, row.code_id, row.event) == (code.workspace_id, code.id, "purchase")
    assert (row.order_id, row.value_minor, row.currency) == ("4711", 1250, "EUR")
    assert (row.rule_id, row.variant, row.source) == (7, 0, "api")
    # Half past midnight in Zurich.
    assert (str(row.day), str(row.scan_day)) == ("2026-11-20", "2026-11-20")
    assert row.scan_id.hex == read_line(line).facts.scan_id


@on_both_databases
def test_late_conversion_counts_on_its_own_day_and_on_that_of_its_scan(
    ingest: Ingest, engine: Engine, code: Code
) -> None:
    scanned = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    euros: Facts = {"value_minor": 1000, "currency": "EUR"}
    yen: Facts = {"value_minor": 500, "currency": "JPY"}
    late = make_line(code, NOON, scanned_at=scanned, **euros)
    assert ingest(late, make_line(code, NOON, **euros), make_line(code, NOON, **yen)) == 3
    assert ingest(make_line(code, NOON)) == 1
    for code_id in (code.id, 0):
        found = {key[1:]: sums for key, sums in days_of(engine).items() if key[0] == code_id}
        assert found == {
            ("11-03", "EUR"): (0, 0, 1, 1000),
            ("11-20", "EUR"): (2, 2000, 1, 1000),
            ("11-20", "JPY"): (1, 500, 1, 500),
            ("11-20", ""): (1, 0, 1, 0),
        }


@on_both_databases
def test_order_that_is_told_again_counts_once(ingest: Ingest, engine: Engine, code: Code) -> None:
    value: Facts = {"value_minor": 900, "currency": "CHF"}
    first = make_line(code, NOON, order_id="A1", **value)
    assert ingest(first, make_line(code, NOON, order_id="A1", **value)) == 1
    assert ingest(first, make_line(code, NOON, order_id="A1", value_minor=1, currency="EUR")) == 0
    # Another event of the order, and one without an order, are others.
    assert ingest(make_line(code, NOON, order_id="A1", event="refund asked")) == 1
    assert ingest(make_line(code, NOON), make_line(code, NOON)) == 2
    assert days_of(engine)[code.id, "11-20", "CHF"] == (1, 900, 1, 900)
    assert len(rows_of(engine)) == 4


@on_both_databases
def test_orders_of_two_workspaces_are_two(ingest: Ingest, engine: Engine, code: Code) -> None:
    other = make_code(make_workspace())
    assert ingest(make_line(code, order_id="A1"), make_line(other, order_id="A1")) == 2


@on_both_databases
def test_batch_that_comes_again_changes_nothing(ingest: Ingest, engine: Engine, code: Code) -> None:
    lines = [make_line(code, NOON, value_minor=n, currency="EUR") for n in range(20)]
    assert ingest(*lines) == 20
    before = days_of(engine)
    assert ingest(*lines) == 0
    assert ingest(*lines, make_line(code, NOON, value_minor=5, currency="EUR")) == 1
    conversions, value, *_ = days_of(engine)[code.id, "11-20", "EUR"]
    assert (conversions, value) == (before[code.id, "11-20", "EUR"][0] + 1, sum(range(20)) + 5)


@on_both_databases
def test_workers_that_store_the_same_orders_at_once_count_each_once(
    settings: Settings, engine: Engine, code: Code
) -> None:
    def lines() -> bytes:
        orders = range(120)
        return b"".join(make_line(code, NOON, order_id=f"{n}", value_minor=n, currency="EUR")
                        for n in orders)  # fmt: skip

    batches, counts, errors = [lines() for _ in range(4)], list[int](), list[Exception]()

    def work(batch: bytes) -> None:
        try:
            counts.append(make_ingestion(settings, engine, Bus()).ingest(batch))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(counts) == len(rows_of(engine)) == 120
    assert days_of(engine)[code.id, "11-20", "EUR"][:2] == (120, sum(range(120)))


@on_both_databases
def test_line_that_can_never_be_stored_is_kept_and_holds_up_no_other(
    ingest: Ingest, engine: Engine, code: Code, settings: Settings
) -> None:
    bad = [
        b"not json\n",
        b"[1,2]\n",
        b'{"a":1}\n',
        make_line(code, time_zone="Mars/Olympus"),
        make_line(code, event=""),
        make_line(code, code_id=-4),
        make_line(code, scan_id="f" * 32),
    ]
    assert ingest(make_line(code), *bad, make_line(code)) == 2
    kept = (spool_folder(settings) / "rejected.ndjson").read_bytes()
    assert sorted(kept.splitlines()) == sorted(line.strip() for line in bad)
    assert len(rows_of(engine)) == 2


def test_line_of_a_later_release_is_read_as_far_as_it_is_known(
    ingest: Ingest, engine: Engine, code: Code
) -> None:
    assert ingest(make_line(code).replace(b"]\n", b',"something new",4]\n')) == 1


def test_text_that_no_database_takes_is_stored_with_a_sign_in_its_place(
    ingest: Ingest, engine: Engine, code: Code
) -> None:
    assert ingest(make_line(code, event="a\x00b")) == 1
    assert rows_of(engine)[0].event == "a\ufffdb"


@on_both_databases
def test_call_whose_key_was_not_known_yet_is_looked_up_when_it_is_stored(
    ingest: Ingest, engine: Engine, code: Code, workspace: Workspace
) -> None:
    other = make_workspace(name="Somebody else")
    db.session.add(OldPixelKey(key="px_" + "b" * 24, workspace_id=workspace.id))
    db.session.commit()
    keys = [workspace.pixel_key, "px_" + "b" * 24, other.pixel_key, "px_" + "c" * 24]
    assert ingest(*(make_line(code, key=key, time_zone="") for key in keys)) == 2
    assert {row.workspace_id for row in rows_of(engine)} == {workspace.id}
    # Told to the one whose key it was; of a key that nobody has, nobody is told.
    assert refused_calls(engine) == {"foreign_token": (1, "")}


@on_both_databases
def test_refused_calls_are_counted_by_day_and_reason(
    ingest: Ingest, engine: Engine, workspace: Workspace
) -> None:
    def refused(reason: str, said: str, milliseconds: int = 1_700_000_000_000) -> bytes:
        line = Line("0" * 31 + said[0], milliseconds, workspace.id, "UTC", "pixel")
        return write_line(line._replace(reason=reason, said=said))

    assert ingest(refused("value", "1"), refused("value", "2"), refused("fraction", "3")) == 0
    assert ingest(refused("value", "4")) == 0
    # One that was on its way for longer.
    assert ingest(refused("value", "5", 1_699_999_999_000)) == 0
    assert refused_calls(engine) == {"value": (4, "4"), "fraction": (1, "3")}
    assert rows_of(engine) == []


def test_refused_calls_are_forgotten_after_a_month(
    ingest: Ingest, engine: Engine, workspace: Workspace
) -> None:
    for days, reason in ((29, "value"), (32, "fraction")):
        at = round((clock.now() - timedelta(days=days)).timestamp() * 1000)
        line = Line(f"{days:032x}", at, workspace.id, "UTC", "pixel", reason=reason)
        ingest(write_line(line))
    forget_calls()
    assert list(refused_calls(engine)) == ["value"]


def test_open_pages_hear_of_what_was_stored(settings: Settings, engine: Engine, code: Code) -> None:
    bus, heard = Bus(), list[Any]()
    bus.subscribe("conversions", heard.append)
    ingestion = make_ingestion(settings, engine, bus)
    line = make_line(code)
    ingestion.ingest(line)
    assert heard == [{"workspaces": [code.workspace_id], "codes": [code.id]}]


def test_database_that_is_away_leaves_the_lines_to_come_again(
    ingestion: ConversionIngestion, code: Code, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = make_line(code)
    with monkeypatch.context() as patched:
        patched.setattr(engine.dialect, "do_execute", _refuse)
        with pytest.raises(Exception, match="gone"):
            ingestion.ingest(line)
    assert ingestion.ingest(line) == 1


def _refuse(*_: Any) -> None:
    raise ConnectionError("the database is gone")
