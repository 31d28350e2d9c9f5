"""What every installation needs: its settings, its database, Redis and a disk with room."""

import shutil
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.core import hosts
from pitchbar.core.checks import Check, Circumstances, Finding, failed, ok, skipped, warning
from pitchbar.core.environment import SettingsError
from pitchbar.core.redis_client import connect_redis, find_weaknesses
from pitchbar.core.weak_secrets import find_weakness
from pitchbar.extensions import db
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.spool_folder import prepare_spool_folder
from pitchbar.settings import current_settings

_LEAST_KEY = 32
_REDIS_SECONDS = 2.0
_GB = 1 << 30


def look_at_environment(_: Circumstances) -> Finding:
    settings = current_settings()
    if settings.is_development:
        return warning(
            "APP_ENV is development: that is for one machine, and nobody else.",
            "Set APP_ENV to production (or staging, or preview) where others come.",
        )
    return ok(f"APP_ENV is {settings.app_env}.")


def look_at_key(_: Circumstances) -> Finding:
    settings = current_settings()
    weakness = find_weakness(settings.app_key, _LEAST_KEY)
    remedy = (
        "Make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`, and keep "
        "a copy apart from the backups."
    )
    if weakness and not settings.is_development:
        return failed(f"APP_KEY {weakness}.", remedy)
    if weakness:
        return warning(f"APP_KEY {weakness}.", remedy)
    return ok("APP_KEY is long and random. Keep a copy apart: it is in no backup.")


def look_at_url(_: Circumstances) -> Finding:
    settings = current_settings()
    is_public = hosts.is_public(settings.own_host)
    if is_public and not settings.uses_tls:
        return failed(
            f"APP_URL is {settings.app_url}, without TLS: sign-ins travel for all to read.",
            "Put a proxy with a certificate in front, and set APP_URL to its https:// address.",
        )
    if not is_public and not settings.is_development:
        return warning(
            f"APP_URL is {settings.app_url}, which nobody reaches from outside; it stands in every "
            "code that is printed.",
            "Set APP_URL to the address that people reach, before anything is printed.",
        )
    return ok(f"APP_URL is {settings.app_url}.")


def look_at_database(_: Circumstances) -> Finding:
    scripts = ScriptDirectory(str(current_app.extensions["root"] / "migrations"))
    try:
        with db.engine.connect() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
    except SQLAlchemyError as error:
        return failed(
            f"The database does not answer: {str(error).splitlines()[0][:200]}",
            "Look at DATABASE_URL and at the server. Codes that are known redirect meanwhile.",
        )
    current, head = ", ".join(found), str(scripts.get_current_head())
    kind = "PostgreSQL" if db.engine.dialect.name == "postgresql" else "SQLite"
    if set(found) == set(scripts.get_heads()):
        return ok(f"{kind} answers, and its schema is at the newest revision, {head}.")
    try:
        scripts.get_revisions(found)
    except CommandError:
        return failed(
            f"The schema is at {current}, which this release does not know: a later one was here.",
            "Start that release again, or restore the backup from before it.",
        )
    return failed(
        f"The schema is at {current or 'nothing'}, and this release needs {head}.",
        "Run `pitchbar db upgrade`.",
    )


def look_at_redis(_: Circumstances) -> Finding:
    url = current_settings().redis_url
    if not url:
        return skipped("REDIS_URL is not set: one process does all, and keeps it on disk.")
    try:
        redis = connect_redis(url, _REDIS_SECONDS)
        redis.ping()
        weaknesses = find_weaknesses(redis)
    except Exception as error:
        return failed(
            f"Redis does not answer: {(str(error).splitlines() or [''])[0][:200]}",
            "Look at REDIS_URL and at the server. Scans wait on disk and nothing is lost; limits "
            "count for each process meanwhile.",
        )
    if weaknesses:
        return failed(
            f"Redis answers, and may forget: {' '.join(weaknesses)}",
            "Set appendonly to yes and maxmemory-policy to noeviction in Redis.",
        )
    return ok("Redis answers, and writes what it has to disk.")


def look_at_disk(_: Circumstances) -> Finding:
    own = current_settings()[ScanSettings]
    folder = Path(own.spool_dir)
    try:
        prepare_spool_folder(folder)
    except SettingsError as error:
        return failed(str(error), "Mount a disk there that this account may write to.")
    usage = shutil.disk_usage(folder)
    told = f"The disk of SPOOL_DIR has {usage.free / _GB:,.1f} of {usage.total / _GB:,.0f} GB free"
    remedy = "Make room. When it is full, accepted scans are held in memory alone."
    if usage.free < 2 * own.spool_overflow_bytes:
        return failed(f"{told}.", remedy)
    if usage.free < _GB:
        return warning(f"{told}.", remedy)
    return ok(f"{told}, and takes what is written.")


CHECKS = (
    Check("app-env", "Environment", "Installation", look_at_environment),
    Check("app-key", "Key of the installation", "Installation", look_at_key),
    Check("app-url", "Address", "Installation", look_at_url),
    Check("disk", "Disk for scans", "Installation", look_at_disk),
    Check("database", "Database", "Data", look_at_database, 10),
    Check("redis", "Redis", "Data", look_at_redis, 20),
)
