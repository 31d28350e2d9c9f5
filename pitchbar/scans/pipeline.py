"""Puts the edge together: resolver, spool, shipper, inbox, limit."""

import atexit
import os
from multiprocessing.util import Finalize
from typing import Any

from sqlalchemy import Engine

from pitchbar.connections.bodies import body_readers
from pitchbar.core.bus import Bus
from pitchbar.core.limits import parse_rate
from pitchbar.core.redis_client import connect_redis, warn_of_weaknesses
from pitchbar.scans.counting import Counting, StoredCounts
from pitchbar.scans.deliveries import Deliveries, find_stored_with
from pitchbar.scans.draining import make_drain_signal
from pitchbar.scans.edge import Edge, WsgiApp
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.factories import make_engine, make_ingestion
from pitchbar.scans.inbox import DirectInbox, Inbox, RedisInbox
from pitchbar.scans.limits import AddressLimit, GuessLimit, Pause
from pitchbar.scans.password_page import POSTED, PasswordGate
from pitchbar.scans.quota import Quota
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.scan_limits import LedScans
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from pitchbar.scans.spool_figures import SpoolReporter, add_local
from pitchbar.scans.spool_folder import prepare_spool_folder
from pitchbar.scans.unrecorded import Unrecorded
from pitchbar.scans.waiting_lines import WaitingLines
from pitchbar.settings import Settings

_EXACT_SECONDS = 0.5
_NEARLY_SECONDS = 0.1


def build_edge(settings: Settings, bus: Bus, app: WsgiApp | None = None) -> Edge:
    """The edge with its shipper running; on exit what is left is shipped or stays on disk.

    Raises:
        SettingsError: SPOOL_DIR cannot be written to.
    """
    own = settings[ScanSettings]
    prepare_spool_folder(own.spool_dir)
    engine = make_engine(settings)
    spool = Spool(own.spool_dir, overflow_bytes=own.spool_overflow_bytes)
    counting = _make_counting(settings, engine, spool)
    resolver = Resolver(engine, max_stale=own.resolver_max_stale_seconds, counting=counting)
    resolver.listen(bus)
    drain_signal = make_drain_signal(settings, engine) if settings.redis_url else None
    deliveries = Deliveries(spool, _make_inbox(settings, engine, bus), find_stored_with(engine))
    reporter = SpoolReporter(spool, deliveries, _connect(settings, timeout=0.5))
    add_local(reporter.read)

    def after_pass() -> None:
        reporter.tell()
        counting.tend()

    def stop() -> None:
        shipper.stop()
        counting.close()

    shipper = Shipper(spool, deliveries, drain_signal, after_pass)
    shipper.start()
    body_readers.know_posts(POSTED)
    atexit.register(stop)
    # Granian's workers are children of multiprocessing, which end without asking atexit.
    Finalize(None, stop, exitpriority=0)

    def in_child() -> None:
        engine.dispose(close=False)
        resolver.reset_after_fork()
        spool.reset_after_fork()
        counting.reset_after_fork()
        shipper.start_in_child()

    os.register_at_fork(after_in_child=in_child)
    return Edge(
        resolver=resolver,
        spool=spool,
        pages=EdgePages(),
        counting=counting,
        **make_limits(settings),
        trusted_proxies=settings.trusted_proxies,
        app=app,
    )


def _make_counting(settings: Settings, engine: Engine, spool: Spool) -> Counting:
    """Limits are exact, so a busy Redis is waited for; a quota is nearly so, and goes on."""
    led = LedScans(_connect(settings, timeout=_EXACT_SECONDS))
    quota = None
    if settings[ScanSettings].quota_enabled:
        quota = Quota(Unrecorded(engine), _connect(settings, timeout=_NEARLY_SECONDS))
    waiting = WaitingLines(spool, find_stored_with(engine))
    return Counting(led, quota, StoredCounts(engine, waiting))


def _make_inbox(settings: Settings, engine: Engine, bus: Bus) -> Inbox:
    """With Redis, other processes ingest, and this one loads nothing for it."""
    redis = _connect(settings, timeout=1.0)
    if redis is None:
        return DirectInbox(make_ingestion(settings, engine, bus).ingest_scans)
    warn_of_weaknesses(redis)
    return RedisInbox(redis)


def make_limits(settings: Settings) -> dict[str, Any]:
    if not settings.ratelimit_enabled:
        return {"limit": None}
    own = settings[ScanSettings]
    redis = _connect(settings, timeout=0.04)
    pause = Pause()
    limit, seconds = parse_rate(own.ratelimit_redirect)
    most, seconds_of_most = parse_rate(own.ratelimit_redirect_max)
    # Both in one window: else an address could be over the one and not over the other.
    most = most * seconds // seconds_of_most
    return {
        "limit": AddressLimit("redirect", limit, seconds, redis, most=most, pause=pause),
        "guesses": GuessLimit(*parse_rate(own.ratelimit_unknown_code), redis, pause=pause),
        "passwords": PasswordGate(*parse_rate(own.ratelimit_code_password), redis, pause=pause),
    }


def _connect(settings: Settings, *, timeout: float) -> Any:
    return connect_redis(settings.redis_url, timeout) if settings.redis_url else None
