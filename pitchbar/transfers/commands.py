"""`pitchbar codes import` and `pitchbar codes export`."""

from pathlib import Path

import click

from pitchbar.commands import in_app
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.transfers.exporting import export_codes
from pitchbar.transfers.models import CHECK, DONE, IMPORT, CodeImport
from pitchbar.transfers.queries import list_errors
from pitchbar.transfers.reading.plans import Options
from pitchbar.transfers.receiving import look_at
from pitchbar.transfers.services import begin_import, look_through, record_begin
from pitchbar.transfers.working import work_on
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.queries import find_workspace

_OPERATOR = Actor("system", None, "Command line")
_SHOWN = 20
_workspace_option = click.option("--workspace", "slug", required=True, help="Its slug.")


@click.group()
def codes() -> None:
    """Many codes at once."""


@codes.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_workspace_option
@click.option("--domain", default="", help="The own domain that they shall be on.")
@click.option("--taken", type=click.Choice(["error", "random"]), default="error")
@click.option("--skip-same", is_flag=True, help="Leave out rows that are there already.")
@click.option("--dry-run", is_flag=True, help="Look the file through, and import nothing.")
@in_app
def import_codes(
    file: Path, slug: str, domain: str, taken: str, skip_same: bool, dry_run: bool
) -> None:
    """Make codes of the rows of a CSV, TSV or XLSX file: all of them, or none."""
    workspace, settings = _get(slug), current_settings()
    table = look_at(file.read_bytes(), file.name, settings)
    an_import = begin_import(workspace, _OPERATOR, table)
    options = Options.read({"domain": domain, "taken": taken, "skip_same": skip_same})
    goal = CHECK if dry_run else IMPORT
    look_through(workspace, an_import, an_import.mapping, options, goal=goal)
    if goal == IMPORT:
        record_begin(an_import, _OPERATOR)
    db.session.commit()
    work_on(an_import.id, settings)
    _tell(db.session.get_one(CodeImport, an_import.id))


def _tell(an_import: CodeImport) -> None:
    if an_import.state == DONE:
        click.echo(f"{an_import.created:,} codes imported, {an_import.skipped:,} rows left out.")
        return
    for one in list_errors(an_import, 0, _SHOWN):
        where = f", {one.column_name}" if one.column_name else ""
        click.echo(f"Row {one.row_number}{where}: {one.message}")
    if an_import.error_count > _SHOWN:
        click.echo(f"and {an_import.error_count - _SHOWN:,} more")
    if an_import.error_count or an_import.problem:
        raise click.ClickException(an_import.problem or "Nothing is imported.")
    words = f"{an_import.to_create:,} codes would be made, {an_import.skipped:,} rows left out."
    click.echo(words)


@codes.command("export")
@_workspace_option
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Else on the screen.")
@in_app
def export(slug: str, out: Path | None) -> None:
    """Write all codes as CSV, as an import reads it back."""
    portions = export_codes(_get(slug), current_settings())
    if out is None:
        for portion in portions:
            click.echo(portion, nl=False)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(portions)
    click.echo(f"Written to {out}.")


def _get(slug: str) -> Workspace:
    workspace = find_workspace(slug)
    if workspace is None:
        raise click.ClickException(f"There is no workspace {slug}.")
    return workspace
