"""What servers load: `wsgi:app` is everything, `wsgi:edge` redirects and pixel without Flask, and
`wsgi:edge_of_few` the same for a server with two threads.
"""

from typing import Any


def _make_app() -> Any:
    from pitchbar import create_app
    from pitchbar.conversions.pipeline import build_pixel
    from pitchbar.core.compression import warm_assets
    from pitchbar.extensions import bus
    from pitchbar.features import warm_pages
    from pitchbar.observability.edges import watched
    from pitchbar.observability.starting import start_watching_app
    from pitchbar.scans.pipeline import build_edge
    from pitchbar.settings import load_settings

    settings = load_settings()
    warm_assets()
    app = create_app(settings)
    warm_pages(app)
    start_watching_app(app, "web")
    pixel = build_pixel(settings, bus, app.wsgi_app)
    return watched(build_edge(settings, bus, app=pixel))


def _make_edge() -> Any:
    from pitchbar.conversions.pipeline import build_pixel
    from pitchbar.core.bus import Bus
    from pitchbar.core.private_files import keep_private
    from pitchbar.observability.edges import watched
    from pitchbar.observability.logs import set_up_logs_of
    from pitchbar.observability.starting import start_watching
    from pitchbar.scans.bare_answers import BareAnswers
    from pitchbar.scans.edge_pages import EdgePages
    from pitchbar.scans.pipeline import build_edge
    from pitchbar.settings import load_settings

    settings = load_settings()
    set_up_logs_of(settings)
    keep_private(settings.data_dir, settings.database_url, settings.folders())
    if not settings.redis_url:
        from pitchbar import create_app

        # This process then stores scans itself, so all who hear of stored scans must be there.
        create_app(settings)
    # With what the environment says alone: what is stored in the application is for its processes.
    start_watching(settings, "edge")
    bus = Bus()
    bus.connect(settings.redis_url)
    pixel = build_pixel(settings, bus, BareAnswers(EdgePages()))
    # One of two threads would wait for the first connection, and turn visitors away meanwhile.
    return watched(build_edge(settings, bus, app=pixel, ready_seconds=3.0))


def _make_edge_of_few() -> Any:
    from pitchbar.scans.turns import allow_turns

    # Of its two threads.
    allow_turns(1)
    return _make_edge()


_MAKERS = {"app": _make_app, "edge": _make_edge, "edge_of_few": _make_edge_of_few}


def __getattr__(name: str) -> Any:
    # Built when a server asks for it, once, so that the edge never loads the application.
    if name not in _MAKERS:
        raise AttributeError(name)
    from pitchbar.core.memory import keep_what_comes_to_stay, keep_what_is_loaded
    from pitchbar.core.private_files import make_only_private_files

    make_only_private_files()
    globals()[name] = made = _MAKERS[name]()
    keep_what_is_loaded()
    keep_what_comes_to_stay()
    return made
