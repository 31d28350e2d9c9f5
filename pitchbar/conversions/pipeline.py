"""Puts the pixel together: keys, spool, shipper, inbox, limit."""

import os
from collections.abc import Callable, Sequence
from uuid import UUID

from sqlalchemy import Engine, select

from pitchbar.connections.bodies import body_readers
from pitchbar.conversions.draining import STREAM, drain_inbox
from pitchbar.conversions.factories import make_ingestion, spool_folder
from pitchbar.conversions.keys import PixelKeys
from pitchbar.conversions.lines import read_line
from pitchbar.conversions.models import Conversion
from pitchbar.conversions.pixel import PREFIX, Pixel, WsgiApp
from pitchbar.conversions.settings import ConversionSettings
from pitchbar.core.bus import Bus
from pitchbar.core.limits import parse_rate
from pitchbar.scans.draining import make_drain_signal
from pitchbar.scans.factories import make_engine, make_token_cipher
from pitchbar.scans.inbox import DirectInbox, Inbox, RedisInbox
from pitchbar.scans.limits import AddressLimit
from pitchbar.scans.pipeline import connect, start_spool
from pitchbar.scans.spool import Spool
from pitchbar.scans.spool_folder import prepare_spool_folder
from pitchbar.settings import Settings

_spools: dict[str, Spool] = {}


def build_pixel(settings: Settings, bus: Bus, app: WsgiApp) -> Pixel:
    """The pixel in front of `app`, with its shipper running.

    Raises:
        SettingsError: SPOOL_DIR cannot be written to.
    """
    prepare_spool_folder(spool_folder(settings))
    engine = make_engine(settings)
    keys = PixelKeys(engine)
    keys.listen(bus)

    def in_child() -> None:
        engine.dispose(close=False)
        keys.reset_after_fork()

    # Before that of the spool, whose threads use the engine at once.
    os.register_at_fork(after_in_child=in_child)
    signal = make_drain_signal(settings, engine, drain_inbox) if settings.redis_url else None
    spool = start_spool(
        settings,
        spool_folder(settings),
        _make_inbox(settings, engine, bus),
        find_stored_with(engine),
        signal,
        kind="conversions",
    )
    _spools["here"] = spool
    body_readers.know_prefix(PREFIX)
    return Pixel(
        keys=keys,
        append=spool.append,
        tokens=make_token_cipher(settings),
        limit=_make_limit(settings),
        app=app,
        trusted_proxies=settings.trusted_proxies,
    )


def find_spool() -> Spool | None:
    """That of this process; None in one that serves nobody, as a command does."""
    return _spools.get("here")


def _make_inbox(settings: Settings, engine: Engine, bus: Bus) -> Inbox:
    redis = connect(settings, timeout=1.0)
    if redis is None:
        return DirectInbox(make_ingestion(settings, engine, bus).ingest)
    return RedisInbox(redis, STREAM)


def _make_limit(settings: Settings) -> AddressLimit | None:
    if not settings.ratelimit_enabled:
        return None
    limit, seconds = parse_rate(settings[ConversionSettings].ratelimit_pixel)
    return AddressLimit("pixel", limit, seconds, connect(settings, timeout=0.04))


def find_stored_with(engine: Engine) -> Callable[[Sequence[bytes]], set[bytes]]:
    """Asks the database which lines it has. One of an order that was told before, or of a call that
    was refused, it never has: put again, it changes nothing, or counts as another call.
    """

    def find_stored(lines: Sequence[bytes]) -> set[bytes]:
        by_id: dict[UUID, bytes] = {}
        for line in lines:
            try:
                by_id[read_line(line).id] = line
            except ValueError:
                continue
        if not by_id:
            return set()
        query = select(Conversion.id).where(Conversion.id.in_(by_id))
        with engine.connect() as connection:
            return {by_id[found] for found in connection.execute(query).scalars()}

    return find_stored
