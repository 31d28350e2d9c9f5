"""Somebody who asks not to be tracked is counted, and nothing is kept to know them again by."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from pitchbar.scans.edge import Edge
from pitchbar.scans.factories import make_token_cipher
from pitchbar.scans.models import ScanDay, ScanVisitor
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from tests.scans.conftest import Ingest
from tests.scans.edging import call_edge
from tests.scans.lines import only_row

MakeEdge = Callable[..., Edge]
WISHES = [{"HTTP_DNT": "1"}, {"HTTP_SEC_GPC": "1"}]
HEADERS = {
    "REMOTE_ADDR": "81.2.69.142",
    "HTTP_ACCEPT_LANGUAGE": "de-CH,de;q=0.9",
    "HTTP_SEC_CH_UA": '"Chromium";v="130"',
}


def spooled(spool: Spool) -> bytes:
    return b"".join(one.path.read_bytes() for one in spool.segments())


@pytest.mark.parametrize("wish", WISHES)
def test_a_scan_of_theirs_counts_and_tells_nothing_of_them(
    make_edge: MakeEdge,
    code: Code,
    spool: Spool,
    ingest: Ingest,
    engine: Engine,
    wish: dict[str, str],
) -> None:
    call_edge(make_edge(respects_wishes=True), "/t/menu", **HEADERS, **wish)
    ingest(spooled(spool))
    row = only_row(engine)
    assert (row.ip, row.visitor, row.region, row.city) == (None, None, None, None)
    assert (row.country, row.device, row.robot_reason) == ("GB", "phone", None)
    figures = db.session.scalars(select(ScanDay).where(ScanDay.code_id == code.id)).one()
    assert (figures.hits, figures.people, figures.unique_people) == (1, 1, 0)
    assert db.session.scalars(select(ScanVisitor)).all() == []


@pytest.mark.parametrize("headers", [{}, {"HTTP_DNT": "0"}, {"HTTP_SEC_GPC": "yes"}])
def test_others_are_counted_as_ever(
    make_edge: MakeEdge,
    code: Code,
    spool: Spool,
    ingest: Ingest,
    engine: Engine,
    headers: dict[str, str],
) -> None:
    call_edge(make_edge(respects_wishes=True), "/t/menu", **HEADERS, **headers)
    ingest(spooled(spool))
    assert only_row(engine).visitor
    assert only_row(engine).ip == "81.2.69.0"


def test_unless_the_setting_says_so_the_wish_changes_nothing(
    make_edge: MakeEdge, code: Code, spool: Spool, ingest: Ingest, engine: Engine
) -> None:
    call_edge(make_edge(), "/t/menu", **HEADERS, HTTP_DNT="1", HTTP_SEC_GPC="1")
    ingest(spooled(spool))
    assert only_row(engine).visitor


def test_their_destination_gets_no_token(
    make_edge: MakeEdge, code: Code, settings: Settings
) -> None:
    code.attribution = True
    db.session.commit()
    edge = make_edge(respects_wishes=True, tokens=make_token_cipher(settings))
    assert "pb_at=" in call_edge(edge, "/t/menu")["Location"]
    assert "pb_at=" not in call_edge(edge, "/t/menu", HTTP_SEC_GPC="1")["Location"]
