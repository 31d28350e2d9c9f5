"""Many people behind one address, and one phone that loads again."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import Engine, select, update

from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.models import WHOLE_WORKSPACE, ScanVisitor
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.lines import assert_rollups_equal_rows, make_line, rows_of, stored_days
from tests.support.servers import on_both_databases

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36"
# Frozen: browsers no longer name models and small versions.
AGENTS = (
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {SAFARI}",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) {SAFARI}",
    f"Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) {SAFARI}",
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME}",
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} EdgA/137.0.0.0",
    "Mozilla/5.0 (Android 15; Mobile; rv:139.0) Gecko/139.0 Firefox/139.0",
)
LANGUAGES = ("de-CH,de;q=0.9", "de-DE,de;q=0.9", "fr-CH,fr;q=0.9", "it-CH", "en-GB", "en-US,en")
HALL = "81.2.69.9"
DAY = NOON.date()


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


def sixty_people(order: str) -> list[bytes]:
    """Behind one address within 39 seconds, with each of 36 phones at least once."""
    dice = random.Random(order)
    phones = list(product(AGENTS, LANGUAGES))
    chosen = phones + dice.choices(phones, k=24)
    if order == "sorted":
        chosen.sort()
    else:
        dice.shuffle(chosen)
    return [
        make_line(
            NOON + timedelta(seconds=number * 39 / 59),
            address=HALL,
            user_agent=agent,
            language=language,
        )
        for number, (agent, language) in enumerate(chosen)
    ]


def reasons_of(engine: Engine) -> Counter[str | None]:
    return Counter(row.robot_reason for row in rows_of(engine))


@on_both_databases
@pytest.mark.parametrize("order", ["sorted", "mixed", "otherwise"])
def test_sixty_people_behind_one_address_are_sixty_people(
    engine: Engine, ingest: Ingest, order: str
) -> None:
    ingest(*sixty_people(order))

    assert reasons_of(engine) == {None: 60}
    # Hits, people, unique people.
    assert stored_days(engine)[1, 1, DAY] == (60, 60, 36)
    assert_rollups_equal_rows(engine)


@on_both_databases
def test_people_of_a_hall_count_whichever_worker_stores_them(
    engine: Engine, settings: Settings
) -> None:
    """In small batches only those before are known: a crowd shows after its first few."""
    lines = sixty_people("mixed")
    workers = [make_ingestion(settings, engine, Bus()) for _ in range(2)]
    for number in range(0, 60, 3):
        workers[number // 3 % 2].ingest_scans(b"".join(lines[number : number + 3]))

    assert stored_days(engine)[1, 1, DAY] == (60, 60, 36)


@on_both_databases
@pytest.mark.parametrize("batch", [1, 5])
def test_phone_that_loads_again_at_once_is_one_person(
    engine: Engine, ingest: Ingest, batch: int
) -> None:
    lines = [make_line(NOON + timedelta(seconds=n * 0.45)) for n in range(5)]
    for start in range(0, 5, batch):
        ingest(*lines[start : start + batch])

    assert reasons_of(engine) == {None: 1, "repeat": 4}
    assert stored_days(engine)[1, 1, DAY] == (5, 1, 1)


@on_both_databases
@pytest.mark.parametrize("batch", [1, 3, 7])
def test_two_seconds_are_counted_from_the_first_and_not_from_the_last(
    engine: Engine, ingest: Ingest, batch: int
) -> None:
    lines = [make_line(NOON + timedelta(seconds=n * 1.5)) for n in range(7)]
    for start in range(0, 7, batch):
        ingest(*lines[start : start + batch])

    assert [row.robot_reason for row in rows_of(engine)] == [None, "repeat"] * 3 + [None]
    assert_rollups_equal_rows(engine)


def others(count: int, at: datetime = NOON, **fields: str) -> list[bytes]:
    return [make_line(at, address=HALL, language=f"x{number}", **fields) for number in range(count)]


def twice(at: datetime = NOON) -> list[bytes]:
    return [make_line(at + timedelta(seconds=late), address=HALL) for late in (0, 1)]


@on_both_databases
@pytest.mark.parametrize(
    ("count", "late", "repeats"),
    [(3, 0, 1), (4, 0, 0), (4, -59, 0), (4, 50, 0), (4, -70, 1), (4, 70, 1)],
)
def test_four_others_within_a_minute_make_a_crowd(
    engine: Engine, ingest: Ingest, count: int, late: int, repeats: int
) -> None:
    """Those who come a little later in the batch speak for it, too."""
    ingest(*twice(), *others(count, NOON + timedelta(seconds=late)))

    assert reasons_of(engine)["repeat"] == repeats


@on_both_databases
def test_people_of_another_code_make_a_crowd_but_robots_and_other_addresses_none(
    engine: Engine, ingest: Ingest
) -> None:
    ingest(*others(9, method="HEAD"), *(make_line(language=f"x{n}") for n in range(9)))
    ingest(*twice())
    assert reasons_of(engine)["repeat"] == 1

    later = NOON + timedelta(seconds=10)
    ingest(*(make_line(later, address=HALL, language=f"x{n}", code_id=7 + n) for n in range(4)))
    ingest(*twice(later))
    assert reasons_of(engine)["repeat"] == 1


@pytest.mark.settings(shared_address_visitors=2)
def test_number_of_others_is_a_setting(engine: Engine, ingest: Ingest) -> None:
    ingest(*twice(), *others(2))

    assert reasons_of(engine)["repeat"] == 0


@pytest.mark.settings(robot_repeat_seconds=0)
def test_repeats_can_be_switched_off(engine: Engine, ingest: Ingest) -> None:
    ingest(*twice(), *twice())

    assert reasons_of(engine)["repeat"] == 0


@on_both_databases
def test_address_is_kept_as_a_salted_hash_in_the_rows_of_codes_alone(
    engine: Engine, ingest: Ingest
) -> None:
    own, foreign = (make_line(NOON, address=HALL, workspace_id=number) for number in (1, 2))
    ingest(own, foreign, *others(1))

    with engine.connect() as connection:
        rows = connection.execute(select(ScanVisitor.__table__)).all()
    assert {row.network for row in rows if row.code_id == WHOLE_WORKSPACE} == {None}
    networks = {(row.workspace_id, row.network) for row in rows if row.code_id != WHOLE_WORKSPACE}
    assert len(networks) == len({network for _, network in networks}) == 2
    assert all(len(network) == 16 for _, network in networks)


@on_both_databases
def test_visitor_that_a_worker_of_before_stored_gets_its_address_with_the_next_scan(
    engine: Engine, ingest: Ingest
) -> None:
    ingest(*others(4))
    with engine.begin() as connection:
        connection.execute(update(ScanVisitor).values(network=None))
    ingest(*twice(NOON + timedelta(seconds=3)))
    assert reasons_of(engine)["repeat"] == 1

    ingest(*others(4, NOON + timedelta(seconds=6)))
    ingest(*twice(NOON + timedelta(seconds=9)))
    assert reasons_of(engine)["repeat"] == 1
