"""Makes what stores scans, alike for the worker, the embedded process and the demo.

Imports of the ingestion stand inside: the edge with Redis has none, and loads none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine

from pitchbar.clients.geolocation import Geolocation
from pitchbar.core.bus import Bus
from pitchbar.core.database import engine_options
from pitchbar.scans.attribution import TokenCipher
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import Settings

if TYPE_CHECKING:
    from pitchbar.scans.ingestion import Ingestion
    from pitchbar.scans.visitors import Salts


def make_engine(settings: Settings) -> Engine:
    """A small engine of its own: redirects never wait for a connection that a page holds."""
    options = engine_options(settings.database_url)
    if not settings.database_url.startswith("sqlite"):
        options |= {"pool_size": 5, "max_overflow": 5}
        # A server that vanished without a word is given up after seconds, not after a quarter hour.
        options["connect_args"] |= {"tcp_user_timeout": 10_000, "keepalives_idle": 10}
    return create_engine(settings.database_url, **options)


def make_token_cipher(settings: Settings) -> TokenCipher:
    own = settings[ScanSettings]
    old = (*settings.app_key_previous, *own.attribution_old_keys)
    return TokenCipher(settings.app_key, old, days=own.attribution_days)


def make_geolocation(settings: Settings) -> Geolocation:
    return Geolocation(settings[ScanSettings].geoip_database)


def make_ingestion(
    settings: Settings, engine: Engine, bus: Bus, salts: Salts | None = None
) -> Ingestion:
    from pitchbar.scans.enrichment import Enrichment
    from pitchbar.scans.ingestion import Ingestion
    from pitchbar.scans.referrers import own_origins
    from pitchbar.scans.rejected import RejectedLines
    from pitchbar.scans.repeats import RepeatRule

    own = settings[ScanSettings]
    enrichment = Enrichment(
        store_ip=own.privacy_store_ip,
        repeats=RepeatRule(own.robot_repeat_seconds, own.shared_address_visitors),
        own=own_origins(settings.app_url),
        places=make_geolocation(settings),
    )
    rejected = RejectedLines(own.spool_dir, own.rejected_file_bytes)
    return Ingestion(engine, bus, enrichment, rejected=rejected, salts=salts)
