"""`pitchbar …`: everything an operator runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchbar.events.settings import AuditSettings
from pitchbar.queue_commands import deploy_cron_worker, queue_tick, schedule, work
from pitchbar.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from pitchbar.events.actors import Actor
    from pitchbar.workspaces.models import Workspace


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Pitchbar: dynamic QR codes whose scans are never lost."""
    try:
        context.obj = load_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.option("--demo/--no-demo", default=None, help="Fill an empty database with the demo.")
@click.pass_obj
def serve(settings: Settings, demo: bool | None) -> None:
    """Run the whole product in this one process: migrate, seed, serve."""
    from pitchbar.serve import prepare, run_server

    prepare(settings, demo=settings.is_development if demo is None else demo)
    run_server(settings)


@main.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Bring the schema to the newest version."""
    from pitchbar.serve import upgrade_database

    upgrade_database(settings)
    click.echo("The database is at the newest version.")


@main.command()
@click.pass_obj
def seed(settings: Settings) -> None:
    """Make the demo workspace, unless it is there already."""
    from pitchbar.serve import seed_demo

    click.echo(seed_demo(settings) or "The demo workspace is there already.")


@main.group()
def users() -> None:
    """People with an account."""


@users.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--password", prompt=True, hide_input=True)
@click.option("--workspace", default="", help="Also make a workspace of this name.")
@click.pass_obj
def create_user(settings: Settings, email: str, name: str, password: str, workspace: str) -> None:
    """Make an account."""
    from pitchbar import create_app
    from pitchbar.accounts.services import create_person
    from pitchbar.errors import DomainError
    from pitchbar.extensions import db as database
    from pitchbar.workspaces.services import create_workspace

    with create_app(settings).app_context():
        try:
            person = create_person(email=email, name=name, password=password)
        except DomainError as error:
            raise click.ClickException(error.message) from None
        if workspace:
            create_workspace(name=workspace, time_zone="UTC", owner=person)
        database.session.commit()
    click.echo(f"{email} can sign in.")


@main.group()
def tokens() -> None:
    """Keys to the JSON API."""


@tokens.command("create")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.option("--scope", type=click.Choice(["read", "read-write"]), default="read")
@click.option("--name", default="command line", show_default=True)
@click.pass_obj
def create_api_token(settings: Settings, slug: str, scope: str, name: str) -> None:
    """Print a new token, alone on its line. It cannot be shown again."""
    from pitchbar import create_app
    from pitchbar.extensions import db as database
    from pitchbar.workspaces.tokens.services import create_token

    with create_app(settings).app_context():
        workspace = _workspace(slug)
        _, secret = create_token(workspace, name=name, scope=scope, by=_operator())
        database.session.commit()
    click.echo(secret)


@tokens.command("list")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.pass_obj
def list_api_tokens(settings: Settings, slug: str) -> None:
    """Print id, scope, last use and name of each token in force."""
    from pitchbar import create_app
    from pitchbar.workspaces.tokens.queries import list_tokens

    with create_app(settings).app_context():
        for token in list_tokens(_workspace(slug)):
            used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
            click.echo(f"{token.id:<8} {token.scope:<12} {used:<18} {token.name}")


@tokens.command("revoke")
@click.option("--workspace", "slug", required=True, help="The workspace's slug.")
@click.argument("token_id", type=int)
@click.pass_obj
def revoke_api_token(settings: Settings, slug: str, token_id: int) -> None:
    """Make a token useless, at once."""
    from pitchbar import create_app
    from pitchbar.errors import DomainError
    from pitchbar.extensions import db as database
    from pitchbar.workspaces.tokens.queries import get_token
    from pitchbar.workspaces.tokens.services import revoke_token

    with create_app(settings).app_context():
        try:
            token = get_token(_workspace(slug), token_id)
        except DomainError as error:
            raise click.ClickException(error.message) from None
        revoke_token(token, _operator())
        database.session.commit()
        click.echo(f"“{token.name}” is revoked.")


def _workspace(slug: str) -> "Workspace":
    from pitchbar.workspaces.queries import find_workspace

    workspace = find_workspace(slug)
    if workspace is None:
        raise click.ClickException(f"There is no workspace with the slug {slug}.")
    return workspace


def _operator() -> "Actor":
    from pitchbar.events.actors import Actor

    return Actor("system", None, "Command line")


@main.command()
@click.pass_obj
def purge(settings: Settings) -> None:
    """Remove what is past its time; the schedule does the same each day."""
    from pitchbar import create_app
    from pitchbar.core import clock
    from pitchbar.events.services import purge_audit
    from pitchbar.extensions import db as database
    from pitchbar.mailing.services import trim_mail_log
    from pitchbar.workspaces.deletion.services import purge_deleted_workspaces

    now = clock.now()
    with create_app(settings).app_context():
        entries = purge_audit(now, settings[AuditSettings].audit_retention_days)
        records = trim_mail_log(now)
        database.session.commit()
        workspaces = purge_deleted_workspaces(now)
    click.echo(f"Audit entries: {entries}. Mail records: {records}. Workspaces: {workspaces}.")


@main.command()
@click.pass_obj
def routes(settings: Settings) -> None:
    """List every address and the right that it asks for."""
    from pitchbar import create_app

    app = create_app(settings)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        access = getattr(app.view_functions[rule.endpoint], "access", "all")
        click.echo(f"{methods:<12} {rule.rule:<55} {access}")


for command in (work, schedule, queue_tick, deploy_cron_worker):
    main.add_command(command)

if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
