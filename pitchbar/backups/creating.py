"""A backup: one moment of the database, packed, sealed where wanted, stored; its manifest last.

Entry points: they commit.
"""

import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from pitchbar.backups.errors import BackupError
from pitchbar.backups.kept import KeptBackups, name_of, told
from pitchbar.backups.log import begin_run, end_run
from pitchbar.backups.manifest import Manifest, check_of_key
from pitchbar.backups.models import CREATE, BackupRun
from pitchbar.backups.opening import open_engine
from pitchbar.backups.settings import BackupSettings
from pitchbar.backups.streams import CountedWriter, seal, work_folder
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import Settings

Made = TypeVar("Made")


def create_backup(settings: Settings, started_by: str) -> Manifest:
    """Makes a backup of now and deletes those that are too old.

    Raises:
        BackupRunning: another one is under way.
        BackupError: it failed; nothing was left that looks like a backup.
    """
    engine = open_engine(settings)
    with engine.lock():
        run = begin_run(CREATE, started_by)
        db.session.commit()
        return told_in_log(run, lambda: _create(settings, run))


def told_in_log(run: BackupRun, act: Callable[[], Made]) -> Made:
    """What `act` returns; what it raises stands in the log, too."""
    run_id = run.id
    try:
        return act()
    except Exception as error:
        db.session.rollback()
        # Read anew: after a rollback, nobody knows what is still true of it.
        end_run(db.session.get_one(BackupRun, run_id), error=str(error) or type(error).__name__)
        db.session.commit()
        raise


def _create(settings: Settings, run: BackupRun) -> Manifest:
    own, began = settings[BackupSettings], time.monotonic()
    engine, kept = open_engine(settings), KeptBackups(own.backup_url)
    made = clock.now()
    name = name_of(made, engine.kind)
    file = name + engine.ending + (".age" if own.backup_recipient else "")
    with work_folder(settings.data_dir) as work, engine.snapshot(work) as snapshot:
        with told(own.backup_url), kept.storage.writing(file) as stored:
            counted = CountedWriter(stored)
            with snapshot.reading() as reader:
                seal(reader, counted, own.backup_recipient)
        try:
            manifest = Manifest(
                name=name,
                file=file,
                database=engine.kind,
                made_at=made.isoformat(),
                revision=snapshot.revision(),
                version=version_of_ours(),
                tables=snapshot.sum_tables(),
                sha256=counted.sha256,
                size=counted.size,
                seconds=round(time.monotonic() - began, 3),
                is_encrypted=bool(own.backup_recipient),
                key_check=check_of_key(settings.app_key, name),
                files=count_files(settings.storage_url),
            )
            kept.put_manifest(manifest)
        except BaseException:
            kept.storage.delete([file])
            raise
    end_run(run, name=name, rows=manifest.rows, size=manifest.size)
    db.session.commit()
    kept.trim(clock.now(), own.backup_keep_days)
    return manifest


def version_of_ours() -> str:
    try:
        return version("pitchbar")
    except PackageNotFoundError:
        return ""


def count_files(storage_url: str) -> dict[str, Any]:
    """What customers uploaded and exports made is not in a backup: of a folder, how much it is."""
    if not storage_url.startswith("file://"):
        return {"place": "bucket"}
    folder = Path(storage_url.removeprefix("file://"))
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return {"place": "folder", "count": len(sizes), "bytes": sum(sizes)}


def describe_files(manifest: Manifest) -> str:
    """A sentence on what is not in the backup; empty where there is nothing."""
    files = manifest.files
    if files.get("place") == "bucket":
        return "Uploads are in the bucket of STORAGE_URL: switch its versioning on."
    if not files.get("count"):
        return ""
    return (
        f"Uploads are not in it: {files['count']:,} files of {files['bytes'] / 1e6:,.1f} MB in the "
        "folder of STORAGE_URL. Copy that folder by itself."
    )


def require_identity(manifest: Manifest, identity: str) -> None:
    """Raises BackupError before anything is fetched."""
    if manifest.is_encrypted and not identity.strip():
        raise BackupError(
            f"{manifest.name} is encrypted: give its secret key with --identity FILE, or in "
            "BACKUP_IDENTITY."
        )
