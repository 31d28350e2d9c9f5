"""Pitchbar: dynamic QR codes whose scans are never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pitchbar.core.memory import while_loading

if TYPE_CHECKING:
    from flask import Flask

    from pitchbar.settings import Settings


@while_loading()
def create_app(settings: Settings | None = None) -> Flask:
    """Builds the web application: pages, API and sockets, without the redirect edge around it.

    Imports stand inside, so that the edge process loads none of this.
    """
    from flask import Flask

    from pitchbar.connections.bodies import body_readers
    from pitchbar.core.assets import ROOT
    from pitchbar.core.private_files import keep_private
    from pitchbar.errors import register_error_handlers
    from pitchbar.extensions import init_extensions
    from pitchbar.features import register_features
    from pitchbar.jobs import connect_transport
    from pitchbar.live.realtime import init_realtime
    from pitchbar.observability.logs import set_up_logs_of
    from pitchbar.settings import load_settings
    from pitchbar.stored_settings.overlay import StoredSettings
    from pitchbar.web import init_web

    settings = settings or load_settings()
    app = Flask(
        __name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.extensions["settings"] = settings
    app.extensions["stored_settings"] = StoredSettings(app, settings)
    app.extensions["root"] = ROOT
    set_up_logs_of(settings)
    keep_private(settings.data_dir, settings.database_url, settings.folders())
    init_extensions(app, settings)
    connect_transport(settings.redis_url, settings.data_dir)
    init_web(app, settings)
    init_realtime(app, settings)
    register_features(app)
    register_error_handlers(app)
    body_readers.know(app.url_map)
    return app
