"""SQLite: a copy by its own online backup, of one moment of the file, whoever writes meanwhile."""

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pitchbar.backups.engines import PRECIOUS, contents_of
from pitchbar.backups.errors import BackupError, BackupRunning
from pitchbar.backups.manifest import SQLITE, TableSum
from pitchbar.backups.streams import PackingReader, UnpackingWriter, unseal
from pitchbar.core import clock

_SUM_MODULUS = 1 << 64
_BUSY_SECONDS = 60.0


class SqliteEngine:
    kind = SQLITE
    ending = ".db.gz"

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def lock(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with Path(f"{self.path}-backup").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BackupRunning from None
            yield

    @contextmanager
    def snapshot(self, work: Path) -> Iterator["SqliteFile"]:
        if not self.path.exists():
            raise BackupError(f"There is no database at {self.path}.")
        copy = work / "snapshot.db"
        _require_room(self.path, work)
        _copy(self.path, copy)
        yield SqliteFile(copy)
        copy.unlink()

    @contextmanager
    def fresh_copy(
        self, file: Path, work: Path, identity: str, *, is_encrypted: bool
    ) -> Iterator["SqliteFile"]:
        copy = work / "restored.db"
        with copy.open("wb") as target:
            unpacking = UnpackingWriter(target)
            unseal(file, unpacking, identity, is_encrypted=is_encrypted)
            unpacking.finish()
        found = SqliteFile(copy)
        found.require_whole()
        yield found
        copy.unlink()

    def find_contents(self) -> str:
        if not self.path.exists() or not self.path.stat().st_size:
            return ""
        file = SqliteFile(self.path)
        return contents_of((name, file.count(name)) for name in PRECIOUS)

    def restore(self, file: Path, work: Path, identity: str, *, is_encrypted: bool) -> str:
        with self.fresh_copy(file, work, identity, is_encrypted=is_encrypted) as copy:
            aside = self._put_aside()
            # By a transaction of SQLite: whoever has the file open sees the old or the new.
            _copy(copy.path, self.path)
        return aside

    def _put_aside(self) -> str:
        if not self.find_contents():
            return ""
        aside = self.path.with_name(f"{self.path.name}-before-{clock.now():%Y%m%dT%H%M%S}")
        _require_room(self.path, self.path.parent)
        _copy(self.path, aside)
        return str(aside)


class SqliteFile:
    """A file that nobody else writes to while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def reading(self) -> Iterator[PackingReader]:
        with self.path.open("rb") as file:
            yield PackingReader(file)

    def sum_tables(self) -> dict[str, TableSum]:
        with closing(_open(self.path)) as connection:
            names = _tables(connection)
            return {name: _sum(connection, name) for name in names}

    def revision(self) -> str:
        with closing(_open(self.path)) as connection:
            if "alembic_version" not in _tables(connection):
                return ""
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return str(row[0]) if row else ""

    def count(self, table: str) -> int:
        with closing(_open(self.path)) as connection:
            if table not in _tables(connection):
                return 0
            return int(connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0])  # noqa: S608  # our own names

    def require_whole(self) -> None:
        with closing(_open(self.path)) as connection:
            try:
                said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            except sqlite3.DatabaseError as error:
                said = str(error)
        if said != "ok":
            raise BackupError(f"The backup holds no whole database: {said}.")


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS)
    connection.execute(f"PRAGMA busy_timeout={int(_BUSY_SECONDS * 1000)}")
    return connection


def _copy(source: Path, target: Path) -> None:
    """All pages in one step: then no writer makes it begin anew, and none waits for it."""
    try:
        with closing(_open(source)) as read, closing(_open(target)) as written:
            read.backup(written, pages=-1)
    except sqlite3.Error as error:
        raise BackupError(f"The database could not be copied: {error}.") from error


def _require_room(source: Path, folder: Path) -> None:
    needed = sum(one.stat().st_size for one in (source, Path(f"{source}-wal")) if one.exists())
    free = shutil.disk_usage(folder).free
    if free < needed * 1.1:
        raise BackupError(
            f"A copy of the database needs {needed / 1e6:,.0f} MB, and {folder} has room for "
            f"{free / 1e6:,.0f} MB. Make room there."
        )


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
        "ORDER BY name"
    )
    return [name for (name,) in rows]


def _sum(connection: sqlite3.Connection, table: str) -> TableSum:
    rows, total = 0, 0
    # As it is stored, whether or not it is text that can be read.
    connection.text_factory = bytes
    for row in connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  # our own names
        digest = hashlib.blake2b(repr(row).encode(), digest_size=8)
        total += int.from_bytes(digest.digest(), "big")
        rows += 1
    return TableSum(rows, f"{total % _SUM_MODULUS:016x}")
