"""PostgreSQL: pg_dump and pg_restore, on a snapshot from which the tables are summed up, too."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Thread
from typing import IO

import psycopg
from sqlalchemy.engine import URL

from pitchbar.backups.engines import PRECIOUS, contents_of
from pitchbar.backups.errors import BackupError, BackupRunning
from pitchbar.backups.manifest import POSTGRESQL
from pitchbar.backups.postgres_database import (
    Connection,
    PostgresDatabase,
    connect,
    drop_database,
    drop_schema,
    rename_schema,
    scalar,
    statement,
)
from pitchbar.backups.postgres_programs import find_program, program_environment
from pitchbar.backups.streams import unseal
from pitchbar.core import clock

# Any number will do that nothing else locks with.
_LOCK = 7_412_650_904
_DRILL, _ASIDE = "pitchbar_drill_", "pitchbar_before_"
_END_SECONDS = 0.5


class PostgresEngine:
    kind = POSTGRESQL
    ending = ".pgdump"

    def __init__(self, url: URL, programs: str = "") -> None:
        self._url = url
        self._programs = programs

    @contextmanager
    def lock(self) -> Iterator[None]:
        # It is the connection's: who is killed holds it no longer.
        with self._connect() as connection:
            if not scalar(connection, f"SELECT pg_try_advisory_lock({_LOCK})"):
                raise BackupRunning
            yield

    @contextmanager
    def snapshot(self, work: Path) -> Iterator["PostgresSnapshot"]:
        with self._connect() as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresSnapshot(connection, self._url, self._programs)

    @contextmanager
    def fresh_copy(
        self, file: Path, work: Path, identity: str, *, is_encrypted: bool
    ) -> Iterator["PostgresDatabase"]:
        name = self._make_drill_database()
        place = self._url.set(database=name)
        try:
            self._run_restore(place, file, identity, is_encrypted=is_encrypted)
            with connect(place) as connection:
                yield PostgresDatabase(connection)
        finally:
            with self._connect() as connection:
                drop_database(connection, name)

    def find_contents(self) -> str:
        with self._connect() as connection:
            found = PostgresDatabase(connection)
            return contents_of((name, found.count(name)) for name in PRECIOUS)

    def restore(self, file: Path, work: Path, identity: str, *, is_encrypted: bool) -> str:
        """What is there is moved into a schema of its own first, and back where this fails."""
        with self._connect() as connection:
            schema = str(scalar(connection, "SELECT current_schema()"))
            had = bool(PostgresDatabase(connection).tables())
            contents = self.find_contents()
            aside = f"{_ASIDE}{clock.now():%Y%m%dt%H%M%S}"
            rename_schema(connection, schema, aside)
            try:
                self._run_restore(self._url, file, identity, is_encrypted=is_encrypted)
            except BaseException:
                drop_schema(connection, schema)
                connection.execute(statement("ALTER SCHEMA {} RENAME TO {}", aside, schema))
                raise
            if had and contents:
                return f"the schema {aside} of the same database"
            drop_schema(connection, aside)
        return ""

    def _run_restore(self, place: URL, file: Path, identity: str, *, is_encrypted: bool) -> None:
        program = self._find("pg_restore")
        command = [program, "--no-owner", "--no-privileges", "--exit-on-error"]
        # pg_restore writes a script when it is not told the database by name.
        command += ["--single-transaction", f"--dbname={place.database}"]
        process = subprocess.Popen(  # noqa: S603  # our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=program_environment(place),
        )
        broke: Exception | None = None
        with Complaints(process) as complaints:
            assert process.stdin is not None  # noqa: S101  # asked for above
            try:
                unseal(file, process.stdin, identity, is_encrypted=is_encrypted)
                process.stdin.close()
            except (BackupError, OSError) as error:
                # Where it ended before all was read, it says why.
                if not _ends_by_itself(process):
                    raise
                broke = error
        if process.returncode or broke:
            raise BackupError(f"pg_restore failed: {complaints.text or broke}")

    def _make_drill_database(self) -> str:
        own = sha256(str(self._url.database).encode()).hexdigest()[:8]
        prefix = f"{_DRILL}{own}_"
        name = f"{prefix}{secrets.token_hex(4)}"
        with self._connect() as connection:
            left = connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]
            )
            for (one,) in left.fetchall():
                # Of a drill that was killed: there is one at a time.
                drop_database(connection, one)
            try:
                connection.execute(statement("CREATE DATABASE {} TEMPLATE template0", name))
            except psycopg.errors.InsufficientPrivilege:
                raise BackupError(
                    "A drill makes a database on the same server and drops it again, and this "
                    f"account may not: run ALTER ROLE {self._url.username} CREATEDB as an admin."
                ) from None
        return name

    def _find(self, program: str) -> str:
        with self._connect() as connection:
            return find_program(program, self._programs, connection.info.server_version // 10_000)

    def _connect(self) -> AbstractContextManager[Connection]:
        return connect(self._url)


class PostgresSnapshot(PostgresDatabase):
    """Within a transaction that sees one moment; pg_dump reads the same."""

    def __init__(self, connection: Connection, url: URL, programs: str) -> None:
        super().__init__(connection)
        self._url = url
        self._programs = programs

    @contextmanager
    def reading(self) -> Iterator[IO[bytes]]:
        version = self._connection.info.server_version // 10_000
        program = find_program("pg_dump", self._programs, version)
        snapshot = scalar(self._connection, "SELECT pg_export_snapshot()")
        command = [program, "--format=custom", "--no-owner", "--no-privileges"]
        command += [f"--snapshot={snapshot}", f"--exclude-schema={_ASIDE}*"]
        process = subprocess.Popen(  # noqa: S603  # our own command
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=program_environment(self._url),
        )
        assert process.stdout is not None  # noqa: S101  # asked for above
        with Complaints(process) as complaints:
            yield process.stdout
        if process.returncode:
            raise BackupError(f"pg_dump failed: {complaints.text}")


class Complaints:
    """Reads what a program says on its standard error while it runs, and waits for its end; a
    program whose block ends by an error is killed.
    """

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.text = ""

    def __enter__(self) -> "Complaints":
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
        self._process.wait()
        self._thread.join()

    def _read(self) -> None:
        assert self._process.stderr is not None  # noqa: S101  # asked for by whoever started it
        with self._process.stderr as errors:
            lines = errors.read().decode(errors="replace").splitlines()
        # The first tells the cause, the others what came of it.
        self.text = " ".join(line.strip() for line in lines[:3])[:500]


def _ends_by_itself(process: subprocess.Popen[bytes]) -> bool:
    try:
        return process.wait(_END_SECONDS) is not None
    except subprocess.TimeoutExpired:
        return False
