"""Who is the same person within a day, without keeping who it was.

A visitor is a keyed hash of workspace, address and agent. The key is a random salt of that
workspace's day, destroyed 48 hours after it was made; from then on nobody, we included, can link a
stored visitor to an address.
"""

import hashlib
import os
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection, delete, select

from pitchbar.core import clock
from pitchbar.scans.models import ScanVisitor, VisitorSalt
from pitchbar.scans.statements import insert_ignoring

SALT_LIFETIME = timedelta(hours=48)


class Salts(Protocol):
    """Finds the salt of a workspace's day; None when it is gone already."""

    def salt_of(self, connection: Connection, workspace_id: int, day: date) -> bytes | None:
        """16 random bytes."""

    def forget(self) -> None:
        """Called when the transaction was rolled back."""


def visitor_hash(salt: bytes, workspace_id: int, address: str, user_agent: str) -> str:
    """32 hex digits."""
    text = f"{workspace_id}|{address}|{user_agent}".encode("utf-8", "replace")
    return hashlib.blake2b(text, key=salt, digest_size=16).hexdigest()


class StoredSalts:
    """The salts of the database, made when a day's first scan is ingested."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, date], tuple[datetime, bytes]] = {}

    def salt_of(self, connection: Connection, workspace_id: int, day: date) -> bytes | None:
        key = (workspace_id, day)
        known = self._known.get(key)
        if known is None or clock.now() - known[0] >= SALT_LIFETIME:
            self._known.pop(key, None)
            known = self._read_or_make(connection, workspace_id, day)
            if known is None:
                return None
            self._known[key] = known
        return known[1]

    def forget(self) -> None:
        """After a rollback: a salt made in that transaction does not exist."""
        self._known.clear()

    def _read_or_make(
        self, connection: Connection, workspace_id: int, day: date
    ) -> tuple[datetime, bytes] | None:
        now = clock.now()
        query = select(VisitorSalt.created_at, VisitorSalt.salt).where(
            VisitorSalt.workspace_id == workspace_id, VisitorSalt.day == day
        )
        row = connection.execute(query).one_or_none()
        if row is None and now.date() - day <= timedelta(days=1):
            fresh = {
                "workspace_id": workspace_id,
                "day": day,
                "salt": os.urandom(16),
                "created_at": now,
            }
            connection.execute(insert_ignoring(connection, VisitorSalt), fresh)
            row = connection.execute(query).one()
        if row is None or now - row.created_at >= SALT_LIFETIME:
            return None
        return row.created_at, row.salt


class PassingSalts:
    """Salts that are never written: for made-up history, whose days are long closed."""

    def __init__(self) -> None:
        self._salts: dict[tuple[int, date], bytes] = {}

    def salt_of(self, connection: Connection, workspace_id: int, day: date) -> bytes | None:
        return self._salts.setdefault((workspace_id, day), os.urandom(16))

    def forget(self) -> None:
        self._salts.clear()


def destroy_old_salts(connection: Connection) -> int:
    """Deletes salts older than 48 hours, and the visitor lists that rest on them."""
    now = clock.now()
    gone = connection.execute(
        delete(VisitorSalt).where(VisitorSalt.created_at < now - SALT_LIFETIME)
    ).rowcount
    # Days of any time zone that lie wholly behind the oldest salt in force.
    connection.execute(
        delete(ScanVisitor).where(
            ScanVisitor.day < (now - SALT_LIFETIME).date() - timedelta(days=1)
        )
    )
    return gone
