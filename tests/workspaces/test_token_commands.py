"""`pitchbar tokens create | list | revoke`."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from pitchbar import create_app
from pitchbar.commands import Console
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import Settings
from pitchbar.workspaces.commands import tokens
from pitchbar.workspaces.models import ApiToken
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer


@pytest.fixture
def run(settings: Settings, people: People) -> "Command":
    return Command(settings, people)


class Command:
    """Runs a command on the workspace, as from a shell."""

    def __init__(self, settings: Settings, people: People) -> None:
        self._settings = settings
        self.slug = people.workspace.slug

    def __call__(self, *words: str, slug: str = "") -> Result:
        db.session.commit()
        arguments = [words[0], "--workspace", slug or self.slug, *words[1:]]
        done = CliRunner().invoke(tokens, arguments, obj=Console(self._settings, create_app))
        db.session.rollback()
        return done


def test_created_token_is_printed_alone_and_works(run: Command, client: FormClient) -> None:
    done = run("create", "--scope", "read-write", "--name", "deploy")
    secret = done.output.strip()
    answer = client.get(f"/api/v1/workspaces/{run.slug}/tokens", headers=bearer(secret))
    (token,) = answer.get_json()["data"]
    assert (token["name"], token["created_by"]) == ("deploy", "Command line")
    assert db.session.scalars(select(ApiToken)).one().created_by_operator


def test_list_shows_what_is_in_force(run: Command) -> None:
    run("create", "--name", "first")
    run("create", "--name", "second", "--scope", "read-write")
    lines = run("list").output.splitlines()
    assert [line.split()[1] for line in lines] == ["read-write", "read"]
    assert lines[1].endswith("never used         first")


def test_revoked_token_opens_nothing(run: Command, client: FormClient) -> None:
    secret = run("create", "--name", "till").output.strip()
    token_id = db.session.scalars(select(ApiToken.id)).one()
    done = run("revoke", str(token_id))
    assert (done.exit_code, done.output) == (0, "“till” is revoked.\n")
    url = f"/api/v1/workspaces/{run.slug}"
    assert client.get(url, headers=bearer(secret)).status_code == 401
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "token.revoked")).one()
    assert (entry.actor_kind, entry.actor_name) == ("system", "Command line")


@pytest.mark.parametrize("words", [("list",), ("create",), ("revoke", "1")])
def test_unknown_workspace_is_a_sentence(run: Command, words: tuple[str, ...]) -> None:
    done = run(*words, slug="nowhere")
    assert done.exit_code == 1
    assert "There is no workspace with the slug nowhere." in done.output


def test_unknown_token_is_a_sentence(run: Command) -> None:
    done = run("revoke", "999")
    assert done.exit_code == 1
    assert "There is no such token" in done.output
