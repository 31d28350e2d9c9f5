"""`pitchbar …`: everything an operator runs. What belongs to a feature stands in its
`commands.py`; here is what concerns the whole.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pitchbar.commands import Console, in_app
from pitchbar.core.private_files import make_only_private_files
from pitchbar.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from flask import Flask


class _Commands(click.Group):
    """With the features' commands, which are looked for only when none of these here is meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from pitchbar.features import all_commands

        return sorted({*super().list_commands(ctx), *all_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        from pitchbar.features import all_commands

        return all_commands().get(cmd_name)


@click.group(cls=_Commands)
@click.pass_context
def main(context: click.Context) -> None:
    """Pitchbar: dynamic QR codes whose scans are never lost."""
    make_only_private_files()
    try:
        context.obj = Console(load_settings(), _make_app)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


def _make_app(settings: Settings) -> "Flask":
    from pitchbar import create_app

    return create_app(settings)


@main.command()
@click.option("--demo/--no-demo", default=None, help="Fill an empty database with the demo.")
@click.pass_obj
def serve(console: Console, demo: bool | None) -> None:
    """Run the whole product in this one process: migrate, seed, serve."""
    from pitchbar.errors import DomainError
    from pitchbar.serve import prepare, run_server

    settings = console.settings
    try:
        prepare(settings, demo=settings.is_development if demo is None else demo)
    except DomainError as error:
        raise click.ClickException(error.message) from None
    run_server(settings)


@main.command()
@click.pass_obj
def edge(console: Console) -> None:
    """Run the redirects alone, on granian."""
    from pitchbar.edge_server import run_edge

    run_edge(console.settings)


@main.group()
def db() -> None:
    """The database's schema."""


@db.command()
@click.pass_obj
def upgrade(console: Console) -> None:
    """Bring the schema to the newest version."""
    from pitchbar.serve import upgrade_database

    click.echo(upgrade_database(console.settings))


@main.command()
@in_app
def seed() -> None:
    """Make the demo workspace in development, unless it is there already."""
    from pitchbar.demo import make_demo

    click.echo(make_demo() or "The demo workspace is there already.")


@main.command()
@click.pass_obj
def routes(console: Console) -> None:
    """List every address and the right that it asks for."""
    app = console.make_app(console.settings)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        access = getattr(app.view_functions[rule.endpoint], "access", "all")
        click.echo(f"{methods:<12} {rule.rule:<55} {access}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
