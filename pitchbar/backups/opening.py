"""Which engine makes the backups of this installation."""

from pathlib import Path

from sqlalchemy.engine import make_url

from pitchbar.backups.engines import DatabaseEngine
from pitchbar.backups.errors import BackupError
from pitchbar.backups.postgres import PostgresEngine
from pitchbar.backups.settings import BackupSettings
from pitchbar.backups.sqlite import SqliteEngine
from pitchbar.settings import Settings


def open_engine(settings: Settings) -> DatabaseEngine:
    """Of the database that the settings name."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        if not url.database:
            raise BackupError("A database in memory has no backup.")
        return SqliteEngine(Path(url.database))
    return PostgresEngine(url, settings[BackupSettings].backup_pg_bin)
