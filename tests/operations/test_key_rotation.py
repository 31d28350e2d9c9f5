"""`pitchbar rotate-app-key`, on all that is encrypted."""

from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Column, insert, select

from pitchbar import create_app
from pitchbar.accounts.models import TwoFactor
from pitchbar.accounts.two_factor.services import decrypt_secret, start_setup
from pitchbar.accounts.verification.services import make_verification_token, read_verification_token
from pitchbar.billing.tasks import end_purged_customer
from pitchbar.commands import Console
from pitchbar.core import clock
from pitchbar.core.encryption import Unreadable, decrypt, encrypt
from pitchbar.extensions import db
from pitchbar.jobs.declaration import HOOK_TASK
from pitchbar.jobs.ledger.models import Job
from pitchbar.operations import key_rotation
from pitchbar.operations.key_commands import rotate_app_key
from pitchbar.operations.key_rotation import encrypted_columns
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.operations.jobs_factory import make_job
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_person
from tests.support.servers import on_both_databases

OLD = "the-key-of-before-for-tests-long-enough-to-be-one"
NEW = "the-key-to-come-for-tests-long-enough-to-be-one"
ELSE = "some-other-key-for-tests-long-enough-to-be-one"


def fill(column: Column[Any], people: People, key: str, number: int) -> None:
    """A row of the column's table whose text is under the key; what it hangs on is not asked."""
    table = column.table
    values: dict[str, Any] = {}
    for one in table.columns:
        if one is column:
            values[one.name] = encrypt(f"{column} {number}", key)
        elif one.name == "workspace_id":
            values[one.name] = people.workspace.id
        elif "encrypted" in one.info and one.nullable:
            values[one.name] = None
        elif "encrypted" in one.info:
            values[one.name] = encrypt("beside", key)
        elif one.primary_key or (not one.nullable and one.default is None):
            values[one.name] = _any(one, number)
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.execute(insert(table).values(values))


def _any(column: Column[Any], number: int) -> Any:
    kind = column.type.python_type
    plain: dict[type, Any] = {int: 900_000 + number, str: f"x{number}", bool: False, dict: {}}
    return plain.get(kind, clock.now())


def run(settings: Settings, *arguments: str) -> Result:
    app = create_app(settings)
    done = CliRunner().invoke(rotate_app_key, arguments, obj=Console(settings, lambda _: app))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    return done


def texts(column: Column[Any]) -> list[str]:
    with db.engine.connect() as connection:
        found = connection.execute(select(column).where(column.is_not(None), column != ""))
        return [one for (one,) in found]


def test_all_kinds_are_known() -> None:
    assert {str(one) for one in encrypted_columns()} == {
        "alert_channels.encrypted",
        "kept_answers.body",
        "mail_bodies.encrypted",
        "operator_settings.encrypted",
        "two_factors.encrypted_secret",
        "webhook_endpoints.secret",
        "webhook_endpoints.previous_secret",
    }


@on_both_databases
@pytest.mark.settings(app_key=OLD)
def test_everything_is_turned_to_the_new_key(
    app: Flask, people: People, make_settings: MakeSettings
) -> None:
    start_setup(people.owner, OLD)
    db.session.commit()
    for column in encrypted_columns():
        # Of the same table there may be another.
        first = 100 * encrypted_columns().index(column)
        for number in range(first, first + 5):
            fill(column, people, OLD, number)
        fill(column, people, NEW, first + 9)
    job = make_job(task=end_purged_customer.name, arguments={"customer": encrypt("cus_1", OLD)})
    within = {"task": job.task, "arguments": dict(job.arguments), "failure": {}}
    hook = make_job(task=HOOK_TASK, arguments=within)
    turned = make_settings(app_key=NEW, app_key_previous=OLD)
    dry = run(turned, "--dry-run", "--batch", "2")
    assert dry.exit_code == 0, dry.output
    assert "mail_bodies.encrypted: 5 would be renewed, 1 under the new key already" in dry.output
    assert "jobs.arguments: 2 would be renewed" in dry.output
    with pytest.raises(Unreadable):
        decrypt(texts(encrypted_columns()[0])[0], NEW)
    done = run(turned, "--batch", "2")
    assert done.exit_code == 0, done.output
    assert "mail_bodies.encrypted: 5 renewed, 1 under the new key already" in done.output
    for column in encrypted_columns():
        assert len([decrypt(one, NEW) for one in texts(column)]) >= 6, column
    db.session.expire_all()
    assert decrypt(db.session.get_one(Job, job.id).arguments["customer"], NEW) == "cus_1"
    inner = db.session.get_one(Job, hook.id).arguments["arguments"]
    assert decrypt(inner["customer"], NEW) == "cus_1"
    again = run(turned)
    assert "mail_bodies.encrypted: 0 renewed, 6 under the new key already" in again.output
    assert run(make_settings(app_key=NEW)).exit_code == 0


@pytest.mark.settings(app_key=OLD)
def test_a_run_that_was_cut_off_goes_on(
    app: Flask, people: People, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = next(one for one in encrypted_columns() if one.table.name == "mail_bodies")
    for number in range(6):
        fill(column, people, OLD, number)
    turned, asked = make_settings(app_key=NEW, app_key_previous=OLD), []
    renew = key_rotation.Keys.renew

    def cut_off(*args: Any) -> str | None:
        asked.append(args)
        if len(asked) > 3:
            raise KeyboardInterrupt
        return renew(*args)

    monkeypatch.setattr(key_rotation.Keys, "renew", cut_off)
    assert run(turned, "--batch", "2").exit_code == 1
    monkeypatch.setattr(key_rotation.Keys, "renew", renew)
    done = run(turned, "--batch", "2")
    assert "mail_bodies.encrypted: 4 renewed, 2 under the new key already" in done.output


@pytest.mark.settings(app_key=OLD)
def test_what_a_process_writes_meanwhile_is_not_overwritten(
    app: Flask, people: People, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = next(one for one in encrypted_columns() if one.table.name == "mail_bodies")
    fill(column, people, OLD, 1)
    renew = key_rotation.Keys.renew

    def with_a_writer(self: Any, token: str, count: Any, name: str) -> str | None:
        monkeypatch.setattr(key_rotation.Keys, "renew", renew)
        with db.engine.begin() as connection:
            connection.execute(column.table.update().values(encrypted=encrypt("newer", OLD)))
        return renew(self, token, count, name)

    monkeypatch.setattr(key_rotation.Keys, "renew", with_a_writer)
    assert run(make_settings(app_key=NEW, app_key_previous=OLD)).exit_code == 0
    assert [decrypt(one, NEW) for one in texts(column)] == ["newer"]


@pytest.mark.settings(app_key=OLD)
def test_what_opens_under_neither_is_named(
    app: Flask, people: People, make_settings: MakeSettings
) -> None:
    column = next(one for one in encrypted_columns() if one.table.name == "mail_bodies")
    fill(column, people, ELSE, 3)
    fill(column, people, OLD, 4)
    done = run(make_settings(app_key=NEW, app_key_previous=OLD))
    assert done.exit_code == 1
    assert "1 renewed, 0 under the new key already, 1 under neither (900003)" in done.output
    assert "1 text is under neither" in done.output


@pytest.mark.settings(app_key=OLD)
def test_processes_read_both_while_it_runs(
    client: FormClient, people: People, make_settings: MakeSettings, settings: Settings
) -> None:
    """Sessions, forms, links, second steps: what was given out before still counts."""
    start_setup(people.owner, OLD)
    person = make_person(email="new@pitchbar.example", verified_at=None)
    token = make_verification_token(person, settings)
    sign_in(client, people.owner)
    answer = client.get("/account")
    cookie = client.get_cookie("pitchbar_session", domain="pitchbar.test")
    assert cookie is not None
    turned = make_settings(app_key=NEW, app_key_previous=OLD)
    secret = decrypt_secret(db.session.get_one(TwoFactor, people.owner.id), turned.app_keys)
    assert len(secret) == 32
    assert read_verification_token(token, turned).person.id == person.id
    page_token = answer.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    for key, known in ((turned, True), (make_settings(app_key=NEW), False)):
        app = create_app(key)
        app.test_client_class = FormClient
        other = app.test_client()
        other.set_cookie("pitchbar_session", cookie.value, domain="pitchbar.test")
        with app.app_context():
            assert (other.get("/account").status_code == 200) is known
            values = {"csrf_token": page_token, "name": "Ada"}
            sent = other.post("/account/name", data=values)
            assert (sent.status_code not in (400, 404, 419)) is known, sent.status_code


def test_without_an_earlier_key_it_counts(app: Flask, settings: Settings) -> None:
    done = run(settings)
    assert done.exit_code == 0
    assert "APP_KEY_PREVIOUS is not set" in done.output


def test_waiting_jobs_of_other_tasks_are_left_alone(
    app: Flask, make_settings: MakeSettings
) -> None:
    job = make_job(age=timedelta(minutes=1), arguments={"page_id": 7})
    run(make_settings(app_key=NEW, app_key_previous=OLD))
    db.session.expire_all()
    assert db.session.get_one(Job, job.id).arguments == {"page_id": 7}
