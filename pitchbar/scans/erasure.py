"""Somebody of whom nothing may be kept, whether their scans are stored or wait to be.

Who erases and who stores wait for each other: a batch either commits before, and is erased with the
rest, or sees that this visitor is erased. On SQLite one writes at a time anyway.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.core.personal_data import TableHolding, Whom, register_holding
from pitchbar.extensions import db
from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.models import ErasedVisitor, Scan, ScanVisitor

# All that a scan has from its visitor. When it was and which code stays: it is a scan all the same.
OF_VISITORS = (
    "ip",
    "visitor",
    "country",
    "region",
    "city",
    "device",
    "os",
    "browser",
    "language",
    "referrer_host",
)
_NOTHING = dict.fromkeys(OF_VISITORS)
_LOCK = "SELECT pg_advisory_xact_lock{how}(hashtext('pitchbar.scans.erasure'))"


def forget_erased(connection: Connection, scans: Sequence[EnrichedScan]) -> None:
    """Before scans are inserted: takes what tells of them from those of erased visitors."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_LOCK.format(how="_shared")))
    erased = {
        (workspace_id, visitor)
        for workspace_id, visitor in connection.execute(
            select(ErasedVisitor.workspace_id, ErasedVisitor.visitor)
        )
    }
    if erased:
        for scan in scans:
            if (scan.workspace_id, scan.visitor) in erased:
                scan.visitor = scan.network = None
                scan.row.update(_NOTHING)


def hold_storing() -> None:
    """Until the session's transaction ends no scan is stored; those that are being stored now are
    waited for.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text(_LOCK.format(how="")))
    elif not connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]  # it is open
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def begin_erasure(workspace_id: int, visitor: str) -> None:
    """From the commit on nothing is stored of this visitor; until then nothing is stored at all."""
    hold_storing()
    connection = db.session.connection()
    connection.execute(
        insert_into(connection, ErasedVisitor)
        .values(workspace_id=workspace_id, visitor=visitor, erased_at=clock.now())
        .on_conflict_do_nothing()
    )


def register_holdings() -> None:
    register_holding(TableHolding(Scan, "Scans", _scans_of, cleared=_NOTHING))
    register_holding(TableHolding(ScanVisitor, "Who was seen on a day", _days_of))


def _scans_of(whom: Whom) -> Any:
    return Scan.visitor == whom.visitor if whom.visitor else None


def _days_of(whom: Whom) -> Any:
    return ScanVisitor.visitor == whom.visitor if whom.visitor else None
