"""One person's data: found, handed over and erased, in every table."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from pitchbar.codes.models import Code
from pitchbar.conversions.models import Conversion
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.core.personal_data import Whom, list_holdings
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from pitchbar.privacy.erasure import erase, look_up, masked
from pitchbar.privacy.models import PrivacyReceipt
from pitchbar.scans.erasure import OF_VISITORS, begin_erasure
from pitchbar.scans.factories import make_engine, make_ingestion
from pitchbar.scans.ingestion import Ingestion
from pitchbar.scans.models import ErasedVisitor, Scan, ScanDay, ScanVisitor
from pitchbar.scans.visitors import delete_expired_salts
from pitchbar.settings import current_settings
from pitchbar.workspaces.invitations.services import invite
from pitchbar.workspaces.models import Invitation, Workspace
from tests.guards.test_purge import PERSONAL_WORDS, tables
from tests.privacy.factories import ADA, BEN, make_visitor
from tests.scans.lines import make_line
from tests.support.factories import make_code, make_workspace
from tests.support.servers import on_both_databases

OF_ONE = {"scans": 2, "scan_visitors": 1, "conversions": 1}
EMAIL = "guest@pitchbar.example"

# Columns that belong to whoever has an account here, and go with it or with their log's time.
ACCOUNTS = {
    "people",
    "person_sessions",
    "two_factors",
    "recovery_codes",
    "identities",
    "email_changes",
    "api_tokens",
    "ownership_offers",
}
# Of a person, and no visitor's or correspondent's data: with the reason.
OTHERS = {
    "privacy_receipts": "who of the workspace asked for an erasure",
    "scan_feed": "that ClickHouse is to forget a visitor, until it has",
    "release_runs": "which operator asked for a check, until fifty more were made",
    "erased_visitors": "that nothing is stored of a visitor, until the salt of the day is gone",
}


@pytest.fixture
def code(app: Flask) -> Code:
    return make_code(make_workspace(plan="scale"))


@pytest.fixture
def ingestion(app: Flask) -> Iterator[Ingestion]:
    settings = current_settings()
    engine = make_engine(settings)
    yield make_ingestion(settings, engine, Bus())
    engine.dispose()


def workspace_of(code: Code) -> Workspace:
    return db.session.get_one(Workspace, code.workspace_id)


def all_holdings_count(code: Code, whom: Whom) -> dict[str, int]:
    held = ((one, one.count(db.session(), code.workspace_id, whom)) for one in list_holdings())
    return {one.table: count for one, count in held if count}


def test_every_table_with_something_of_a_person_is_covered(app: Flask) -> None:
    words = (*PERSONAL_WORDS, "visitor")
    personal = {
        table.name
        for table in tables()
        if any(
            column.name in words
            or column.name.endswith(("_email", "_ip", "_phone"))
            or column.info.get("forgotten")
            for column in table.columns
        )
    }
    covered = {holding.table for holding in list_holdings()}
    assert {"scans", "scan_visitors", "conversions", "invitations"} <= covered
    silent = personal - covered - ACCOUNTS - set(OTHERS)
    assert silent == set(), "register a holding of it, or say here why there is none"


@on_both_databases
def test_a_visitor_is_erased_everywhere_and_others_are_not(code: Code) -> None:
    make_visitor(code)
    make_visitor(code, BEN)
    assert all_holdings_count(code, Whom(ADA)) == OF_ONE
    receipt = erase(workspace_of(code), Whom(ADA), SYSTEM)
    db.session.commit()
    assert receipt.counts == OF_ONE
    assert all_holdings_count(code, Whom(ADA)) == {}
    assert all_holdings_count(code, Whom(BEN)) == OF_ONE
    orders = set(db.session.scalars(select(Conversion.order_id)))
    assert orders == {None, "order of b"}


def test_an_erased_scan_stays_a_scan_and_tells_nothing(code: Code) -> None:
    make_visitor(code, scans=1)
    erase(workspace_of(code), Whom(ADA), SYSTEM)
    db.session.commit()
    scan = db.session.scalars(select(Scan)).one()
    assert {getattr(scan, name) for name in OF_VISITORS} == {None}
    assert (scan.code_id, scan.utm_source) == (code.id, "print")
    columns = set(Scan.__table__.columns.keys()) - set(OF_VISITORS)
    kept = {"id", "scanned_at", "code_id", "workspace_id", "campaign", "rule_id", "variant"}
    kept |= {"domain_id", "robot_reason", *(name for name in columns if name.startswith("utm_"))}
    assert columns == kept, "does the new column come from the visitor? Then it belongs there, too"


def test_another_workspace_keeps_what_it_has(code: Code) -> None:
    other = make_code(make_workspace())
    make_visitor(code)
    make_visitor(other)
    erase(workspace_of(code), Whom(ADA), SYSTEM)
    db.session.commit()
    assert all_holdings_count(other, Whom(ADA)) == OF_ONE


def test_an_address_is_erased_with_its_invitations_messages_and_log(code: Code) -> None:
    workspace = workspace_of(code)
    for address in (EMAIL, "other@pitchbar.example"):
        invite(workspace, SYSTEM, current_settings(), email=address, role="member", by_role="owner")
        db.session.commit()
    whom = Whom(email=EMAIL)
    found = {one.table: one for one in look_up(workspace, whom, SYSTEM)}
    assert found.keys() == {"invitations", "mail_log", "audit_entries"}
    assert found["invitations"].rows[0]["email"] == EMAIL
    assert "key" not in found["invitations"].rows[0], "it opens the invitation"
    erase(workspace, whom, SYSTEM)
    db.session.commit()
    assert all_holdings_count(code, whom) == {}
    assert db.session.scalars(select(Invitation.email)).all() == ["other@pitchbar.example"]
    assert db.session.scalars(select(MailRecord.to)).all() == ["other@pitchbar.example"]
    for entry in db.session.scalars(select(AuditEntry)):
        assert EMAIL not in f"{entry.subject_name} {entry.before} {entry.after}"


def test_neither_receipt_nor_log_says_who_it_was(code: Code) -> None:
    make_visitor(code)
    look_up(workspace_of(code), Whom(ADA), SYSTEM)
    erase(workspace_of(code), Whom(ADA), SYSTEM)
    erase(workspace_of(code), Whom(email=EMAIL), SYSTEM)
    db.session.commit()
    told = [str(vars(one)) for one in db.session.scalars(select(PrivacyReceipt))]
    told += [str(vars(one)) for one in db.session.scalars(select(AuditEntry))]
    assert len(told) >= 5
    assert not any(ADA in text or EMAIL in text for text in told)
    assert masked(Whom(ADA)) == "visitor aaaa…"
    assert masked(Whom(email=EMAIL)) == "address g…@p…"


@on_both_databases
def test_scans_of_theirs_that_wait_are_stored_without_them(
    ingestion: Ingestion, code: Code
) -> None:
    own: dict[str, Any] = {"code_id": code.id, "workspace_id": code.workspace_id}
    ingestion.ingest_scans(make_line(**own))
    visitor = db.session.scalars(select(Scan.visitor)).one()
    db.session.rollback()
    assert visitor
    erase(workspace_of(code), Whom(visitor), SYSTEM)
    db.session.commit()
    at = clock.now() + timedelta(seconds=10)
    assert (
        ingestion.ingest_scans(make_line(at, **own) + make_line(at, address="81.2.69.9", **own))
        == 2
    )
    kept = db.session.scalars(select(Scan.visitor)).all()
    assert visitor not in kept
    assert len(kept) == 3
    assert sum(one is None for one in kept) == 2
    assert (
        db.session.scalars(select(ScanVisitor.visitor).where(ScanVisitor.visitor == visitor)).all()
        == []
    )
    hits = select(ScanDay.hits).where(ScanDay.code_id == code.id)
    assert db.session.scalars(hits).one() == 3


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_storing_and_erasing_wait_for_each_other(ingestion: Ingestion, code: Code) -> None:
    own: dict[str, Any] = {"code_id": code.id, "workspace_id": code.workspace_id}
    ingestion.ingest_scans(make_line(**own))
    visitor = str(db.session.scalars(select(Scan.visitor)).one())
    db.session.rollback()
    begin_erasure(code.workspace_id, visitor)
    later = clock.now() + timedelta(seconds=10)
    storing = threading.Thread(target=ingestion.ingest_scans, args=(make_line(later, **own),))
    storing.start()
    storing.join(0.3)
    assert storing.is_alive(), "it stored while somebody was being erased"
    erase(workspace_of(code), Whom(visitor), SYSTEM)
    db.session.commit()
    storing.join(10)
    assert db.session.scalars(select(Scan.visitor)).all() == [None, None]


def test_an_erasure_that_fails_in_the_middle_erases_nothing(
    code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_visitor(code)
    first = list_holdings()[0]

    def fail(*_: Any) -> int:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(type(first), "erase", fail)
    with pytest.raises(RuntimeError):
        erase(workspace_of(code), Whom(ADA), SYSTEM)
    db.session.rollback()
    monkeypatch.undo()
    assert all_holdings_count(code, Whom(ADA)) == OF_ONE
    assert db.session.scalar(select(func.count()).select_from(ErasedVisitor)) == 0


def test_that_somebody_was_erased_is_forgotten_with_the_salts(code: Code) -> None:
    old = {"workspace_id": code.workspace_id, "visitor": ADA}
    db.session.execute(
        insert(ErasedVisitor).values(**old, erased_at=clock.now() - timedelta(days=5))
    )
    begin_erasure(code.workspace_id, BEN)
    delete_expired_salts(db.session.connection())
    assert db.session.scalars(select(ErasedVisitor.visitor)).all() == [BEN]
