"""Who hears that scans were stored.

A subscriber is called with the connection of the batch's transaction and the scans that were really
inserted, never with one that was there before. It writes through that connection, so that its rows
exist if and only if the scans do; an error of its own undoes the batch, which then comes again. The
worker, the embedded process and the demo call the same ones.

A feature calls `subscribe` when the application is built. Its subscriber must know nothing of a
request: there is none.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from pitchbar.scans.enriched import EnrichedScan
from pitchbar.scans.rollups import add_to_rollups

Subscriber = Callable[[Connection, Sequence[EnrichedScan]], None]
_subscribers: list[Subscriber] = [add_to_rollups]


def subscribe(subscriber: Subscriber) -> None:
    """Called after those that subscribed before; a second time changes nothing."""
    if subscriber not in _subscribers:
        _subscribers.append(subscriber)


def publish(connection: Connection, inserted: Sequence[EnrichedScan]) -> None:
    for subscriber in _subscribers:
        subscriber(connection, inserted)
