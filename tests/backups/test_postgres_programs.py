"""Which pg_dump is taken, and what is said where there is none that suits."""

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from pitchbar.backups.errors import BackupError
from pitchbar.backups.postgres_programs import find_program, program_environment


def make_program(folder: Path, major: int) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pg_dump"
    path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {major}.4 (Debian {major}.4-1)'\n")
    path.chmod(0o755)
    return str(path)


def test_the_next_above_the_server_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for major in (15, 18, 17):
        make_program(tmp_path / str(major), major)
    monkeypatch.setenv("PATH", ":".join(str(tmp_path / one) for one in ("15", "18", "17")))
    assert find_program("pg_dump", "", 16) == str(tmp_path / "17" / "pg_dump")
    assert find_program("pg_dump", "", 15) == str(tmp_path / "15" / "pg_dump")


def test_older_one_is_refused_in_words(tmp_path: Path) -> None:
    make_program(tmp_path, 15)
    with pytest.raises(BackupError) as refused:
        find_program("pg_dump", str(tmp_path), 18)
    assert "pg_dump is of version 15, and the server is PostgreSQL 18" in refused.value.message


def test_missing_one_is_told_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(BackupError) as missing:
        find_program("pg_dump", str(tmp_path), 16)
    assert "postgresql-client-16" in missing.value.message
    assert "BACKUP_PG_BIN" in missing.value.message


def test_password_stands_in_the_environment_and_not_in_the_command() -> None:
    url = make_url("postgresql+psycopg://ada:p%40ss@db:6432/pitchbar?sslmode=require")
    told = program_environment(url)
    assert told["PGPASSWORD"] == "p@ss"
    assert (told["PGHOST"], told["PGPORT"], told["PGUSER"]) == ("db", "6432", "ada")
    assert told["PGSSLMODE"] == "require"
