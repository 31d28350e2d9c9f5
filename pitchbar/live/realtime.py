"""Sockets on a host of their own, with processes of their own behind it.

They hold for hours: so web may be restarted, and made larger or smaller, without all open pages
coming back at once. It is the same application; under that host nothing answers but sockets and
what watches the process. Browsers send it the session, so it stands below the host of the pages.
"""

from urllib.parse import urlsplit

from flask import Flask, request

from pitchbar.connections.settings import ConnectionSettings
from pitchbar.errors import NotFound
from pitchbar.settings import Settings, SettingsError

# Another name than usual: a browser that has both would send both, and the old one first.
WIDE_COOKIE = "pitchbar_session_wide"
_WATCHED = ("/up", "/up/ready", "/metrics")


def init_realtime(app: Flask, settings: Settings) -> None:
    """Raises:
    SettingsError: the host gets no session of the pages.
    """
    origin = settings[ConnectionSettings].realtime_url
    app.jinja_env.globals["live_origin"] = socket_origin(origin)
    if not origin or origin == settings.app_url:
        return
    pages, sockets = urlsplit(settings.app_url), urlsplit(origin)
    if pages.scheme != sockets.scheme or not f".{sockets.hostname}".endswith(f".{pages.hostname}"):
        raise SettingsError(
            f"REALTIME_URL={origin} must stand below APP_URL={settings.app_url} and begin as it "
            f"does, such as {pages.scheme}://live.{pages.netloc}: browsers send the session "
            "nowhere else."
        )
    if pages.hostname != sockets.hostname:
        app.config["SESSION_COOKIE_NAME"] = WIDE_COOKIE
        app.config["SESSION_COOKIE_DOMAIN"] = pages.hostname

    def leave_pages_out() -> None:
        if request.host == sockets.netloc and not _is_for_realtime(request.path):
            raise NotFound

    app.before_request(leave_pages_out)


def socket_origin(origin: str) -> str:
    """`https://live.pitchbar.example` as sockets are addressed; empty stays empty."""
    return origin.replace("http", "ws", 1)


def _is_for_realtime(path: str) -> bool:
    return path.endswith("/socket") or path in _WATCHED
