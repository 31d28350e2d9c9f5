"""Settings of outside services: stored encrypted, in force at once, and never shown again."""

import pytest
from flask import Flask
from sqlalchemy import text

from pitchbar import create_app
from pitchbar.accounts.models import PersonSession
from pitchbar.answers.settings import AnswerSettings
from pitchbar.clients.mailer import list_boxed
from pitchbar.core.encryption import decrypt
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.operations.services.catalogue import ENVIRONMENT_ALONE, SERVICES
from pitchbar.settings import Settings, setting_fields
from pitchbar.stored_settings.models import StoredSetting
from pitchbar.stored_settings.overlay import StoredSettings
from tests.billing.factories import stripe_settings
from tests.conftest import MakeSettings
from tests.fakes.stripe import stripe_server
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_person
from tests.support.language_model import language_model
from tests.support.mail_servers import mail_server
from tests.support.servers import on_both_databases

KEY = "key-7Rj2-for-the-model-9xQ4"
MODEL = {"llm_base_url": "http://127.0.0.1:9/v1", "llm_model": "small", "llm_api_key": KEY}
OPS = "ops@pitchbar.example"


def store(client: FormClient, key: str = "language-model", **values: str) -> int:
    return client.submit(f"/ops/settings/{key}", values or MODEL).status_code


def model_of(app: Flask) -> AnswerSettings:
    settings: Settings = app.extensions["settings"]
    return settings[AnswerSettings]


@on_both_databases
@pytest.mark.settings(ops_email_allowlist=OPS)
def test_what_is_saved_is_in_force_encrypted_and_shown_no_more(
    client: FormClient, app: Flask, settings: Settings
) -> None:
    sign_in(client, make_person(email=OPS))
    assert store(client) == 303
    assert model_of(app).llm_api_key == KEY
    row = db.session.get_one(StoredSetting, "llm_api_key")
    assert KEY not in row.encrypted
    assert decrypt(row.encrypted, settings.app_key) == KEY
    for page in ("/ops/settings", "/ops/settings/language-model"):
        shown = client.get(page).text
        assert KEY not in shown
        assert "9xQ4" in shown
        assert "small" in shown


def test_another_process_takes_it_over(client: FormClient, settings: Settings) -> None:
    other = create_app(settings)
    known: StoredSettings = other.extensions["stored_settings"]
    with other.app_context():
        known.look()
        store(client)
        known.look()
        # The last look is a moment ago.
        assert model_of(other).llm_api_key == ""
        known._look_at = 0.0
        assert other.test_client().get("/up").status_code == 200
        assert model_of(other).llm_api_key == KEY


@pytest.mark.settings(llm_base_url="http://127.0.0.1:8/v1", llm_model="of-the-environment")
def test_the_environment_wins(client: FormClient, app: Flask) -> None:
    page = client.get("/ops/settings/language-model").text
    assert 'name="llm_model"' not in page
    assert "from the environment" in page
    assert store(client, **{**MODEL, "llm_model": "another"}) == 303
    assert model_of(app).llm_model == "of-the-environment"
    assert model_of(app).llm_api_key == KEY
    assert {row.name for row in db.session.query(StoredSetting)} == {"llm_api_key"}


def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_stored(client: FormClient) -> None:
    answer = client.submit("/ops/settings/mail", {"mail_url": "pop3://x", "mail_from": "nobody"})
    assert answer.status_code == 422
    assert "must start with smtp:// or smtps://" in answer.text.replace("Must", "must")
    assert "must be one address" in answer.text.replace("Must", "must")
    assert 'value="nobody"' in answer.text
    answer = client.submit("/ops/settings/language-model", {"llm_base_url": "https://llm.example"})
    assert answer.status_code == 422
    assert "LLM_BASE_URL needs LLM_MODEL" in answer.text
    assert db.session.query(StoredSetting).all() == []


def test_an_empty_secret_stays_and_a_marked_one_goes(client: FormClient, app: Flask) -> None:
    store(client)
    store(client, **{**MODEL, "llm_api_key": "", "llm_model": "large"})
    assert (model_of(app).llm_api_key, model_of(app).llm_model) == (KEY, "large")
    store(client, **{**MODEL, "llm_api_key": "", "remove_llm_api_key": "y"})
    assert model_of(app).llm_api_key == ""
    store(client, llm_base_url="", llm_model="")
    assert model_of(app).llm_base_url == ""
    assert db.session.query(StoredSetting).all() == []


@pytest.mark.settings(ops_email_allowlist=OPS)
def test_a_change_is_audited_and_mailed_without_the_value(
    client: FormClient, settings: Settings, mail_at_once: None
) -> None:
    store(client)
    [entry] = db.session.query(AuditEntry).filter_by(action="setting.changed")
    assert entry.after == dict.fromkeys(MODEL, "set")
    [mail] = list_boxed(settings.data_dir / "mail")
    assert mail.to == OPS
    assert "LLM_API_KEY was set" in mail.text
    assert KEY not in mail.text + mail.html
    store(client)
    assert db.session.query(AuditEntry).filter_by(action="setting.changed").count() == 1


@pytest.mark.settings(app_env="production", ops_email_allowlist=OPS)
def test_only_operators_who_confirmed_lately(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    for path in ("/ops/settings", "/ops/settings/stripe", "/ops/policy"):
        assert client.get(path).status_code == 404
    assert store(client) == 404
    operator = make_person(email=OPS)
    sign_in(client, operator)
    assert client.get("/ops/settings/stripe").status_code == 200
    for record in operator_sessions():
        record.confirmed_at = record.confirmed_at.replace(year=2020)
    db.session.commit()
    assert client.get("/ops/settings").status_code == 200
    answer = client.get("/ops/settings/stripe")
    assert (answer.status_code, "/login/confirm" in answer.headers["Location"]) == (303, True)
    answer = client.submit("/ops/settings/language-model", MODEL)
    assert "/login/confirm" in answer.headers["Location"]
    assert db.session.query(StoredSetting).all() == []


def operator_sessions() -> list[PersonSession]:
    return db.session.query(PersonSession).all()


def test_what_fits_no_more_is_left_out_and_said(
    client: FormClient, settings: Settings, make_settings: MakeSettings
) -> None:
    store(client)
    # The environment of the next start names another model's address, and a key that is too new.
    changed = create_app(make_settings(app_key="another key for tests, long enough to be one"))
    with changed.app_context():
        changed.extensions["stored_settings"].look()
        assert model_of(changed).llm_api_key == ""
        assert "another APP_KEY" in changed.extensions["stored_settings"].faults["llm_api_key"]
        page = changed.test_client().get("/ops/settings").text
    assert "Not in force" in page


def test_a_start_needs_no_database(client: FormClient, make_settings: MakeSettings) -> None:
    app = create_app(make_settings(database_url="sqlite:////nowhere/at/all.db"))
    with app.app_context():
        app.extensions["stored_settings"].look()
    db.session.execute(text("DROP TABLE operator_settings"))
    assert client.get("/up").status_code == 200


def test_services_are_tried_with_their_real_clients(client: FormClient) -> None:
    def said(key: str) -> str:
        client.submit(f"/ops/settings/{key}/check")
        return client.get("/ops/settings").text

    assert "not set up" in said("mail")
    with language_model("ready") as model, mail_server() as post, stripe_server() as stripe:
        store(client, **{**MODEL, "llm_base_url": model.url})
        assert "small answered “ready”" in said("language-model")
        assert model.keys[-1] == f"Bearer {KEY}"
        store(client, "mail", mail_url=post.url, mail_from="Ops <ops@pitchbar.example>")
        assert "The mail server lets us in" in said("mail")
        assert post.messages == []
        client.application.extensions["stored_settings"].environment = _with_stripe(
            client.application, stripe.url
        )
        store(client, "stripe", stripe_secret_key="sk_test_wrong")
        assert "Stripe does not accept our key" in said("stripe")
        right = str(stripe_settings(stripe.url)["stripe_secret_key"])
        store(client, "stripe", stripe_secret_key=right)
        assert "Stripe takes the key" in said("stripe")
    assert "does not work" in said("language-model")
    assert "does not work" in said("mail")


def _with_stripe(app: Flask, url: str) -> Settings:
    known: StoredSettings = app.extensions["stored_settings"]
    return known.environment.replaced(stripe_api_base=url)


def test_every_setting_of_a_service_is_on_the_page_or_has_a_reason() -> None:
    on_page = {entry.name for service in SERVICES for entry in service.entries}
    ends = ("_key", "_keys", "_token", "_secret", "_url", "_dsn", "_endpoint", "_headers", "_base")
    looks = {name for name in setting_fields() if name.endswith(ends)}
    assert sorted(looks - on_page - set(ENVIRONMENT_ALONE)) == []
    assert sorted(on_page - set(setting_fields())) == []
    assert sorted(set(ENVIRONMENT_ALONE) - set(setting_fields())) == []
    assert sorted(on_page & set(ENVIRONMENT_ALONE)) == []
