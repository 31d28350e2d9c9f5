"""`pitchbar backup create | list | restore | drill`, on both databases."""

import hashlib
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, func, select, text

from pitchbar.backups import creating
from pitchbar.backups.kept import KeptBackups
from pitchbar.backups.models import BackupRun
from pitchbar.backups.opening import open_engine
from pitchbar.backups.settings import BackupSettings
from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.assets import ROOT
from pitchbar.core.encryption import decrypt, encrypt
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import JobWorker
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.backups.conftest import Keys, Run
from tests.support.factories import People, make_code
from tests.support.s3_servers import s3_server
from tests.support.servers import on_both_databases
from tests.support.waiting import wait_until


def kept_in(settings: Settings) -> Path:
    return Path(settings[BackupSettings].backup_url.removeprefix("file://"))


def manifest_path(settings: Settings) -> Path:
    (found,) = kept_in(settings).glob("*.json")
    return found


def change_manifest(settings: Settings, **values: Any) -> None:
    path = manifest_path(settings)
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def stored_file(settings: Settings) -> Path:
    return kept_in(settings) / str(json.loads(manifest_path(settings).read_text())["file"])


def names_of_codes() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Code.name)))


def delete_codes() -> None:
    db.session.execute(text("DELETE FROM code_destinations"))
    db.session.execute(text("DELETE FROM codes"))
    db.session.commit()


@on_both_databases
class TestBothDatabases:
    def test_what_was_lost_comes_back(self, run: Run, settings: Settings, people: People) -> None:
        make_code(people.workspace, name="Menu — Café ☕")
        made = run("create")
        assert made.exit_code == 0, made.output
        assert "APP_KEY is not in it" in made.output
        delete_codes()
        make_code(db.session.get_one(Workspace, 1), name="Of later")
        refused = run("restore")
        assert refused.exit_code == 1
        assert "6 people, 2 workspaces, 1 code." in refused.output
        assert names_of_codes() == ["Of later"]
        done = run("restore", "--force")
        assert done.exit_code == 0, done.output
        assert "What was there before is kept in" in done.output
        assert "rebuild-vectors" in done.output
        assert "APP_KEY is not the one" not in done.output
        assert names_of_codes() == ["Menu — Café ☕"]
        assert "Of later" in kept_aside(settings)
        kinds = db.session.execute(select(BackupRun.kind, BackupRun.state).order_by(BackupRun.id))
        # The backup itself was still running when its snapshot was taken.
        assert [tuple(one) for one in kinds] == [("create", "failed"), ("restore", "done")]

    def test_restore_waits_until_all_is_stopped(
        self, run: Run, settings: Settings, people: People
    ) -> None:
        make_code(people.workspace, name="Menu")
        run("create")
        make_code(db.session.get_one(Workspace, 1), name="Of later")
        at = clock.now()
        worker = JobWorker(
            id="h/7/default", host="h", pid=7, queues="default",
            started_at=at, seen_at=at, rss_bytes=1,
        )  # fmt: skip
        db.session.add(worker)
        db.session.commit()
        refused = run("restore", "--force")
        assert refused.exit_code == 1
        assert "Pitchbar still runs: the worker h/7/default was seen at" in refused.output
        assert sorted(names_of_codes()) == ["Menu", "Of later"]
        worker = db.session.get_one(JobWorker, "h/7/default")
        worker.seen_at = at - timedelta(seconds=21)
        db.session.commit()
        assert run("restore", "--force").exit_code == 0
        assert names_of_codes() == ["Menu"]

    def test_into_an_empty_database(self, run: Run, settings: Settings, people: People) -> None:
        make_code(people.workspace, name="Menu")
        run("create")
        forget_everything(settings)
        done = run("restore")
        assert done.exit_code == 0, done.output
        assert "kept in" not in done.output
        assert names_of_codes() == ["Menu"]

    def test_drill_compares_every_table_and_leaves_nothing(
        self, run: Run, settings: Settings, people: People
    ) -> None:
        make_code(people.workspace)
        run("create")
        before = places(settings)
        done = run("drill", "--json")
        assert done.exit_code == 0, done.output
        told = json.loads(done.output)
        assert told["differences"] == []
        assert told["tables"]["people"]["found"]["rows"] == len(
            list(db.session.execute(text("SELECT id FROM people")))
        )
        assert set(told["tables"]) == {"alembic_version", *db.metadata.tables}
        assert places(settings) == before
        assert names_of_codes()

    def test_drill_fails_on_another_row_and_on_a_missing_one(
        self, run: Run, settings: Settings, people: People
    ) -> None:
        make_code(people.workspace)
        run("create")
        tables = json.loads(manifest_path(settings).read_text())["tables"]
        tables["people"]["checksum"] = "another"
        tables["codes"]["rows"] += 1
        change_manifest(settings, tables=tables)
        done = run("drill")
        assert done.exit_code == 1
        assert "Differences: 2." in done.output
        last = db.session.scalars(select(BackupRun).order_by(BackupRun.id.desc())).first()
        assert last is not None
        assert (last.kind, last.state) == ("drill", "failed")
        assert last.differences == [
            "codes: 1 rows instead of 2",
            "people: as many rows, and another checksum",
        ]

    def test_a_byte_that_changed_is_noticed_before_anything_is_touched(
        self, run: Run, settings: Settings, people: People
    ) -> None:
        make_code(people.workspace, name="Menu")
        run("create")
        file = stored_file(settings)
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        for words in (("drill",), ("restore", "--force")):
            done = run(*words)
            assert done.exit_code == 1
            assert "sha256" in done.output
        assert names_of_codes() == ["Menu"]

    def test_restore_that_fails_half_way_leaves_what_was_there(
        self, run: Run, settings: Settings, people: People
    ) -> None:
        make_code(people.workspace, name="Menu")
        run("create")
        file = stored_file(settings)
        file.write_bytes(file.read_bytes()[: -file.stat().st_size // 3])
        change_manifest(settings, sha256=sha256_of(file))
        done = run("restore", "--force")
        assert done.exit_code == 1
        assert names_of_codes() == ["Menu"]

    def test_encrypted_one_opens_with_its_key_alone(
        self, run: Run, settings: Settings, people: People, keys: Keys, tmp_path: Path
    ) -> None:
        make_code(people.workspace, name="Menu")
        made = run("create", backup_recipient=(keys.public,))
        assert "encrypted, in" in made.output
        assert stored_file(settings).read_bytes().startswith(b"age-encryption.org/v1")
        assert keys.secret not in manifest_path(settings).read_text()
        stranger = tmp_path / "stranger"
        stranger.write_text(str(_other_key()))
        for words in (["drill"], ["drill", "--identity", str(stranger)]):
            refused = run(*words)
            assert refused.exit_code == 1
            assert "--identity" in refused.output
        identity = tmp_path / "identity"
        identity.write_text(f"# created by age-keygen\n{keys.secret}\n")
        assert run("drill", "--identity", str(identity)).exit_code == 0
        delete_codes()
        assert run("restore", "--force", backup_identity=keys.secret).exit_code == 0
        assert names_of_codes() == ["Menu"]

    def test_it_is_one_moment_though_others_write(
        self, run: Run, settings: Settings, people: People
    ) -> None:
        with pairs_are_written(settings):
            for _ in range(3):
                assert run("create").exit_code == 0
        for manifest in KeptBackups(settings[BackupSettings].backup_url).list_all():
            pairs = [manifest.tables[name].rows for name in ("queue_alarms", "queue_states")]
            assert pairs[0] == pairs[1]
            assert pairs[0]
            assert run("drill", manifest.name).exit_code == 0

    def test_second_one_says_that_one_is_running(self, run: Run, settings: Settings) -> None:
        with open_engine(settings).lock():
            for words in (("create",), ("drill",), ("restore", "--force")):
                done = run(*words)
                assert done.exit_code == 1
                assert "running already" in done.output
        assert run("create").exit_code == 0

    def test_backup_of_an_older_schema_is_migrated_up(
        self, run: Run, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_code(people.workspace, name="Menu")
        run("create")
        older = json.loads(manifest_path(settings).read_text())
        make_older(settings, monkeypatch)
        done = run("restore", "--force")
        assert done.exit_code == 0, done.output
        assert f"brought from 0050 to {older['revision']}" in done.output
        assert names_of_codes() == ["Menu"]


def make_older(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest backup becomes one of the schema before backups were logged."""

    class NoRow:
        """There was no table for it then."""

    db.session.remove()
    db.engine.dispose()
    downgrade(revision="0050")
    with monkeypatch.context() as patched:
        patched.setattr("pitchbar.backups.creating.end_run", lambda *_args, **_facts: None)
        creating._create(settings, NoRow())  # type: ignore[arg-type]  # see there
    db.session.remove()
    db.engine.dispose()
    upgrade()


def kept_aside(settings: Settings) -> str:
    """Names of the codes in what a restore put aside."""
    if settings.database_url.startswith("sqlite"):
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        (aside,) = path.parent.glob(f"{path.name}-before-*")
        with sqlite3.connect(aside) as connection:
            return str(connection.execute("SELECT name FROM codes").fetchall())
    schema = db.session.scalar(
        text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pitchbar_before_%'")
    )
    return str(db.session.execute(text(f"SELECT name FROM {schema}.codes")).all())


def places(settings: Settings) -> set[str]:
    """Databases of the server, or files beside the database."""
    if settings.database_url.startswith("sqlite"):
        return {path.name for path in settings.data_dir.iterdir()}
    return set(
        db.session.scalars(text("SELECT datname FROM pg_database WHERE datname LIKE '%drill%'"))
    )


def forget_everything(settings: Settings) -> None:
    db.session.remove()
    db.engine.dispose()
    if settings.database_url.startswith("sqlite"):
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        for one in path.parent.glob(f"{path.name}*"):
            one.unlink()
        return
    with db.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _other_key() -> object:
    return pyrage.x25519.Identity.generate()


@contextmanager
def pairs_are_written(settings: Settings) -> Iterator[None]:
    """One transaction after another puts a row into each of two tables."""
    engine = create_engine(
        settings.database_url,
        connect_args={} if "post" in settings.database_url else {"timeout": 30},
    )
    stop, count = threading.Event(), 0

    def write() -> None:
        nonlocal count
        while not stop.is_set():
            with engine.begin() as connection:
                row = {"queue": f"pair {count}", "at": clock.now()}
                connection.execute(
                    text("INSERT INTO queue_alarms (queue, told_at) VALUES (:queue, :at)"), row
                )
                connection.execute(
                    text("INSERT INTO queue_states (queue, paused_at) VALUES (:queue, :at)"), row
                )
            count += 1

    thread = threading.Thread(target=write)
    thread.start()
    wait_until(lambda: count > 20)
    try:
        yield
    finally:
        stop.set()
        thread.join()
        engine.dispose()


def test_key_of_another_time_is_told(run: Run, people: People) -> None:
    run("create")
    done = run("restore", "--force", app_key="another key, as long as a key has to be")
    assert done.exit_code == 0
    assert "APP_KEY is not the one of this backup" in done.output
    sealed = encrypt("a secret", "a key for tests only, long enough to be one")
    assert decrypt(sealed, "a key for tests only, long enough to be one") == "a secret"


def test_neither_key_nor_its_fingerprint_is_in_a_backup(
    run: Run, settings: Settings, people: People
) -> None:
    run("create")
    whole = manifest_path(settings).read_bytes() + stored_file(settings).read_bytes()
    assert settings.app_key.encode() not in whole


def test_backup_of_a_later_release_is_refused(run: Run, settings: Settings, people: People) -> None:
    run("create")
    change_manifest(settings, revision="9999")
    done = run("restore", "--force")
    assert done.exit_code == 1
    assert "made by a later release" in done.output


def test_backup_of_the_other_kind_of_database_is_refused(run: Run, settings: Settings) -> None:
    run("create")
    change_manifest(settings, database="postgresql")
    assert "is of postgresql, and DATABASE_URL names sqlite" in run("drill").output


_KILLED = """
import os, sys
from pitchbar import create_app
from pitchbar.backups import creating
from pitchbar.settings import load_settings

def half(reader, writer, recipients):
    writer.write(reader.read(50_000))
    os.kill(os.getpid(), 9)

creating.seal = half
settings = load_settings()
with create_app(settings).app_context():
    creating.create_backup(settings, "test")
"""


def test_killed_one_leaves_nothing_that_looks_whole(
    run: Run, settings: Settings, people: People
) -> None:
    environment = {
        "APP_KEY": settings.app_key,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "BACKUP_URL": settings[BackupSettings].backup_url,
        "PYTHONPATH": str(ROOT),
    }
    killed = subprocess.run([sys.executable, "-c", _KILLED], env=environment, cwd=ROOT)
    assert killed.returncode == -9
    assert "There is no backup" in run("list").output
    assert run("restore", "--force").exit_code == 1
    made = run("create")
    assert made.exit_code == 0, made.output
    kept = {path.name for path in kept_in(settings).iterdir()}
    assert kept == {manifest_path(settings).name, stored_file(settings).name}
    assert not (settings.data_dir / "backup-work").exists()
    runs = db.session.execute(select(BackupRun.state, BackupRun.error).order_by(BackupRun.id))
    assert [tuple(one) for one in runs] == [("failed", "It was broken off."), ("done", "")]


def test_old_ones_go_and_the_last_good_one_stays(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    for days in (70, 40, 10):
        monkeypatch.setattr(clock, "now", lambda days=days: now - timedelta(days=days))
        assert run("create").exit_code == 0
    monkeypatch.undo()
    # That of 70 days ago went with the one of 10 days ago; that of 40 stays until it is replaced.
    assert len(json.loads(run("list", "--json").output)) == 2
    kept = KeptBackups(settings[BackupSettings].backup_url)
    assert kept.trim(now, 30)
    assert len(kept.list_all()) == 1
    assert kept.trim(now + timedelta(days=1000), 30) == []
    assert len(kept.list_all()) == 1


def test_in_a_bucket(
    run: Run, settings: Settings, people: People, monkeypatch: pytest.MonkeyPatch, keys: Keys
) -> None:
    make_code(people.workspace, name="Menu")
    with s3_server() as bucket:
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        used = {"backup_url": f"{bucket.url}/backups", "backup_recipient": (keys.public,)}
        used["backup_identity"] = keys.secret
        assert run("create", **used).exit_code == 0
        assert len(run("list", **used).output.splitlines()) == 1
        assert run("drill", **used).exit_code == 0
        delete_codes()
        assert run("restore", "--force", **used).exit_code == 0
        assert names_of_codes() == ["Menu"]
        assert bucket.unfinished_uploads() == 0
    gone = run("create", **used)
    assert gone.exit_code == 1
    assert "BACKUP_URL" in gone.output


def test_every_backup_is_logged(run: Run, people: People) -> None:
    run("create")
    (logged,) = db.session.scalars(select(BackupRun))
    assert (logged.kind, logged.state, logged.started_by) == ("create", "done", "command line")
    assert logged.rows > 5
    assert logged.size > 1000
    assert db.session.scalar(select(func.count()).select_from(BackupRun)) == 1
