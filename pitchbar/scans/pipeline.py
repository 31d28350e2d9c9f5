"""Puts the edge together: resolver, spool, shipper, inbox, limit."""

import atexit
import os
from multiprocessing.util import Finalize

from sqlalchemy import Engine

from pitchbar.core.bus import Bus
from pitchbar.core.limits import parse_rate
from pitchbar.scans.deliveries import Deliveries, find_stored_with
from pitchbar.scans.draining import make_drain_signal
from pitchbar.scans.edge import Edge, WsgiApp
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.factories import make_engine, make_ingestion
from pitchbar.scans.inbox import DirectInbox, Inbox, RedisInbox, connect
from pitchbar.scans.limits import AddressLimit
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings


def build_edge(settings: Settings, bus: Bus, app: WsgiApp | None = None) -> Edge:
    """The edge with its shipper running; on exit what is left is shipped or stays on disk."""
    engine = make_engine(settings)
    resolver = Resolver(engine, max_stale=settings[ScanSettings].resolver_max_stale_seconds)
    resolver.listen(bus)
    spool = Spool(settings[ScanSettings].spool_dir)
    drain_signal = make_drain_signal(settings, engine) if settings.redis_url else None
    inbox = _make_inbox(settings, engine, bus)
    shipper = Shipper(spool, Deliveries(spool, inbox, find_stored_with(engine)), drain_signal)
    shipper.start()
    atexit.register(shipper.stop)
    # Granian's workers are children of multiprocessing, which end without asking atexit.
    Finalize(None, shipper.stop, exitpriority=0)

    def in_child() -> None:
        engine.dispose(close=False)
        resolver.reset_after_fork()
        spool.reset_after_fork()
        shipper.start_in_child()

    os.register_at_fork(after_in_child=in_child)
    return Edge(
        resolver=resolver,
        spool=spool,
        pages=EdgePages(settings.app_url),
        limit=_make_limit(settings),
        trusted_proxies=settings.trusted_proxies,
        app=app,
    )


def _make_inbox(settings: Settings, engine: Engine, bus: Bus) -> Inbox:
    """With Redis, other processes ingest, and this one loads nothing for it."""
    if settings.redis_url:
        return RedisInbox(connect(settings.redis_url))
    return DirectInbox(make_ingestion(settings, engine, bus).ingest_scans)


def _make_limit(settings: Settings) -> AddressLimit | None:
    if not settings.ratelimit_enabled:
        return None
    limit, seconds = parse_rate(settings[ScanSettings].ratelimit_redirect)
    redis = connect(settings.redis_url, timeout=0.2) if settings.redis_url else None
    return AddressLimit("redirect", limit, seconds, redis)
