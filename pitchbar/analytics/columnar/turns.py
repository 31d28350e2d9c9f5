"""Whose turn it is to write to ClickHouse: one process's at a time."""

import os
import socket
import uuid
from datetime import timedelta

from sqlalchemy import Engine, delete, or_, update

from pitchbar.analytics.columnar.models import FeedTurn
from pitchbar.core import clock
from pitchbar.core.database import insert_into

_NAME = "writer"
# Longer than any single write may take.
_SECONDS = 120


class Turn:
    """Held by one object; another gets it when it is given back, or not renewed for a while."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._holder = f"{socket.gethostname()[:20]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def take(self) -> bool:
        """Takes or renews it; False while it is somebody else's."""
        now = clock.now()
        values = {"holder": self._holder, "until": now + timedelta(seconds=_SECONDS)}
        with self._engine.begin() as connection:
            connection.execute(
                insert_into(connection, FeedTurn)
                .values(name=_NAME, holder="", until=now)
                .on_conflict_do_nothing()
            )
            taken = connection.execute(
                update(FeedTurn)
                .where(FeedTurn.name == _NAME)
                .where(or_(FeedTurn.holder == self._holder, FeedTurn.until <= now))
                .values(**values)
            )
            return taken.rowcount == 1

    def give_back(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(FeedTurn).where(FeedTurn.holder == self._holder))
