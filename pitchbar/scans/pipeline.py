"""Puts the edge together: resolver, spool, shipper, inbox, limit."""

import atexit
import os
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from pitchbar.connections.bodies import body_readers
from pitchbar.core.bus import Bus
from pitchbar.core.limits import parse_rate
from pitchbar.core.redis_client import connect_redis, warn_of_weaknesses
from pitchbar.rules.splitting import split_key
from pitchbar.scans.answers import WsgiApp
from pitchbar.scans.counting import Counting, StoredCounts
from pitchbar.scans.deliveries import Deliveries, FindStored, find_stored_with
from pitchbar.scans.draining import DrainSignal, make_drain_signal
from pitchbar.scans.edge import Edge
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.factories import (
    make_engine,
    make_geolocation,
    make_ingestion,
    make_token_cipher,
)
from pitchbar.scans.hosts import HostNames, Sites, own_names
from pitchbar.scans.hour_counts import HourCounts
from pitchbar.scans.inbox import DirectInbox, Inbox, RedisInbox
from pitchbar.scans.limits import AddressLimit, GuessLimit, Pause
from pitchbar.scans.password_page import MOST_BYTES, POSTED, PasswordGate
from pitchbar.scans.quota import Quota
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.routing import RuleRouter
from pitchbar.scans.scan_limits import LedScans
from pitchbar.scans.seen_today import SeenToday
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.shipper import Shipper
from pitchbar.scans.spool import Spool
from pitchbar.scans.spool_figures import SpoolReporter, add_local
from pitchbar.scans.spool_folder import prepare_spool_folder
from pitchbar.scans.tending import Tending
from pitchbar.scans.unrecorded import Unrecorded
from pitchbar.scans.waiting_lines import WaitingLines
from pitchbar.settings import Settings

# How long a scan waits for Redis: limits are exact, a quota nearly so.
_EXACT_SECONDS = 0.5
_NEARLY_SECONDS = 0.1


def build_edge(
    settings: Settings, bus: Bus, app: WsgiApp | None = None, *, ready_seconds: float = 0.0
) -> Edge:
    """The edge with its shipper running; on exit what is left is shipped or stays on disk.

    Args:
        ready_seconds: how long it may take to connect to the database before the first scan comes.

    Raises:
        SettingsError: SPOOL_DIR cannot be written to.
    """
    own = settings[ScanSettings]
    prepare_spool_folder(own.spool_dir)
    engine = make_engine(settings)
    sites = Sites(engine, max_stale=own.resolver_max_stale_seconds)
    sites.listen(bus)

    def in_child() -> None:
        engine.dispose(close=False)
        resolver.reset_after_fork()
        sites.reset_after_fork()

    # Before that of the spool, whose threads use the engine at once.
    os.register_at_fork(after_in_child=in_child)
    drain_signal = make_drain_signal(settings, engine) if settings.redis_url else None
    inbox = _make_inbox(settings, engine, bus)
    hours = HourCounts(engine)
    os.register_at_fork(after_in_child=hours.reset_after_fork)
    spool = start_spool(
        settings, own.spool_dir, inbox, find_stored_with(engine), drain_signal, counts=hours
    )
    counting = _make_counting(settings, engine, spool, hours)
    Tending(counting).start()
    resolver = Resolver(engine, max_stale=own.resolver_max_stale_seconds, counting=counting)
    resolver.listen(bus)
    if ready_seconds:
        resolver.get_ready(ready_seconds)
    body_readers.know_posts(POSTED, MOST_BYTES)
    return Edge(
        resolver=resolver,
        spool=spool,
        pages=EdgePages(),
        **make_limits(settings),
        router=make_router(settings, counting.led),
        counting=counting,
        trusted_proxies=settings.trusted_proxies,
        tokens=make_token_cipher(settings),
        respects_wishes=own.privacy_respect_dnt,
        app=app,
        names=HostNames(own_names(settings)),
        sites=sites,
    )


def start_spool(
    settings: Settings,
    folder: Path,
    inbox: Inbox,
    find_stored: FindStored,
    drain_signal: DrainSignal | None,
    kind: str = "",
    counts: HourCounts | None = None,
) -> Spool:
    """A spool with its shipper running, here and in children that are forked later.

    Args:
        kind: what its lines are, for what beside the scans has a spool.
        counts: of its lines, by the hour.
    """
    own = settings[ScanSettings]
    spool = Spool(folder, overflow_bytes=own.spool_overflow_bytes, kind=kind or "scans")
    deliveries = Deliveries(spool, inbox, find_stored)
    reporter = SpoolReporter(spool, deliveries, connect(settings, timeout=0.5), kind)
    add_local(reporter.read, kind)
    shipper = Shipper(spool, deliveries, drain_signal, reporter.tell, counts)
    shipper.start()
    atexit.register(shipper.stop)
    # Granian's workers are children of multiprocessing, which end without asking atexit.
    Finalize(None, shipper.stop, exitpriority=0)

    def in_child() -> None:
        spool.reset_after_fork()
        shipper.start_in_child()

    os.register_at_fork(after_in_child=in_child)
    return spool


def _make_counting(settings: Settings, engine: Engine, spool: Spool, hours: HourCounts) -> Counting:
    led = LedScans(connect(settings, timeout=_EXACT_SECONDS))
    quota = None
    if settings[ScanSettings].quota_enabled:
        quota = Quota(Unrecorded(engine, hours), connect(settings, timeout=_NEARLY_SECONDS))
    waiting = WaitingLines(spool, find_stored_with(engine))
    return Counting(led, quota, StoredCounts(engine, waiting))


def _make_inbox(settings: Settings, engine: Engine, bus: Bus) -> Inbox:
    """With Redis, other processes ingest, and this one loads nothing for it."""
    redis = connect(settings, timeout=1.0)
    if redis is None:
        return DirectInbox(make_ingestion(settings, engine, bus).ingest_scans)
    warn_of_weaknesses(redis)
    return RedisInbox(redis)


def make_limits(settings: Settings) -> dict[str, Any]:
    if not settings.ratelimit_enabled:
        return {"limit": None}
    own = settings[ScanSettings]
    redis = connect(settings, timeout=0.04)
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


def make_router(settings: Settings, led: LedScans) -> RuleRouter:
    seen = SeenToday(connect(settings, timeout=0.04))
    places = make_geolocation(settings)
    return RuleRouter(split_key(settings.app_key), seen=seen, led=led, country_of=places.country_of)


def connect(settings: Settings, *, timeout: float) -> Any:
    return connect_redis(settings.redis_url, timeout) if settings.redis_url else None
