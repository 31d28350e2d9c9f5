"""The embedded shape: everything in one process, ready after one command."""

import atexit
import logging
import socket
from typing import Any

import click
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication

from pitchbar import create_app
from pitchbar.chat.settings import STREAMS_OF_THREADS, WAITS_OF_THREADS
from pitchbar.connections.settings import ConnectionSettings
from pitchbar.core.addresses import is_loopback
from pitchbar.core.compression import warm_assets
from pitchbar.core.memory import keep_what_comes_to_stay, keep_what_is_loaded
from pitchbar.core.migrating import UpgradeRefused
from pitchbar.extensions import bus, db
from pitchbar.features import warm_pages
from pitchbar.jobs.workers import Scheduler, start_embedded_consumers
from pitchbar.observability.edges import watched
from pitchbar.observability.starting import start_watching_app
from pitchbar.settings import Settings, SettingsError

log = logging.getLogger(__name__)


def prepare(settings: Settings, *, demo: bool) -> None:
    """Migrates when the schema is behind, and makes the demo workspace when it is missing."""
    _try_spool_folder(settings)
    app = create_app(settings)
    with app.app_context():
        if not at_head(app):
            _upgrade(app)
        _close_demo(settings)
        _greet(settings, _seed() if demo else "")
        db.session.remove()
        db.engine.dispose()


def _try_spool_folder(settings: Settings) -> None:
    from pitchbar.scans.settings import ScanSettings
    from pitchbar.scans.spool_folder import prepare_spool_folder

    try:
        prepare_spool_folder(settings[ScanSettings].spool_dir)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def upgrade_database(settings: Settings) -> str:
    """Returns what to say of it."""
    app = create_app(settings)
    with app.app_context():
        said = _upgrade(app)
        _close_demo(settings)
        db.session.remove()
        db.engine.dispose()
    return said


def _upgrade(app: Flask) -> str:
    """A database that a later release has migrated stays as it is: this release runs on it, as
    migrations suit the release before, and whoever goes back to it starts it with this command.
    """
    if ahead := revision_ahead(app):
        log.warning("the database is at %s, which is newer than this release", ahead)
        return f"The database is at {ahead}, which is newer than this release. It stays as it is."
    try:
        upgrade()
    except UpgradeRefused as error:
        raise click.ClickException(str(error)) from None
    return "The database is at the newest version."


def revision_ahead(app: Flask) -> str:
    """The database's revision where it comes after all that this release knows; else empty."""
    script = ScriptDirectory(str(app.extensions["root"] / "migrations"))
    known = {one.revision for one in script.walk_revisions()}
    unknown = [one for one in _current_heads() if one not in known]
    later = [one for one in unknown if one.isdigit() and one > max(known)]
    return max(later, default="")


def _close_demo(settings: Settings) -> None:
    from pitchbar.demo import close_demo

    if not settings.is_development and close_demo():
        log.warning("the demo account of development is closed: its password is public")


def at_head(app: Flask) -> bool:
    """Whether the schema is at the newest version; cheaper than an upgrade that finds nothing."""
    script = ScriptDirectory(str(app.extensions["root"] / "migrations"))
    return set(_current_heads()) == set(script.get_heads())


def _current_heads() -> tuple[str, ...]:
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_heads()


def run_server(settings: Settings) -> None:
    """Serves until Ctrl-C or TERM. Live sockets hold two threads each, and
    streams of answers one, so there are many."""
    options = {
        "bind": [f"{host}:{settings.port}" for host in settings.listening_hosts()],
        "worker_class": "pitchbar.connections.thread_worker.BufferingThreadWorker",
        "workers": 1,
        "threads": settings.live_max_sockets * 2 + STREAMS_OF_THREADS + WAITS_OF_THREADS + 24,
        "graceful_timeout": 5,
        "timeout": 60,
        "loglevel": "warning",
        "control_socket_disable": True,
    }
    _Server(settings, options).run()


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings = settings
        self._options = options
        # Read by the worker.
        self.connections = settings[ConnectionSettings]
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from pitchbar.conversions.pipeline import build_pixel
        from pitchbar.scans.pipeline import build_edge

        app = create_app(self._settings)
        start_watching_app(app, "web")
        warm_assets()
        warm_pages(app)
        scheduler = Scheduler(self._settings.database_url)
        consumers = start_embedded_consumers(self._settings, app, scheduler=scheduler)
        atexit.register(consumers.stop)
        pixel = build_pixel(self._settings, bus, app.wsgi_app)
        edge = watched(build_edge(self._settings, bus, app=pixel))
        keep_what_is_loaded()
        keep_what_comes_to_stay()
        return edge


def _seed() -> str:
    from pitchbar.demo import make_demo

    return make_demo()


def _greet(settings: Settings, sign_in: str) -> None:
    from pitchbar.demo import DEMO_EMAIL, DEMO_PASSWORD, has_demo

    click.echo(f"\n  Pitchbar is at {settings.app_url}")
    if settings.is_development and (sign_in or has_demo()):
        click.echo(f"  Demo sign-in: {DEMO_EMAIL} / {DEMO_PASSWORD}")
    _hint_at_phone(settings)
    click.echo("  Ctrl-C stops it; nothing is lost.\n")


def _hint_at_phone(settings: Settings) -> None:
    """A code that says "localhost" cannot be scanned: a phone needs this machine's address."""
    if settings.own_host != "localhost" and not is_loopback(settings.own_host):
        return
    address = _network_address()
    if address:
        url = f"http://{address}:{settings.port}"
        click.echo(f"  To scan with a phone: HOST=0.0.0.0 APP_URL={url} bin/dev")


def _network_address() -> str:
    """Our address in the local network, empty when there is none; sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # A documentation address (RFC 5737): it only makes the system choose a route.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        address = str(probe.getsockname()[0])
    return "" if address.startswith("127.") else address
