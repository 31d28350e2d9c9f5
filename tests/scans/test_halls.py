"""Many phones behind one address, and one that guesses among them."""

from collections import Counter

import pytest
from sqlalchemy import Engine, select

from pitchbar.codes.models import Code
from pitchbar.scans.edge import Edge
from pitchbar.scans.models import ScanDay
from pitchbar.scans.pipeline import make_limits
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.scans.conftest import Ingest, MakeEdge, Watch
from tests.scans.edging import EdgeResponse, call_edge, read_spool
from tests.scans.lines import rows_of
from tests.support.factories import make_code


@pytest.fixture
def hall(make_edge: MakeEdge, settings: Settings, code: Code, watch: Watch) -> Edge:
    """An edge with the limits of the settings as they are by default."""
    return make_edge(**make_limits(settings))


pytestmark = pytest.mark.settings(ratelimit_enabled=True)


def statuses(edge: Edge, count: int, path: str = "/t/menu", **environ: str) -> Counter[int]:
    return Counter(call_edge(edge, path, **environ).status for _ in range(count))


def test_two_hundred_phones_on_one_address_are_led_on_and_counted(hall: Edge, spool: Spool) -> None:
    assert statuses(hall, 200) == {302: 200}
    assert not any(line.get("set_apart") for line in read_spool(spool))


def test_beyond_the_limit_a_known_code_leads_on_and_the_scan_stands_apart(
    hall: Edge, spool: Spool
) -> None:
    assert statuses(hall, 700) == {302: 700}
    assert [line.get("set_apart", "") for line in read_spool(spool)] == [""] * 600 + [
        "over_limit"
    ] * 100


def test_far_beyond_nobody_is_led_on(hall: Edge, spool: Spool, watch: Watch) -> None:
    watch.now += 20
    assert statuses(hall, 3000) == {302: 3000}

    answer = call_edge(hall, "/t/menu")
    assert (answer.status, answer["Retry-After"]) == (429, "40")
    assert statuses(hall, 1, REMOTE_ADDR="198.51.100.8") == {302: 1}
    assert len(read_spool(spool)) == 3001
    watch.now += 40
    assert statuses(hall, 1) == {302: 1}


def test_scans_over_the_limit_are_hits_but_no_people(
    hall: Edge, spool: Spool, ingest: Ingest, engine: Engine
) -> None:
    statuses(hall, 605)
    ingest(*(one.path.read_bytes() for one in spool.segments()))

    reasons = Counter(row.robot_reason for row in rows_of(engine))
    assert (reasons.total(), reasons["over_limit"]) == (605, 5)
    with engine.connect() as connection:
        days = connection.execute(select(ScanDay.hits, ScanDay.people, ScanDay.over_limit)).all()
    assert set(days) == {(605, reasons[None], 5)}


@pytest.mark.settings(ratelimit_redirect="4/hour", ratelimit_redirect_max="10/minute")
def test_both_limits_hold_in_one_window(hall: Edge) -> None:
    assert statuses(hall, 602) == {302: 600, 429: 2}


@pytest.mark.settings(ratelimit_redirect="5/minute", ratelimit_redirect_max="3/minute")
def test_limit_above_the_most_holds(hall: Edge) -> None:
    assert statuses(hall, 7) == {302: 5, 429: 2}


@pytest.fixture
def look_ups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of the database."""
    asked: list[str] = []
    read = Resolver._read

    def counted(resolver: Resolver, short_code: str) -> object:
        asked.append(short_code)
        return read(resolver, short_code)

    monkeypatch.setattr(Resolver, "_read", counted)
    return asked


def guess(edge: Edge, count: int, word: str = "guess") -> list[EdgeResponse]:
    return [call_edge(edge, f"/t/{word}-{number}") for number in range(count)]


def test_guessing_is_bounded_and_the_hall_goes_on(
    hall: Edge, watch: Watch, look_ups: list[str]
) -> None:
    call_edge(hall, "/t/menu")
    answers = [answer.status for answer in guess(hall, 300)]

    assert answers == [404] * 60 + [429] * 240
    assert len([asked for asked in look_ups if asked.startswith("guess")]) == 120
    assert call_edge(hall, "/t/guess-999")["Retry-After"] == "60"
    assert statuses(hall, 50) == {302: 50}
    assert call_edge(hall, "/t/MENU.").status == 302
    assert call_edge(hall, "/t/nothing", REMOTE_ADDR="198.51.100.8").status == 404

    watch.now += 60
    assert call_edge(hall, "/t/guess-1").status == 404


def test_code_that_is_not_in_the_cache_is_found_while_somebody_guesses(
    hall: Edge, code: Code, workspace: Workspace
) -> None:
    fresh = make_code(workspace, short_code="fresh")
    guess(hall, 70)

    assert call_edge(hall, f"/t/{fresh.short_code}").status == 302


def test_code_that_is_stale_in_the_cache_is_looked_up_for_a_hall_with_a_guesser(
    make_edge: MakeEdge, settings: Settings, code: Code, engine: Engine, watch: Watch
) -> None:
    edge = make_edge(resolver=Resolver(engine, max_stale=0.0), **make_limits(settings))
    call_edge(edge, "/t/menu")
    guess(edge, 130)

    assert statuses(edge, 100) == {302: 100}


def test_same_unknown_code_again_and_again_is_bounded_too(hall: Edge) -> None:
    assert statuses(hall, 130, "/t/gone") == {404: 60, 429: 70}


@pytest.mark.settings(ratelimit_enabled=False)
def test_limits_can_be_switched_off(hall: Edge) -> None:
    assert statuses(hall, 100, "/t/gone") == {404: 100}
