"""Who counts as proven of the accounts that were there before: whoever has shown it."""

from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from flask import Flask
from sqlalchemy import func, select, text

from pitchbar.accounts.models import GOOGLE, Identity, Person
from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership
from tests.support.factories import make_person, make_workspace
from tests.support.servers import on_both_databases


@pytest.fixture
def config(app: Flask) -> Config:
    found: Config = app.extensions["migrate"].migrate.get_config()
    return found


def entry(person: Person, action: str, email: str = "") -> AuditEntry:
    return AuditEntry(
        at=clock.now() - timedelta(days=3),
        actor_kind="person",
        actor_id=person.id,
        actor_name=person.name,
        action=action,
        subject_kind="person",
        subject_id=str(person.id),
        subject_name=email or person.email,
        before={},
        after={},
        ip="",
        user_agent="",
    )


def identity(person: Person, email: str) -> Identity:
    return Identity(person_id=person.id, provider=GOOGLE, subject=f"g-{person.id}", email=email)


@on_both_databases
def test_mailed_links_and_google_count_and_nothing_is_lost(config: Config) -> None:
    names = ("reset", "changed", "google", "plain", "other_google", "old_address", "renamed")
    people = {name: make_person(name=name) for name in names}
    make_workspace(people["plain"])
    db.session.add_all(
        [
            entry(people["reset"], "account.password_reset"),
            entry(people["changed"], "account.email_changed"),
            identity(people["google"], people["google"].email),
            identity(people["other_google"], "eve@pitchbar.example"),
            entry(people["old_address"], "account.password_reset", "old@pitchbar.example"),
            entry(people["renamed"], "account.renamed"),
        ]
    )
    db.session.commit()
    db.session.remove()
    command.downgrade(config, "0008")
    assert db.session.scalar(text("SELECT count(*) FROM memberships")) == 1
    db.session.remove()
    command.upgrade(config, "head")
    proven = select(Person.name).where(Person.verified_at.is_not(None))
    assert sorted(db.session.scalars(proven)) == ["changed", "google", "reset"]
    assert db.session.scalar(select(func.count(Membership.id))) == 1
