"""A Google account and an account that is there already."""

import pytest
from sqlalchemy import select

from pitchbar.accounts.models import GOOGLE, Identity
from pitchbar.accounts.queries import find_identity, find_person_by_email
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.accounts.authenticator import Phone, give_code, give_password
from tests.accounts.walking import (
    age_authentication,
    authorize_at_google,
    has_toast,
    is_signed_in,
    sign_in_with_google,
)
from tests.conftest import MakeSettings
from tests.fakes.identity import CLIENT_ID, CLIENT_SECRET, Provider, account
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, make_person


@pytest.fixture
def settings(make_settings: MakeSettings, provider: Provider) -> Settings:
    return make_settings(
        google_client_id=CLIENT_ID,
        google_client_secret=CLIENT_SECRET,
        google_server_metadata_url=provider.metadata_url,
    )


def identity_of(email: str) -> Identity | None:
    person = find_person_by_email(email)
    assert person is not None
    return find_identity(person)


class TestAccountWithTheSameAddress:
    def test_is_linked_once_its_password_was_given(self, client: FormClient) -> None:
        make_person(email="ada@pitchbar.example")
        assert sign_in_with_google(client).location == "/login"
        assert not is_signed_in(client)
        page = client.get("/login").text
        assert "There is an account for ada@pitchbar.example already." in page
        assert identity_of("ada@pitchbar.example") is None
        client.submit("/login", {"email": "ada@pitchbar.example", "password": PASSWORD})
        assert identity_of("ada@pitchbar.example") is not None
        client.submit("/logout")
        assert sign_in_with_google(client).location == "/"
        assert is_signed_in(client)

    def test_is_proven_by_google_and_its_password_together(self, client: FormClient) -> None:
        person = make_person(email="ada@pitchbar.example", verified_at=None)
        planted = Identity(person_id=person.id, provider=GOOGLE, subject="g-9", email="e@x.example")
        db.session.add(planted)
        db.session.commit()
        sign_in_with_google(client)
        assert not person.is_proven
        client.submit("/login", {"email": "ada@pitchbar.example", "password": PASSWORD})
        assert person.is_proven
        identity = identity_of("ada@pitchbar.example")
        assert identity is not None
        assert identity.subject == "g-1"
        assert is_signed_in(client)

    def test_is_not_linked_by_a_wrong_password(self, client: FormClient) -> None:
        """Whoever made that account may have waited for the owner of the address to come."""
        make_person(email="ada@pitchbar.example")
        sign_in_with_google(client)
        client.submit("/login", {"email": "ada@pitchbar.example", "password": "guessed"})
        assert identity_of("ada@pitchbar.example") is None

    def test_is_not_linked_to_whoever_else_signs_in(self, client: FormClient) -> None:
        make_person(email="ada@pitchbar.example")
        make_person(email="bob@pitchbar.example")
        sign_in_with_google(client)
        client.submit("/login", {"email": "bob@pitchbar.example", "password": PASSWORD})
        assert identity_of("bob@pitchbar.example") is None
        assert identity_of("ada@pitchbar.example") is None


class TestLinkingOnTheProfilePage:
    def test_links_and_unlinks(self, client: FormClient) -> None:
        person = make_person(email="eve@pitchbar.example")
        sign_in(client, person)
        assert sign_in_with_google(client, "/account/google/link").location == "/account"
        assert identity_of("eve@pitchbar.example") is not None
        assert "ada@pitchbar.example" in client.get("/account").text
        assert client.submit("/account/google/unlink").location == "/account"
        assert identity_of("eve@pitchbar.example") is None
        actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert actions == ["account.google_linked", "account.google_unlinked"]

    def test_another_persons_google_account_is_refused(self, client: FormClient) -> None:
        sign_in_with_google(client)
        client.submit("/logout")
        sign_in(client, make_person(email="eve@pitchbar.example"))
        assert sign_in_with_google(client, "/account/google/link").location == "/account"
        assert has_toast(client, "is linked to another Pitchbar account", page="/account")
        assert identity_of("eve@pitchbar.example") is None

    def test_only_way_in_cannot_be_unlinked(self, client: FormClient) -> None:
        sign_in_with_google(client)
        assert client.submit("/account/google/unlink").location == "/account"
        assert has_toast(client, "Set a password first", page="/account")
        assert identity_of("ada@pitchbar.example") is not None

    def test_signed_out_visitor_cannot_link(self, client: FormClient, provider: Provider) -> None:
        assert client.get("/account/google/link").location == "/account/google"
        assert client.get("/account/google").status_code == 302
        assert client.submit("/account/google/unlink").status_code == 302
        assert provider.asked == []

    def test_answer_links_once_even_if_the_provider_would_take_its_code_again(
        self, client: FormClient, provider: Provider
    ) -> None:
        sign_in(client, make_person(email="eve@pitchbar.example"))
        back = authorize_at_google(client, "/account/google/link")
        codes = dict(provider.codes)
        client.get(back)
        client.submit("/account/google/unlink")
        provider.codes |= codes
        client.get(back)
        assert identity_of("eve@pitchbar.example") is None


class TestConfirmingWithGoogle:
    def test_the_linked_account_confirms(self, client: FormClient) -> None:
        sign_in_with_google(client)
        age_authentication()
        assert client.get("/account/email").location == "/login/confirm?next=/account/email"
        assert "/login/confirm/google" in client.get("/login/confirm").text
        response = sign_in_with_google(client, "/login/confirm/google?next=/account/email")
        assert response.location == "/account/email"
        assert client.get("/account/email").status_code == 200

    def test_another_account_does_not(self, client: FormClient, provider: Provider) -> None:
        sign_in_with_google(client)
        age_authentication()
        provider.account = account("g-2", "ada@pitchbar.example")
        response = sign_in_with_google(client, "/login/confirm/google?next=/account/email")
        assert response.location == "/login/confirm?next=/account/email"
        assert client.get("/account/email").status_code == 303

    def test_signed_out_is_led_to_the_sign_in(self, client: FormClient, provider: Provider) -> None:
        assert client.get("/login/confirm/google").location == "/login/confirm"
        assert provider.asked == []


def test_second_step_is_asked_for_after_google_too(
    client: FormClient, phone: Phone, provider: Provider
) -> None:
    sign_in_with_google(client)
    give_password(client)
    give_code(client, phone.code())
    assert identity_of("ada@pitchbar.example") is not None, "linked by password and code"
    client.submit("/logout")
    phone.wait(seconds=60)
    assert sign_in_with_google(client).location == "/login/two-factor"
    assert not is_signed_in(client)
    assert give_code(client, phone.code()).status_code == 303
    assert is_signed_in(client)
