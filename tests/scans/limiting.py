"""Processes that lead scans of a limited code on, each with parts of its own."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from pitchbar.core.redis_client import connect_redis
from pitchbar.scans.counting import Counting, StoredCounts
from pitchbar.scans.deliveries import find_stored_with
from pitchbar.scans.edge import Edge
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.quota import Quota
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.scan_limits import LedScans
from pitchbar.scans.spool import Spool
from pitchbar.scans.unrecorded import Unrecorded
from pitchbar.scans.waiting_lines import WaitingLines

# Longer than any test looks, so that only what a test does changes a cached code.
LONG = 3600.0


@dataclass
class Process:
    edge: Edge
    resolver: Resolver
    counting: Counting


def make_process(
    engine: Engine,
    spool: Spool,
    redis_url: str = "",
    *,
    has_quota: bool = False,
    max_stale: float = LONG,
    **options: Any,
) -> Process:
    """Without a shipper: a test does what its thread does."""
    redis = connect_redis(redis_url, 0.5) if redis_url else None
    quota = Quota(Unrecorded(engine), redis) if has_quota else None
    waiting = WaitingLines(spool, find_stored_with(engine))
    counting = Counting(LedScans(redis), quota, StoredCounts(engine, waiting))
    resolver = Resolver(engine, max_stale=max_stale, counting=counting)
    parts = {"resolver": resolver, "spool": spool, "pages": EdgePages(), "limit": None}
    edge = Edge(**{**parts, "counting": counting, **options})
    return Process(edge, resolver, counting)
