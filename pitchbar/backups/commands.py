"""`pitchbar backup`: for operators."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from pitchbar.backups.creating import create_backup, describe_files
from pitchbar.backups.drilling import Drill, drill_backup
from pitchbar.backups.kept import KeptBackups
from pitchbar.backups.manifest import Manifest
from pitchbar.backups.restoring import restore_backup
from pitchbar.backups.settings import BackupSettings
from pitchbar.commands import in_app
from pitchbar.settings import current_settings

_BY = "command line"
_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_identity = click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the secret key of age; else BACKUP_IDENTITY.",
)


@click.group()
def backup() -> None:
    """Backups of the database."""


@backup.command("create")
@_json
@in_app
def create(as_json: bool) -> None:
    """Make a backup now, and delete those that are too old."""
    settings = current_settings()
    made = create_backup(settings, _BY)
    if as_json:
        click.echo(json.dumps(asdict(made)))
        return
    click.echo(
        f"{made.name}: {len(made.tables)} tables, {made.rows:,} rows, {made.size / 1e6:,.1f} MB, "
        f"{'encrypted' if made.is_encrypted else 'not encrypted'}, in {made.seconds:.1f} s."
    )
    click.echo(f"It is in {settings[BackupSettings].backup_url}.")
    click.echo("APP_KEY is not in it: keep that apart, secrets in the backup need it.")
    if about_files := describe_files(made):
        click.echo(about_files)


@backup.command("list")
@_json
@in_app
def list_backups(as_json: bool) -> None:
    """Show the backups that there are, the newest first."""
    url = current_settings()[BackupSettings].backup_url
    found = KeptBackups(url).list_all()
    if as_json:
        click.echo(json.dumps([_facts(one) for one in found]))
        return
    if not found:
        click.echo(f"There is no backup in {url}. Make one with `pitchbar backup create`.")
    for one in found:
        sealed = "encrypted" if one.is_encrypted else ""
        click.echo(
            f"{one.name}  {one.made:%Y-%m-%d %H:%M} UTC  {one.rows:>12,} rows  "
            f"{one.size / 1e6:>10,.1f} MB  schema {one.revision}  {sealed}".rstrip()
        )


@backup.command("restore")
@click.argument("name", default="")
@click.option("--force", is_flag=True, help="Take the place of a database that is not empty.")
@_identity
@in_app
def restore(name: str, force: bool, identity: Path | None) -> None:
    """Bring a backup back, the newest without a NAME. Stop all processes before."""
    settings = current_settings()
    done = restore_backup(settings, _read(identity), _BY, name, force=force)
    made = done.manifest
    click.echo(
        f"{made.name} is in place: {made.rows:,} rows of {made.made:%Y-%m-%d %H:%M} UTC, "
        f"in {done.seconds:.1f} s."
    )
    if done.revision != made.revision:
        click.echo(f"The schema was brought from {made.revision} to {done.revision}.")
    if done.aside:
        click.echo(f"What was there before is kept in {done.aside}: delete it when all is well.")
    if not done.has_key:
        click.echo(
            "APP_KEY is not the one of this backup: secrets of webhooks, second steps of sign-in "
            "and mail that waits cannot be opened. Set the APP_KEY of then; it is in no backup.",
            err=True,
        )
    click.echo("Now fill the index of sources: pitchbar rebuild-vectors")


@backup.command("drill")
@click.argument("name", default="")
@_identity
@_json
@in_app
def drill(name: str, identity: Path | None, as_json: bool) -> None:
    """Bring a backup back into a fresh place and compare it, the newest without a NAME; exits with
    1 on a difference.
    """
    done = drill_backup(current_settings(), _read(identity), _BY, name)
    if as_json:
        tables = {
            one.table: {"expected": asdict(one.expected), "found": asdict(one.found)}
            for one in done.tables
        }
        told = {"name": done.manifest.name, "seconds": round(done.seconds, 3)}
        click.echo(json.dumps({**told, "differences": done.differences, "tables": tables}))
    else:
        _print(done)
    if done.differences:
        sys.exit(1)


def _print(done: Drill) -> None:
    click.echo(f"{'table':<28} {'rows':>14} {'came back':>14}  checksum")
    for one in done.tables:
        word = "equal" if one.is_equal else "DIFFERS"
        click.echo(f"{one.table:<28} {one.expected.rows:>14,} {one.found.rows:>14,}  {word}")
    rows, minutes = sum(one.found.rows for one in done.tables), done.seconds / 60
    click.echo(
        f"{done.manifest.name}: {rows:,} rows of {len(done.tables)} tables in {minutes:.2f} "
        f"minutes. Differences: {len(done.differences)}."
    )


def _facts(one: Manifest) -> dict[str, object]:
    """Without the tables, which `drill` shows."""
    return {**{k: v for k, v in asdict(one).items() if k != "tables"}, "rows": one.rows}


def _read(identity: Path | None) -> str:
    if identity is not None:
        return identity.read_text()
    return current_settings()[BackupSettings].backup_identity
