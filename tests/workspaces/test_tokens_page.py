"""The tokens page: what owners and admins do there, and that nobody else does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.core.tokens import hash_secret
from pitchbar.events.actors import Actor
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken
from pitchbar.workspaces.tokens.services import create_token
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import People, bearer
from tests.support.servers import on_both_databases

SECRET = re.compile(r'<code id="secret">(pb_live_[\w-]{43})</code>')
FORM = {"name": "Nightly report", "scope": "read"}


@pytest.fixture
def url(people: People) -> str:
    return f"/w/{people.workspace.slug}/tokens"


@pytest.fixture
def token(people: People) -> ApiToken:
    by = Actor("person", people.owner.id, people.owner.name)
    made, _ = create_token(people.workspace, name="Till", scope="read-write", by=by)
    db.session.commit()
    return made


def test_reload_makes_no_second_token_and_shows_the_first_no_more(
    client: FormClient, people: People, url: str
) -> None:
    sign_in(client, people.owner)
    client.submit(url, FORM)
    assert SECRET.search(client.get(url).text)
    for _ in range(2):
        assert not SECRET.search(client.get(url).text)
    assert len(db.session.scalars(select(ApiToken)).all()) == 1


def test_secret_waits_for_its_page_encrypted_and_not_long(
    client: FormClient, people: People, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, people.owner)
    client.submit(url, FORM)
    with client.session_transaction(base_url=SITE) as kept:
        assert kept["once_token"]
        assert "pb_live" not in str(dict(kept))
    moment = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: moment)
    assert not SECRET.search(client.get(url).text)


def test_tokens_are_told_apart_by_how_they_begin(
    client: FormClient, people: People, url: str
) -> None:
    sign_in(client, people.owner)
    client.submit(url, FORM)
    found = SECRET.search(client.get(url).text)
    assert found
    begins = found[1][:12]
    made = db.session.scalars(select(ApiToken)).one()
    assert made.prefix == begins
    assert f"{begins}…" in client.get(url).text
    made.prefix = None
    db.session.commit()
    page = client.get(url).text
    assert begins not in page
    assert "—" in page


def test_audit_log_names_the_first_characters(client: FormClient, people: People, url: str) -> None:
    sign_in(client, people.owner)
    client.submit(url, FORM)
    made = db.session.scalars(select(ApiToken)).one()
    client.submit(f"{url}/{made.id}/revocation")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "token")).all()
    assert [(one.after or one.before or {})["prefix"] for one in entries] == [made.prefix] * 2


@on_both_databases
@pytest.mark.parametrize("role", ["owner", "admin"])
def test_new_token_is_shown_once_and_works(
    client: FormClient, people: People, url: str, role: str
) -> None:
    person = getattr(people, role)
    sign_in(client, person)
    answer = client.submit(url, FORM)
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    page = client.get(url)
    found = SECRET.search(page.text)
    assert found
    assert f'data-copy="{found[1]}"' in page.text
    assert page.headers["Cache-Control"] == "no-store, private"
    assert found[1] not in client.get(url).text
    api = f"/api/v1/workspaces/{people.workspace.slug}"
    assert client.get(api, headers=bearer(found[1])).status_code == 200
    kept = db.session.scalars(select(ApiToken)).one()
    assert kept.token_hash == hash_secret(found[1])
    assert (kept.scope, kept.created_by_kind, kept.created_by_id) == ("read", "person", person.id)


def test_list_tells_who_made_a_token_and_when_it_was_used(
    client: FormClient, people: People, url: str, token: ApiToken
) -> None:
    sign_in(client, people.admin)
    page = client.get(url).text
    assert "Till" in page
    assert "Read and write" in page
    assert people.owner.name in page
    assert "never used" in page
    token.last_used_at = clock.now() - timedelta(hours=3)
    db.session.commit()
    assert "3 h ago" in client.get(url).text


def test_empty_list_says_what_to_do(client: FormClient, people: People, url: str) -> None:
    sign_in(client, people.owner)
    assert "No tokens yet" in client.get(url).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Give the token a name."),
        ({"name": "   "}, "Give the token a name."),
        ({"name": "x" * 101}, "Use at most 100 characters."),
        ({"name": "a\x00b"}, "cannot be stored"),
        ({"scope": "everything"}, "Choose what the token may do."),
    ],
)
def test_mistake_stands_at_its_field_and_what_was_typed_stays(
    client: FormClient, people: People, url: str, change: dict[str, str], sentence: str
) -> None:
    sign_in(client, people.owner)
    typed = {"name": "My till", "scope": "read-write"} | change
    page = client.submit(url, typed)
    assert page.status_code == 422
    assert sentence in page.text
    if "name" not in change:
        assert 'value="My till"' in page.text
    if "scope" not in change:
        assert 'value="read-write" checked' in page.text
    assert db.session.scalar(select(ApiToken)) is None


def test_name_is_text_and_not_markup(client: FormClient, people: People, url: str) -> None:
    sign_in(client, people.owner)
    page = client.submit(
        url, FORM | {"name": "<img src=x onerror=alert(1)>"}, follow_redirects=True
    ).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


@on_both_databases
def test_revoking_asks_first_and_then_ends_it(
    client: FormClient, people: People, url: str, token: ApiToken
) -> None:
    sign_in(client, people.owner)
    question = client.get(f"{url}/{token.id}/revoke")
    assert "Till" in question.text
    assert "cannot be undone" in question.text
    answer = client.submit(f"{url}/{token.id}/revocation")
    assert (answer.status_code, answer.location) == (303, url)
    page = client.get(url).text
    assert "“Till” is revoked" in page
    assert "No tokens yet" in page
    assert client.submit(f"{url}/{token.id}/revocation").status_code == 404
    assert client.get(f"{url}/{token.id}/revoke").status_code == 404


def test_audit_log_names_person_token_and_scope(
    client: FormClient, people: People, url: str
) -> None:
    sign_in(client, people.admin)
    client.submit(url, FORM)
    token = db.session.scalars(select(ApiToken)).one()
    client.submit(f"{url}/{token.id}/revocation")
    made, revoked = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (made.action, revoked.action) == ("token.created", "token.revoked")
    assert made.after == revoked.before == FORM | {"prefix": token.prefix}
    assert made.before == revoked.after == {}
    for entry in (made, revoked):
        assert (entry.actor_kind, entry.actor_id) == ("person", people.admin.id)
        assert (entry.subject_kind, entry.subject_id) == ("token", str(token.id))


@pytest.mark.parametrize("role", ["editor", "analyst", "member"])
def test_other_roles_are_refused_and_see_no_entry(
    client: FormClient, people: People, url: str, token: ApiToken, role: str
) -> None:
    sign_in(client, getattr(people, role))
    assert client.get(url).status_code == 403
    assert client.submit(url, FORM).status_code == 403
    assert client.get(f"{url}/{token.id}/revoke").status_code == 403
    assert client.submit(f"{url}/{token.id}/revocation").status_code == 403
    assert f'href="{url}"' not in client.get(f"/w/{people.workspace.slug}/").text


def test_outsider_and_signed_out_learn_nothing(
    client: FormClient, people: People, url: str, token: ApiToken
) -> None:
    assert client.get(url).location == f"/login?next={url}"
    sign_in(client, people.outsider)
    assert client.get(url).status_code == 404
    assert client.submit(url, FORM).status_code == 404
    own_url = url.replace(people.workspace.slug, people.elsewhere.slug)
    assert client.submit(f"{own_url}/{token.id}/revocation").status_code == 404
    db.session.refresh(token)
    assert token.revoked_at is None


def test_forged_form_makes_no_token(client: FormClient, people: People, url: str) -> None:
    sign_in(client, people.owner)
    assert client.post(url, data=FORM).status_code == 419
    assert db.session.scalar(select(ApiToken)) is None


def test_owner_finds_the_page_in_the_rail(client: FormClient, people: People, url: str) -> None:
    sign_in(client, people.owner)
    assert f'href="{url}"' in client.get(f"/w/{people.workspace.slug}/").text
