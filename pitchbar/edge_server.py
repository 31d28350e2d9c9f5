"""The redirects alone, on granian: a process of its own beside the pages, without Flask."""

import os

import click

from pitchbar.connections.settings import ConnectionSettings
from pitchbar.settings import Settings, SettingsError

# An answer that is under way may end; then the worker is ended.
_GRACE_SECONDS = 10


def run_edge(settings: Settings) -> None:
    """Serves until TERM. As many workers as WEB_CONCURRENCY says, each of two threads.

    Raises:
        ClickException: the spool cannot be written to, or HOST names several addresses.
    """
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    connections = settings[ConnectionSettings]
    # Inherited by the workers.
    connections.count_connections()
    Granian(
        "wsgi:edge_of_few",
        address=_only_host(settings).strip("[]"),
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        # One is fastest; of two, one may wait for something while the other goes on.
        blocking_threads=2,
        workers=int(os.environ.get("WEB_CONCURRENCY") or 2),
        http1_settings=HTTP1Settings(
            header_read_timeout=round(min(60, connections.request_head_seconds) * 1000)
        ),
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=_GRACE_SECONDS,
        log_level=LogLevels.warning,
    ).serve()


def _only_host(settings: Settings) -> str:
    _try_spool_folder(settings)
    hosts = settings.listening_hosts()
    if len(settings.host) > 1:
        raise click.ClickException(
            "HOST names several addresses, and the edge listens on one. Name one, or [::] for all."
        )
    return hosts[0]


def _try_spool_folder(settings: Settings) -> None:
    from pitchbar.scans.settings import ScanSettings
    from pitchbar.scans.spool_folder import prepare_spool_folder

    try:
        prepare_spool_folder(settings[ScanSettings].spool_dir)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
