"""Who is the same person within a day, without keeping who it was.

A visitor is a keyed hash of workspace, address, and what else each request tells without being
asked: agent, languages, client hints. The key is a random salt of that workspace's day, destroyed
48 hours after it was made; from then on nobody, we included, can link a stored visitor to an
address. Two phones of one model and language behind one address are the same visitor.
"""

import hashlib
import os
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, delete, not_, select

from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.scans.accepted import AcceptedScan
from pitchbar.scans.models import ErasedVisitor, ScanVisitor, VisitorSalt
from pitchbar.scans.ranges import start_of_day

SALT_LIFETIME = timedelta(hours=48)


class Salts(Protocol):
    """Finds the salt of a workspace's day; None when it is gone already."""

    def find_salt(
        self, connection: Connection, workspace_id: int, day: date, time_zone: str
    ) -> bytes | None:
        """16 random bytes. The day is one of the named zone."""

    def discard(self) -> None:
        """Called when the transaction was rolled back."""


def visitor_hash(salt: bytes, scan: AcceptedScan) -> str:
    """32 hex digits."""
    told = f"{scan.address}\n{scan.user_agent}\n{scan.language}\n{scan.hints}"
    text = f"{scan.workspace_id}\n{told}".encode("utf-8", "replace")
    return hashlib.blake2b(text, key=salt, digest_size=16).hexdigest()


def network_hash(salt: bytes, address: str) -> str:
    """16 hex digits, of the address alone: an IPv6 address is one phone's already."""
    text = address.encode("utf-8", "replace")
    return hashlib.blake2b(text, key=salt, digest_size=8, person=b"network").hexdigest()


class StoredSalts:
    """The salts of the database, made when a day's first scan is ingested."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, date], tuple[datetime, bytes]] = {}

    def find_salt(
        self, connection: Connection, workspace_id: int, day: date, time_zone: str
    ) -> bytes | None:
        now = clock.now()
        known = self._known.get((workspace_id, day))
        if known is None or _is_expired(known[0], now):
            # What is destroyed in the database does not live on here.
            self._known = {
                key: one for key, one in self._known.items() if not _is_expired(one[0], now)
            }
            known = self._get_or_create(connection, workspace_id, day, time_zone)
            if known is None:
                return None
            self._known[workspace_id, day] = known
        return known[1]

    def discard(self) -> None:
        """After a rollback: a salt made in that transaction does not exist."""
        self._known.clear()

    def _get_or_create(
        self, connection: Connection, workspace_id: int, day: date, time_zone: str
    ) -> tuple[datetime, bytes] | None:
        now = clock.now()
        query = select(VisitorSalt.created_at, VisitorSalt.salt).where(
            VisitorSalt.workspace_id == workspace_id, VisitorSalt.day == day
        )
        row = connection.execute(query).one_or_none()
        # From 48 hours after the day began, its salt may be destroyed already: a second one would
        # make the same people new again.
        if row is None and not _is_expired(start_of_day(day, time_zone), now):
            self._insert(connection, workspace_id, day, now)
            row = connection.execute(query).one()
        if row is None or _is_expired(row.created_at, now):
            return None
        return row.created_at, row.salt

    def _insert(self, connection: Connection, workspace_id: int, day: date, now: datetime) -> None:
        """Another worker may be faster: then its salt holds."""
        values = {"salt": os.urandom(16), "created_at": now}
        connection.execute(
            insert_into(connection, VisitorSalt)
            .values(workspace_id=workspace_id, day=day, **values)
            .on_conflict_do_nothing()
        )


def _is_expired(created_at: datetime, now: datetime) -> bool:
    return now - created_at >= SALT_LIFETIME


class EphemeralSalts:
    """Salts that are never written: for made-up history, whose days are long closed."""

    def __init__(self) -> None:
        self._salts: dict[tuple[int, date], bytes] = {}

    def find_salt(
        self, connection: Connection, workspace_id: int, day: date, time_zone: str
    ) -> bytes | None:
        return self._salts.setdefault((workspace_id, day), os.urandom(16))

    def discard(self) -> None:
        self._salts.clear()


def delete_expired_salts(connection: Connection) -> int:
    """Deletes salts older than 48 hours, and the visitor lists that rest on them."""
    now = clock.now()
    gone = connection.execute(
        delete(VisitorSalt).where(VisitorSalt.created_at <= now - SALT_LIFETIME)
    ).rowcount
    salt = select(VisitorSalt.day).where(
        VisitorSalt.workspace_id == ScanVisitor.workspace_id, VisitorSalt.day == ScanVisitor.day
    )
    # Nobody's day is still going on that was over everywhere two days ago.
    connection.execute(
        delete(ScanVisitor).where(
            ScanVisitor.day < (now - SALT_LIFETIME).date(), not_(salt.exists())
        )
    )
    # By then no scan of that day is fingerprinted any more.
    connection.execute(
        delete(ErasedVisitor).where(ErasedVisitor.erased_at < now - 2 * SALT_LIFETIME)
    )
    return gone
