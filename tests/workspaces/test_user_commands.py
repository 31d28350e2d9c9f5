"""`pitchbar users`: whoever runs the installation vouches for addresses and ends accounts."""

from click.testing import CliRunner, Result
from flask import Flask

from pitchbar import create_app
from pitchbar.accounts.queries import find_person_by_email
from pitchbar.commands import Console
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.workspaces.commands import users
from tests.support.factories import PASSWORD, make_person, make_workspace

ADA = "ada@pitchbar.example"


def run(app: Flask, *words: str) -> Result:
    db.session.commit()
    done = CliRunner().invoke(users, words, obj=Console(app.extensions["settings"], create_app))
    db.session.rollback()
    return done


def is_proven() -> bool:
    person = find_person_by_email(ADA)
    return person is not None and person.is_proven


def test_account_that_is_made_here_is_proven(app: Flask) -> None:
    done = run(app, "create", "--email", ADA, "--name", "Ada", "--password", PASSWORD)
    assert done.exit_code == 0, done.output
    assert is_proven()


def test_account_can_be_proven_where_no_mail_goes(app: Flask) -> None:
    make_person(email=ADA, verified_at=None)
    assert not is_proven()
    assert run(app, "prove", "--email", ADA.upper()).exit_code == 0
    assert is_proven()


def test_unknown_address_is_named(app: Flask) -> None:
    done = run(app, "prove", "--email", ADA)
    assert done.exit_code == 1
    assert f"There is no account with the address {ADA}." in done.output


def test_account_is_deleted_unless_it_owns_a_workspace(app: Flask) -> None:
    person = make_person(email=ADA)
    workspace = make_workspace(person, name="Corner Café")
    done = run(app, "delete", "--email", ADA)
    assert done.exit_code == 1
    assert "They own “Corner Café”." in done.output
    workspace.deletion_asked_at = clock.now()
    assert run(app, "delete", "--email", ADA).exit_code == 0
    assert find_person_by_email(ADA) is None
    assert run(app, "delete", "--email", ADA).exit_code == 1
