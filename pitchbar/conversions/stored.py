"""Who hears that conversions were stored, as of scans (`scans/stored.py`): called with the
connection of the transaction and the rows that were really inserted.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from pitchbar.conversions.rollups import add_to_rollups

Subscriber = Callable[[Connection, Sequence[dict[str, Any]]], None]
_subscribers: list[Subscriber] = [add_to_rollups]


def subscribe(subscriber: Subscriber) -> None:
    """Called after those that subscribed before; a second time changes nothing."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def publish(connection: Connection, inserted: Sequence[dict[str, Any]]) -> None:
    for subscriber in _subscribers:
        subscriber(connection, inserted)
