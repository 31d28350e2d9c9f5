"""Who opens a code from our own pages tries it out, and is no visitor."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from pitchbar.scans.referrers import own_origins, read_origin
from tests.scans.conftest import Ingest
from tests.scans.lines import assert_rollups_equal_rows, make_line, only_row, rows_of
from tests.support.browsing import SITE as OURS
from tests.support.servers import on_both_databases

SITE = "https://pitchbar.example"


@on_both_databases
def test_scan_from_our_own_pages_stands_apart(engine: Engine, ingest: Ingest) -> None:
    ingest(
        make_line(referrer=f"{OURS}/w/corner/codes/1", address="81.2.68.1"),
        make_line(referrer="https://news.example/", address="81.2.69.2"),
        make_line(address="81.2.69.3"),
    )

    found = {(row.ip, row.referrer_host, row.robot_reason) for row in rows_of(engine)}
    assert found == {
        ("81.2.68.0", urlsplit(OURS).hostname, "own"),
        ("81.2.69.0", "news.example", None),
        ("81.2.69.0", None, None),
    }
    assert_rollups_equal_rows(engine)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"method": "HEAD"}, "head"),
        ({"set_apart": "over_limit"}, "own"),
    ],
)
def test_robot_remains_one_and_own_comes_before_the_limit(
    engine: Engine, ingest: Ingest, fields: dict[str, Any], reason: str
) -> None:
    ingest(make_line(referrer=f"{OURS}/", **fields))

    assert only_row(engine).robot_reason == reason


def test_own_scan_makes_no_person_of_the_same_phone_a_repeat(
    engine: Engine, ingest: Ingest
) -> None:
    ingest(make_line(referrer=f"{OURS}/"), make_line())

    assert {row.robot_reason for row in rows_of(engine)} == {"own", None}


@pytest.mark.parametrize(
    ("app_url", "referrer", "is_own"),
    [
        (SITE, f"{SITE}/", True),
        (SITE, SITE, True),
        (SITE, "https://PITCHBAR.example:443/w/x?y=1#z", True),
        (SITE, "http://pitchbar.example/", True),
        (SITE, "https://pitchbar.example:8443/", False),
        (SITE, "https://www.pitchbar.example/", False),
        (SITE, "https://pitchbar.example.evil.example/", False),
        (SITE, "https://evil.example/?https://pitchbar.example/", False),
        (SITE, "https://pitchbar.example@evil.example/", False),
        (SITE, "pitchbar.example", False),
        (SITE, "https://pitchbar.example:port/", False),
        (SITE, "https://[broken/", False),
        ("http://localhost:8000", "http://localhost:8000/w/corner/", True),
        ("http://localhost:8000", "http://127.0.0.1:8000/w/corner/", True),
        ("http://localhost:8000", "http://[::1]:8000/", True),
        ("http://localhost:8000", "http://localhost:3000/", False),
        ("https://[2001:db8::1]", "https://[2001:DB8::1]/", True),
    ],
)
def test_own_is_the_host_and_port_of_our_pages(app_url: str, referrer: str, is_own: bool) -> None:
    assert (read_origin(referrer) in own_origins(app_url)) is is_own
