"""A drill: the backup is brought back into a fresh place and compared with its manifest. What was
never brought back is no backup. An entry point: it commits.
"""

import time
from dataclasses import dataclass

from pitchbar.backups.creating import require_identity, told_in_log
from pitchbar.backups.engines import DatabaseEngine
from pitchbar.backups.errors import BackupError
from pitchbar.backups.kept import KeptBackups
from pitchbar.backups.log import begin_run, end_run
from pitchbar.backups.manifest import Manifest, TableSum
from pitchbar.backups.models import DRILL, BackupRun
from pitchbar.backups.opening import open_engine
from pitchbar.backups.settings import BackupSettings
from pitchbar.backups.streams import work_folder
from pitchbar.extensions import db
from pitchbar.settings import Settings

_NOTHING = TableSum(0, "")
_MOST_TOLD = 50


@dataclass(frozen=True)
class Comparison:
    """A table as the manifest says and as it came back."""

    table: str
    expected: TableSum
    found: TableSum

    @property
    def is_equal(self) -> bool:
        return self.expected == self.found

    @property
    def sentence(self) -> str:
        if self.expected.rows != self.found.rows:
            return f"{self.table}: {self.found.rows:,} rows instead of {self.expected.rows:,}"
        return f"{self.table}: as many rows, and another checksum"


@dataclass(frozen=True)
class Drill:
    manifest: Manifest
    tables: list[Comparison]
    revision: str
    seconds: float

    @property
    def differences(self) -> list[str]:
        found = [one.sentence for one in self.tables if not one.is_equal]
        if self.revision != self.manifest.revision:
            found.append(
                f"the schema is at {self.revision or 'nothing'} instead of "
                f"{self.manifest.revision or 'nothing'}"
            )
        return found


def drill_backup(settings: Settings, identity: str, started_by: str, name: str = "") -> Drill:
    """Of the newest backup without a name.

    Raises:
        BackupRunning, BackupError: it could not be brought back at all.
    """
    engine = open_engine(settings)
    with engine.lock():
        run = begin_run(DRILL, started_by, name)
        db.session.commit()
        drill = told_in_log(run, lambda: _drill(settings, engine, identity, name))
        _log(run.id, drill)
    return drill


def require_same_kind(manifest: Manifest, engine: DatabaseEngine) -> None:
    if manifest.database != engine.kind:
        raise BackupError(
            f"{manifest.name} is of {manifest.database}, and DATABASE_URL names {engine.kind}: a "
            "backup comes back into the kind of database that it was made of."
        )


def compare(manifest: Manifest, found: dict[str, TableSum]) -> list[Comparison]:
    names = sorted({*manifest.tables, *found})
    return [
        Comparison(name, manifest.tables.get(name, _NOTHING), found.get(name, _NOTHING))
        for name in names
    ]


def _drill(settings: Settings, engine: DatabaseEngine, identity: str, name: str) -> Drill:
    began = time.monotonic()
    kept = KeptBackups(settings[BackupSettings].backup_url)
    manifest = kept.get(name)
    require_same_kind(manifest, engine)
    require_identity(manifest, identity)
    with work_folder(settings.data_dir) as work:
        file = work / "fetched"
        kept.fetch(manifest, file)
        with engine.fresh_copy(file, work, identity, is_encrypted=manifest.is_encrypted) as copy:
            tables, revision = compare(manifest, copy.sum_tables()), copy.revision()
    return Drill(manifest, tables, revision, time.monotonic() - began)


def _log(run_id: int, drill: Drill) -> None:
    differences = drill.differences
    end_run(
        db.session.get_one(BackupRun, run_id),
        error=f"{len(differences)} differences: {differences[0]}" if differences else "",
        name=drill.manifest.name,
        rows=sum(one.found.rows for one in drill.tables),
        size=drill.manifest.size,
        differences=differences[:_MOST_TOLD],
    )
    db.session.commit()
