"""Lines of one version in the hands of another."""

import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import Engine

from pitchbar.core.utm import Utm
from pitchbar.scans.accepted import AcceptedScan, Way, new_scan_id, read_line, write_line
from tests.scans.conftest import Ingest
from tests.scans.lines import make_line, only_row

# As an edge of version 1 wrote it; it may still lie on a disk.
OLD_LINE = (
    b'["019a8c3e2f007b5c8d21f0a1b2c3d4e5",1763212345088,42,7,"Europe/Zurich",'
    b'["print","qr","spring","","blue"],"GET","81.2.69.1",'
    b'"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)","de-CH,de;q=0.9",'
    b'"https://news.example/a","prefetch"]\n'
)
OLD_SCAN = AcceptedScan(
    UUID("019a8c3e-2f00-7b5c-8d21-f0a1b2c3d4e5"),
    datetime(2025, 11, 15, 13, 12, 25, 88000, UTC),
    42,
    7,
    "Europe/Zurich",
    Utm("print", "qr", "spring", "", "blue"),
    "GET",
    "81.2.69.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)",
    "de-CH,de;q=0.9",
    "https://news.example/a",
    "prefetch",
)


def newer(**changes: Any) -> bytes:
    """The old line as a later edge may write it, with what versions 2 to 4 have and more."""
    facts = orjson.loads(OLD_LINE)
    facts[5] += changes.get("utm", [])
    facts += ["", "", 0, -1, 0, "", 0, *changes.get("fields", [])]
    return orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE)


NEWER_LINES = [
    newer(fields=["tls1.3"]),
    newer(fields=[None, 3, {"campaign": {"id": 4}}, ["x\x00"]]),
    newer(utm=["sixth"]),
    newer(utm=[6, None], fields=[True]),
]


def test_old_line_is_read() -> None:
    assert read_line(OLD_LINE) == OLD_SCAN


def test_old_line_is_stored(ingest: Ingest, engine: Engine) -> None:
    assert ingest(OLD_LINE) == 1
    row = only_row(engine)
    assert (row.id, row.code_id, row.workspace_id) == (OLD_SCAN.id, 42, 7)
    assert (row.utm_source, row.utm_content) == ("print", "blue")
    assert row.robot_reason == "prefetch"


@pytest.mark.parametrize("line", NEWER_LINES)
def test_line_of_a_newer_edge_is_read_for_what_is_known_of_it(line: bytes) -> None:
    assert read_line(line) == OLD_SCAN


def test_line_of_a_newer_edge_is_stored(ingest: Ingest, engine: Engine) -> None:
    assert ingest(NEWER_LINES[0]) == 1
    assert only_row(engine).id == OLD_SCAN.id


def read_as_version_1_did(line: bytes) -> list[Any]:
    """The rule of the workers that run before this version: exactly twelve, exactly five.

    Frozen: it changes only when no such worker can run any more beside an edge of today.
    """
    scan_id, milliseconds, code_id, workspace_id, time_zone, utm, *texts = orjson.loads(line)
    method, address, user_agent, language, referrer, purpose = texts
    source, medium, campaign, term, content = utm
    assert all(isinstance(number, int) for number in (milliseconds, code_id, workspace_id))
    for text in (time_zone, source, medium, campaign, term, content, *texts):
        assert isinstance(text, str)
    ids = [UUID(hex=scan_id), datetime.fromtimestamp(milliseconds / 1000, UTC)]
    tags = (source, medium, campaign, term, content)
    texts = [method, address, user_agent, language, referrer, purpose]
    return [*ids, code_id, workspace_id, time_zone, tags, *texts]


def written() -> bytes:
    return write_line(
        OLD_SCAN.id.hex,
        1763212345088,
        42,
        7,
        "Europe/Zurich",
        OLD_SCAN.utm,
        "GET",
        OLD_SCAN.address,
        OLD_SCAN.user_agent,
        OLD_SCAN.language,
        OLD_SCAN.referrer,
        OLD_SCAN.purpose,
    )


def test_line_of_today_is_read_by_old_workers() -> None:
    old = read_as_version_1_did(written())
    assert old == [getattr(OLD_SCAN, name) for name in AcceptedScan.__slots__[:12]]


def test_line_is_written_as_ever() -> None:
    assert written() == OLD_LINE
    assert read_line(written()) == OLD_SCAN


@pytest.mark.parametrize(
    ("more", "hints", "set_apart"),
    [
        ([], "", ""),
        (["a"], "a", ""),
        (["a", "over_limit"], "a", "over_limit"),
        (["", "over_limit", "of a later one"], "", "over_limit"),
        ([None, {"of": "a later one"}], "", ""),
        (["", "x" * 99], "", "x" * 32),
    ],
)
def test_what_version_2_added_is_read_where_it_is(
    more: list[Any], hints: str, set_apart: str
) -> None:
    read = read_line(orjson.dumps([*orjson.loads(OLD_LINE), *more]))
    assert (read.hints, read.set_apart) == (hints, set_apart)


def read_as_the_release_before_did(line: bytes) -> list[Any]:
    """Frozen, like the one above: twelve elements, and whatever may follow."""
    facts = orjson.loads(line)
    scan_id, milliseconds, *_, language, referrer, purpose = facts[:12]
    assert all(isinstance(text, str) for text in (language, referrer, purpose))
    first = language.split(",", 1)[0].split(";", 1)[0].strip()
    return [UUID(hex=scan_id), milliseconds, first[:35], referrer, purpose]


def test_line_with_all_there_is_is_read_by_the_release_before() -> None:
    ranked = ",".join(f"x{n:02}-CH;q=0.5" for n in range(20))[:256]
    told = ("GET", "8.8.8.8", "x", ranked, OLD_SCAN.referrer, "", "?1", "over_limit")
    line = write_line(OLD_SCAN.id.hex, 1763212345088, 42, 7, "UTC", Utm(), *told)
    old = read_as_the_release_before_did(line)
    assert old == [OLD_SCAN.id, 1763212345088, "x00-CH", OLD_SCAN.referrer, ""]


def test_id_is_a_uuid_of_version_7_with_its_time_and_74_random_bits() -> None:
    rng = random.Random(7)
    milliseconds = 1763212345088
    for bits in (0, (1 << 74) - 1, *(rng.getrandbits(74) for _ in range(50))):
        scan_id = UUID(hex=new_scan_id(milliseconds, bits))
        assert (scan_id.version, scan_id.variant) == (7, "specified in RFC 4122")
        assert scan_id.int >> 80 == milliseconds
        high, low = scan_id.int >> 64 & 0xFFF, scan_id.int & 0x3FFF_FFFF_FFFF_FFFF
        assert high << 62 | low == bits


def test_way_of_a_scan_is_kept(ingest: Ingest, engine: Engine) -> None:
    way = Way(9, 1, 3, "spring")
    assert ingest(make_line(rule_id=9, variant=1, domain_id=3, campaign="spring")) == 1
    row = only_row(engine)
    assert (row.rule_id, row.variant, row.domain_id, row.campaign) == way


@pytest.mark.parametrize(
    "odd", [{"rule_id": "x"}, {"rule_id": -4}, {"variant": 1 << 20}, {"campaign": ["a"]}]
)
def test_way_that_does_not_fit_costs_no_scan(ingest: Ingest, odd: dict[str, Any]) -> None:
    assert ingest(make_line(**odd)) == 1


def test_line_without_a_way_is_as_short_as_before() -> None:
    assert len(orjson.loads(written())) == 12
