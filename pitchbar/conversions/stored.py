"""Who hears that conversions were stored: as `scans/stored.py`, with the rows that were really
inserted, in the transaction that stores them.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from pitchbar.conversions.rollups import add_to_rollups

Row = dict[str, Any]
Subscriber = Callable[[Connection, Sequence[Row]], None]
_subscribers: list[Subscriber] = [add_to_rollups]


def subscribe(subscriber: Subscriber) -> None:
    """Called after those that subscribed before; a second time changes nothing."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def publish(connection: Connection, inserted: Sequence[Row]) -> None:
    for subscriber in _subscribers:
        subscriber(connection, inserted)
