"""`pitchbar users`, `pitchbar tokens` and `pitchbar purge`."""

import click

from pitchbar.accounts.queries import find_person_by_email
from pitchbar.accounts.services import create_person
from pitchbar.accounts.verification.proof import prove_address
from pitchbar.commands import in_app
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.services import purge_audit
from pitchbar.events.settings import AuditSettings
from pitchbar.extensions import db
from pitchbar.mailing.services import trim_mail_log
from pitchbar.settings import current_settings
from pitchbar.workspaces.account_deletion.services import delete_account
from pitchbar.workspaces.deletion.services import purge_deleted_workspaces
from pitchbar.workspaces.errors import OwnsWorkspaces
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.queries import find_workspace
from pitchbar.workspaces.services import create_workspace
from pitchbar.workspaces.tokens.queries import get_token, list_tokens
from pitchbar.workspaces.tokens.services import create_token, revoke_token

_OPERATOR = Actor("system", None, "Command line")
_slug_option = click.option("--workspace", "slug", required=True, help="The workspace's slug.")


@click.group()
def users() -> None:
    """People with an account."""


@users.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--password", prompt=True, hide_input=True)
@click.option("--workspace", default="", help="Also make a workspace of this name.")
@in_app
def create_user(email: str, name: str, password: str, workspace: str) -> None:
    """Make an account."""
    person = create_person(email=email, name=name, password=password, is_proven=True)
    if workspace:
        create_workspace(name=workspace, time_zone="UTC", owner=person)
    db.session.commit()
    click.echo(f"{email} can sign in.")


@users.command("prove")
@click.option("--email", required=True)
@in_app
def prove_user(email: str) -> None:
    """Take an account's address as proven, where no mail can be sent."""
    person = find_person_by_email(email)
    if person is None:
        raise click.ClickException(f"There is no account with the address {email}.")
    prove_address(person, _OPERATOR)
    db.session.commit()
    click.echo(f"The address {person.email} is proven. Its owner signs in anew.")


@users.command("delete")
@click.option("--email", required=True)
@in_app
def delete_user(email: str) -> None:
    """Delete an account that owns no workspace, as its owner could do on their page."""
    person = find_person_by_email(email)
    if person is None:
        raise click.ClickException(f"There is no account with the address {email}.")
    try:
        delete_account(person, _OPERATOR, confirmation=email)
    except OwnsWorkspaces as error:
        raise click.ClickException(error.message.replace("You own", "They own")) from None
    db.session.commit()
    click.echo("The account is deleted. Its owner is told by mail.")


@click.group()
def tokens() -> None:
    """Keys to the JSON API."""


@tokens.command("create")
@_slug_option
@click.option("--scope", type=click.Choice(["read", "read-write"]), default="read")
@click.option("--name", default="command line", show_default=True)
@in_app
def create_api_token(slug: str, scope: str, name: str) -> None:
    """Print a new token, alone on its line. It cannot be shown again."""
    _, secret = create_token(_workspace(slug), name=name, scope=scope, by=_OPERATOR)
    db.session.commit()
    click.echo(secret)


@tokens.command("list")
@_slug_option
@in_app
def list_api_tokens(slug: str) -> None:
    """Print id, scope, first characters, last use and name of each token in force."""
    for token in list_tokens(_workspace(slug)):
        used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never used"
        begins = f"{token.prefix}…" if token.prefix else "—"
        click.echo(f"{token.id:<8} {token.scope:<12} {begins:<14} {used:<18} {token.name}")


@tokens.command("revoke")
@_slug_option
@click.argument("token_id", type=int)
@in_app
def revoke_api_token(slug: str, token_id: int) -> None:
    """Make a token useless, at once."""
    token = get_token(_workspace(slug), token_id)
    revoke_token(token, _OPERATOR)
    db.session.commit()
    click.echo(f"“{token.name}” is revoked.")


@click.command()
@in_app
def purge() -> None:
    """Remove what is past its time; the schedule does the same each day."""
    now = clock.now()
    entries = purge_audit(now, current_settings()[AuditSettings].audit_retention_days)
    records = trim_mail_log(now)
    db.session.commit()
    workspaces = purge_deleted_workspaces(now)
    click.echo(f"Audit entries: {entries}. Mail records: {records}. Workspaces: {workspaces}.")


def _workspace(slug: str) -> Workspace:
    workspace = find_workspace(slug)
    if workspace is None:
        raise click.ClickException(f"There is no workspace with the slug {slug}.")
    return workspace
