"""Sessions are kept on the server: the list, and ending them from elsewhere."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from pitchbar.accounts.models import Person, PersonSession
from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.accounts.walking import is_signed_in
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import PASSWORD, People, make_person

COOKIE = "pitchbar_session"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def ada(app: Flask) -> Person:
    return make_person(email="ada@pitchbar.example")


@pytest.fixture
def phone(app: Flask, ada: Person) -> FormClient:
    """Another browser in which the person is signed in."""
    made = app.test_client()
    assert isinstance(made, FormClient)
    made.environ_base["HTTP_USER_AGENT"] = IPHONE
    made.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    sign_in(made, ada)
    return made


def count_sessions() -> int:
    return db.session.scalar(select(func.count()).select_from(PersonSession)) or 0


def session_of(client: FormClient) -> PersonSession:
    """The newest one that its address has."""
    address = client.environ_base.get("REMOTE_ADDR", "127.0.0.1")
    found = db.session.scalars(
        select(PersonSession).where(PersonSession.ip == address).order_by(PersonSession.id.desc())
    ).first()
    assert found is not None
    return found


def test_list_names_device_address_and_this_one(
    client: FormClient, phone: FormClient, ada: Person
) -> None:
    sign_in(client, ada)
    page = client.get("/account").text
    assert "Safari on iPhone" in page
    assert "203.0.113.7" in page
    assert page.count("This device") == 1
    assert page.count("/account/sessions/") == 3  # one each, and all others


def test_ending_another_session_ends_it_at_once(
    client: FormClient, phone: FormClient, ada: Person
) -> None:
    sign_in(client, ada)
    assert is_signed_in(phone)
    response = client.submit(f"/account/sessions/{session_of(phone).id}/end")
    assert (response.status_code, response.location) == (303, "/account")
    assert not is_signed_in(phone)
    assert is_signed_in(client)
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.actor_name) == ("account.session_ended", ada.name)
    assert entry.before == {"device": "Safari on iPhone", "ip": "203.0.113.7"}


def test_ending_all_others_keeps_this_one(
    client: FormClient, phone: FormClient, ada: Person, people: People
) -> None:
    sign_in(client, ada)
    stranger = client.application.test_client()
    assert isinstance(stranger, FormClient)
    sign_in(stranger, people.owner)
    client.submit("/account/sessions/end-others")
    assert is_signed_in(client)
    assert not is_signed_in(phone)
    assert is_signed_in(stranger)


def test_ending_this_session_signs_out(client: FormClient, ada: Person) -> None:
    sign_in(client, ada)
    response = client.submit(f"/account/sessions/{session_of(client).id}/end")
    assert (response.status_code, response.location) == (303, "/login")
    assert not is_signed_in(client)


def test_somebody_elses_session_is_not_there(
    client: FormClient, phone: FormClient, people: People
) -> None:
    for person in (people.owner, people.member, people.outsider):
        sign_in(client, person)
        assert client.submit(f"/account/sessions/{session_of(phone).id}/end").status_code == 404
        client.submit("/account/sessions/end-others")
    assert is_signed_in(phone)


def test_signed_out_visitor_ends_nothing(client: FormClient, phone: FormClient) -> None:
    for url in (f"/account/sessions/{session_of(phone).id}/end", "/account/sessions/end-others"):
        assert client.submit(url).location == "/login"
        assert client.submit(url, fragment=True).headers["HX-Redirect"] == "/login"
    assert is_signed_in(phone)


def test_session_that_ended_already_is_not_found(client: FormClient, ada: Person) -> None:
    sign_in(client, ada)
    assert client.submit("/account/sessions/999999/end").status_code == 404


def test_cookie_copied_before_the_sign_out_is_dead(client: FormClient, ada: Person) -> None:
    sign_in(client, ada)
    copied = client.get_cookie(COOKIE, domain="pitchbar.test")
    assert copied is not None
    client.submit("/logout")
    client.set_cookie(COOKIE, copied.value, domain="pitchbar.test")
    assert not is_signed_in(client)
    assert count_sessions() == 0


def test_signing_in_again_replaces_the_session(client: FormClient, ada: Person) -> None:
    form = {"email": ada.email, "password": PASSWORD}
    client.submit("/login", form)
    copied = client.get_cookie(COOKIE, domain="pitchbar.test")
    assert copied is not None
    client.submit("/login", form)
    assert count_sessions() == 1
    client.set_cookie(COOKIE, copied.value, domain="pitchbar.test")
    assert not is_signed_in(client)


def test_secret_of_one_person_does_not_open_anothers_account(
    client: FormClient, ada: Person, people: People
) -> None:
    sign_in(client, ada)
    with client.session_transaction(base_url="http://pitchbar.test") as session:
        session["_user_id"] = str(people.owner.id)
    assert not is_signed_in(client)


@pytest.mark.parametrize("user_id", ["", "x", "-1", "1.0", "²"])
def test_strange_id_in_the_cookie_is_nobody(client: FormClient, ada: Person, user_id: str) -> None:
    sign_in(client, ada)
    with client.session_transaction(base_url="http://pitchbar.test") as session:
        session["_user_id"] = user_id
    assert not is_signed_in(client)


def test_only_a_hash_of_the_secret_is_kept(client: FormClient, ada: Person) -> None:
    sign_in(client, ada)
    with client.session_transaction(base_url="http://pitchbar.test") as session:
        secret = session["session_secret"]
    assert secret not in str(db.session.scalars(select(PersonSession.secret_hash)).all())


def test_session_is_seen_to_the_minute(
    client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, ada)
    start = session_of(client).seen_at
    for seconds, noted in ((59, 0), (61, 61), (100, 61), (122, 122)):
        monkeypatch.setattr(clock, "now", lambda s=seconds: start + timedelta(seconds=s))
        client.get("/account")
        db.session.expire_all()
        assert session_of(client).seen_at == start + timedelta(seconds=noted)


def test_session_not_used_for_long_is_over(
    client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, ada)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=29))
    assert is_signed_in(client)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=29 + 31))
    assert not is_signed_in(client)


def test_person_and_session_are_read_with_one_query(
    app: Flask, client: FormClient, ada: Person
) -> None:
    sign_in(client, ada)
    statements: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    client.get("/password/forgotten")
    assert sum("person_sessions" in one for one in statements) == 1
    assert not [one for one in statements if "FROM people" in one and "person_sessions" not in one]


def test_cookie_outlives_the_browser_and_is_renewed_in_use(
    client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"email": ada.email, "password": PASSWORD}
    assert "Expires=" in client.submit("/login", form).headers["Set-Cookie"]
    client.get("/account")
    assert "Set-Cookie" not in client.get("/account").headers
    later = clock.now() + timedelta(minutes=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "Expires=" in client.get("/account").headers["Set-Cookie"]


def test_end_by_htmx_leads_on(client: FormClient, phone: FormClient, ada: Person) -> None:
    sign_in(client, ada)
    url = f"/account/sessions/{session_of(phone).id}/end"
    assert client.submit(url, headers=FRAGMENT).headers["HX-Redirect"] == "/account"
