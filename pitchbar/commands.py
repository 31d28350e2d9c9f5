"""How a feature's command reaches the application."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from pitchbar.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True)
class Console:
    """What every command gets from `@click.pass_obj`."""

    settings: Settings
    make_app: Callable[[Settings], "Flask"]


def in_app(command: Command) -> Command:
    """Runs a command inside the application; what broke a rule ends it with that sentence.

    It is loaded then, and not for what runs without it, as the edge does.
    """

    @click.pass_obj
    @wraps(command)
    def run(console: Console, *args: Any, **kwargs: Any) -> Any:
        from pitchbar.errors import DomainError

        with console.make_app(console.settings).app_context():
            try:
                return command(*args, **kwargs)
            except DomainError as error:
                raise click.ClickException(error.message) from None

    return cast(Command, run)
