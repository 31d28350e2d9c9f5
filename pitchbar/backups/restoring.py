"""A restore: the backup takes the place of the database, and is brought to the newest schema.
An entry point: it commits.
"""

import time
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.backups.creating import require_identity
from pitchbar.backups.drilling import require_same_kind
from pitchbar.backups.errors import BackupError
from pitchbar.backups.kept import KeptBackups
from pitchbar.backups.log import begin_run, end_run
from pitchbar.backups.manifest import Manifest, check_of_key
from pitchbar.backups.models import RESTORE
from pitchbar.backups.opening import open_engine
from pitchbar.backups.settings import BackupSettings
from pitchbar.backups.streams import work_folder
from pitchbar.core.migrating import UpgradeRefused
from pitchbar.extensions import db
from pitchbar.jobs import find_living_worker
from pitchbar.settings import Settings


@dataclass(frozen=True)
class Restored:
    """Args:
    aside: where what was there before is kept, in words; empty where there was nothing.
    revision: to which the schema was brought.
    has_key: whether APP_KEY is the one of the backup.
    """

    manifest: Manifest
    aside: str
    revision: str
    has_key: bool
    seconds: float


def restore_backup(
    settings: Settings, identity: str, started_by: str, name: str = "", *, force: bool = False
) -> Restored:
    """The newest backup without a name.

    Raises:
        BackupError: nothing was changed; its message says why.
    """
    began = time.monotonic()
    engine, kept = open_engine(settings), KeptBackups(settings[BackupSettings].backup_url)
    # Connections that read before would hold up what takes their tables away.
    db.session.remove()
    db.engine.dispose()
    with engine.lock(), work_folder(settings.data_dir) as work:
        manifest = kept.get(name)
        require_same_kind(manifest, engine)
        require_identity(manifest, identity)
        head = require_known_revision(manifest)
        contents = engine.find_contents()
        if contents and not force:
            raise BackupError(
                f"The database is not empty: it has {contents}. With --force the backup takes its "
                "place, and what is there is kept beside it. Stop all processes before."
            )
        if contents:
            require_stopped()
        file = work / "fetched"
        kept.fetch(manifest, file)
        aside = engine.restore(file, work, identity, is_encrypted=manifest.is_encrypted)
        _upgrade()
        run = begin_run(RESTORE, started_by, manifest.name)
        end_run(run, rows=manifest.rows, size=manifest.size)
        db.session.commit()
    is_same = manifest.key_check == check_of_key(settings.app_key, manifest.name)
    return Restored(manifest, aside, head, is_same, time.monotonic() - began)


def require_stopped() -> None:
    """What others write from now on would be in what is put aside. Raises BackupError."""
    try:
        worker = find_living_worker(db.session())
    except SQLAlchemyError:
        # A schema of long ago, or none.
        worker = None
    finally:
        db.session.remove()
        db.engine.dispose()
    if worker is not None:
        raise BackupError(
            f"Pitchbar still runs: the worker {worker.id} was seen at {worker.seen_at:%H:%M:%S} "
            "UTC. Stop all processes, as what they write from now on would be lost. After a kill, "
            "wait half a minute."
        )


def require_known_revision(manifest: Manifest) -> str:
    """The newest revision of this release. Raises BackupError where the backup has a later one."""
    root: Path = current_app.extensions["root"]
    scripts = ScriptDirectory(str(root / "migrations"))
    try:
        if manifest.revision:
            scripts.get_revision(manifest.revision)
    except CommandError:
        raise BackupError(
            f"{manifest.name} was made by a later release: its schema is {manifest.revision}, "
            f"which this one ({scripts.get_current_head()}) does not know. Install that release, "
            "and restore with it."
        ) from None
    return str(scripts.get_current_head())


def _upgrade() -> None:
    try:
        upgrade()
    except UpgradeRefused as error:
        raise BackupError(f"The backup is in place, and could not be migrated: {error}") from None
