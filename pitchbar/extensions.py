"""The Flask extensions and the bus, made once and bound to the app by `create_app`."""

from flask import Flask, request
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sock import Sock
from flask_sqlalchemy import SQLAlchemy

from pitchbar.core.addresses import limit_key
from pitchbar.core.bus import Bus
from pitchbar.core.database import Model, engine_options
from pitchbar.core.masked_tokens import MaskedCSRFProtect
from pitchbar.core.patient_limiter import PatientLimiter
from pitchbar.core.redis_client import redis_options
from pitchbar.core.signed_cookies import PatientSessions
from pitchbar.settings import Settings


def request_address() -> str:
    """What per-address limits count; `ClientAddresses` has put the right address here."""
    return limit_key(request.remote_addr or "")


bus = Bus()
csrf = MaskedCSRFProtect()
db = SQLAlchemy(model_class=Model)
limiter = PatientLimiter(key_func=request_address, headers_enabled=True)
login_manager = LoginManager()
migrate = Migrate()
sock = Sock()


def init_extensions(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.app_key,
        # What was signed before APP_KEY was replaced still counts.
        SECRET_KEY_FALLBACKS=list(settings.app_key_previous),
        WTF_CSRF_SECRET_KEY=settings.signing_keys,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        RATELIMIT_ENABLED=settings.ratelimit_enabled,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        # A Redis that is frozen holds nobody up: limits are then counted in the process.
        RATELIMIT_STORAGE_OPTIONS=redis_options(0.25) if settings.redis_url else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        SESSION_COOKIE_NAME="pitchbar_session",
        SESSION_COOKIE_SECURE=settings.uses_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # Else each answer would carry the cookie again.
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        # Werkzeug's strict check wants a Referer under TLS, which privacy tools remove.
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=1024 * 1024,
        SOCK_SERVER_OPTIONS={"ping_interval": 25, "max_message_size": 4096},
    )
    app.session_interface = PatientSessions()
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.extensions["root"] / "migrations"))
    csrf.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app)
    login_manager.login_view = "accounts.login"
    sock.init_app(app)
    bus.connect(settings.redis_url)
