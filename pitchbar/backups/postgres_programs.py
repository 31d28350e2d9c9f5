"""pg_dump and pg_restore: where they are, whether they suit the server, and what they are told."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import URL

from pitchbar.backups.errors import BackupError

# Where Debian puts each version beside the others.
_VERSIONS = Path("/usr/lib/postgresql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
# Parameters of a connection, as the programs read them.
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS",
    "channel_binding": "PGCHANNELBINDING",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "gssencmode": "PGGSSENCMODE",
    "service": "PGSERVICE",
}


def find_program(name: str, folder: str, server: int) -> str:
    """The path of the one that suits: of the server's major version or the next above it.

    Args:
        folder: the only place to look in; empty for the usual ones.

    Raises:
        BackupError: there is none, or only older ones, which refuse a newer server.
    """
    found = {path: major for path in _candidates(name, folder) if (major := version_of(path))}
    fitting = [(major, path) for path, major in found.items() if major >= server]
    if fitting:
        return min(fitting)[1]
    where = folder or "PATH and /usr/lib/postgresql"
    if not found:
        raise BackupError(
            f"{name} is not installed: there is none in {where}. Install the client programs of "
            f"PostgreSQL {server} or newer (Debian: postgresql-client-{server}), or name their "
            "folder in BACKUP_PG_BIN."
        )
    raise BackupError(
        f"{name} is of version {max(found.values())}, and the server is PostgreSQL {server}: an "
        f"older program refuses it. Install postgresql-client-{server} or newer, or name its "
        "folder in BACKUP_PG_BIN."
    )


def program_environment(url: URL) -> dict[str, str]:
    """With what names the server: on a command line everybody on the machine could read it."""
    given = {
        "PGHOST": url.host,
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGCONNECT_TIMEOUT": 10,
        **{_VARIABLES[name]: value for name, value in url.query.items() if name in _VARIABLES},
    }
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


def _candidates(name: str, folder: str) -> Iterator[str]:
    if folder:
        places = [folder]
    else:
        places = os.environ.get("PATH", "").split(os.pathsep)
        places += [str(path / "bin") for path in sorted(_VERSIONS.glob("*"))]
    for place in places:
        if path := shutil.which(name, path=place):
            yield path


@lru_cache(maxsize=32)
def version_of(path: str) -> int | None:
    """Its major version; None for what does not run."""
    try:
        said = subprocess.run(  # noqa: S603  # found in places that the operator chose
            [path, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(said)
    return int(match[1]) if match else None
