"""Puts the parts together: edge, spool, shipper, inbox, ingestion."""

from __future__ import annotations

import atexit
import logging
import os
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine

from pitchbar.core.bus import Bus
from pitchbar.core.database import engine_options
from pitchbar.core.limits import parse_rate
from pitchbar.scans.draining import make_call
from pitchbar.scans.edge import Edge, WsgiApp
from pitchbar.scans.inbox import DirectInbox, Inbox, RedisInbox, connect
from pitchbar.scans.limits import AddressLimit
from pitchbar.scans.notices import Notices
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings

if TYPE_CHECKING:
    from pitchbar.scans.ingestion import Ingestion
    from pitchbar.scans.visitors import Salts

log = logging.getLogger(__name__)


def make_engine(settings: Settings) -> Engine:
    """A small engine of its own: redirects never wait for a connection that a page holds."""
    options = engine_options(settings.database_url)
    if not settings.database_url.startswith("sqlite"):
        options |= {"pool_size": 5, "max_overflow": 5}
        # A server that vanished without a word is given up after seconds, not after a quarter hour.
        options["connect_args"] |= {"tcp_user_timeout": 10_000, "keepalives_idle": 10}
    return create_engine(settings.database_url, **options)


def make_ingestion(
    settings: Settings, engine: Engine, bus: Bus, salts: Salts | None = None
) -> Ingestion:
    from pitchbar.scans.enrichment import Enrichment
    from pitchbar.scans.ingestion import Ingestion

    enrichment = Enrichment(
        store_ip=settings[ScanSettings].privacy_store_ip,
        repeat_seconds=settings[ScanSettings].robot_repeat_seconds,
    )
    rejected = settings[ScanSettings].spool_dir / "rejected.ndjson"
    return Ingestion(engine, bus, enrichment, rejected=rejected, salts=salts)


def build_edge(settings: Settings, bus: Bus, behind: WsgiApp | None = None) -> Edge:
    """The edge with its shipper running; on exit what is left is shipped or stays on disk."""
    engine = make_engine(settings)
    resolver = Resolver(engine, max_stale=settings[ScanSettings].resolver_max_stale_seconds)
    resolver.listen(bus)
    spool = Spool(settings[ScanSettings].spool_dir)
    call = make_call(settings, engine) if settings.redis_url else None
    shipper = Shipper(spool, _make_inbox(settings, engine, bus), call)
    shipper.start()
    atexit.register(shipper.stop)
    # Granian's workers are children of multiprocessing, which end without asking atexit.
    Finalize(None, shipper.stop, exitpriority=0)

    def in_child() -> None:
        engine.dispose(close=False)
        resolver.forget_parent()
        spool.forget_parent()
        shipper.start_in_child()

    os.register_at_fork(after_in_child=in_child)
    return Edge(
        resolver=resolver,
        spool=spool,
        notices=Notices(settings.app_url),
        limit=_make_limit(settings),
        trusted_proxies=settings.trusted_proxies,
        behind=behind,
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
