"""Signing in with Google, against a provider of our own that speaks the real protocol."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import find_person_by_email
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.accounts.walking import authorize_at_google, has_toast, is_signed_in, sign_in_with_google
from tests.conftest import MakeSettings
from tests.fakes.identity import CLIENT_ID, CLIENT_SECRET, Provider
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import make_person


@pytest.fixture
def settings(make_settings: MakeSettings, provider: Provider) -> Settings:
    return make_settings(
        google_client_id=CLIENT_ID,
        google_client_secret=CLIENT_SECRET,
        google_server_metadata_url=provider.metadata_url,
    )


def count_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_new_person_gets_an_account_without_a_password(
    client: FormClient, provider: Provider
) -> None:
    response = sign_in_with_google(client)
    assert (response.status_code, response.location) == (303, "/workspaces/new")
    assert is_signed_in(client)
    person = find_person_by_email("ada@pitchbar.example")
    assert person is not None
    assert (person.name, person.has_password) == ("Ada Google", False)
    assert person.is_proven, "Google has verified the address"


def test_known_google_account_signs_in_even_with_another_address(
    client: FormClient, provider: Provider
) -> None:
    sign_in_with_google(client)
    client.submit("/logout")
    provider.account["email"] = "renamed@pitchbar.example"
    response = sign_in_with_google(client, "/login/google?next=/account")
    assert response.location == "/account"
    assert count_people() == 1


def test_request_asks_for_what_it_needs_and_no_more(client: FormClient, provider: Provider) -> None:
    sign_in_with_google(client)
    asked = provider.asked[0]
    assert asked["scope"] == "openid email profile"
    assert asked["redirect_uri"] == f"{SITE}/login/google/callback"
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"


def test_name_without_letters_does_not_stop_the_sign_up(
    client: FormClient, provider: Provider
) -> None:
    provider.account["name"] = "\x00\x1b\n"
    sign_in_with_google(client)
    person = find_person_by_email("ada@pitchbar.example")
    assert person is not None
    assert person.name == "ada"


class TestAnswersThatDoNotHold:
    @pytest.mark.parametrize(
        "lies",
        [
            {"iss": "https://evil.example"},
            {"aud": "another-app"},
            {"aud": None},
            {"nonce": "of-another-flow"},
            {"nonce": None},
            {"exp": 1_000_000_000},
            {"sub": None},
        ],
    )
    def test_token_with_a_wrong_claim_is_refused(
        self, client: FormClient, provider: Provider, lies: dict[str, Any]
    ) -> None:
        provider.lies = lies
        self.assert_refused(sign_in_with_google(client), client)

    def test_token_signed_by_somebody_else_is_refused(
        self, client: FormClient, provider: Provider
    ) -> None:
        provider.signing_key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.assert_refused(sign_in_with_google(client), client)

    def test_token_without_a_signature_is_refused(
        self, client: FormClient, provider: Provider
    ) -> None:
        provider.algorithm = "none"
        self.assert_refused(sign_in_with_google(client), client)

    @pytest.mark.parametrize("status", [400, 500])
    def test_provider_that_gives_no_token_is_survived(
        self, client: FormClient, provider: Provider, status: int
    ) -> None:
        provider.token_status = status
        self.assert_refused(sign_in_with_google(client), client)

    def test_wrong_state_is_refused(self, client: FormClient) -> None:
        back = authorize_at_google(client)
        state = parse_qs(urlsplit(back).query)["state"][0]
        other = ("y" if state[0] == "x" else "x") + state[1:]
        self.assert_refused(client.get(back.replace(state, other)), client)

    def test_answer_to_another_browser_is_refused(self, app: Flask, client: FormClient) -> None:
        """Else somebody could sign a victim in to an account that they read."""
        back = authorize_at_google(client)
        other = app.test_client()
        assert isinstance(other, FormClient)
        self.assert_refused(other.get(back), other)

    def test_answer_counts_once(self, client: FormClient) -> None:
        back = authorize_at_google(client)
        client.get(back)
        client.submit("/logout")
        self.assert_refused(client.get(back), client)

    @pytest.mark.parametrize("query", ["", "?state=", "?code=x", "?error=access_denied"])
    def test_answer_that_nobody_asked_for_is_refused(self, client: FormClient, query: str) -> None:
        self.assert_refused(client.get(f"/login/google/callback{query}"), client)

    def test_answer_without_a_code_is_refused(self, client: FormClient) -> None:
        back = authorize_at_google(client)
        self.assert_refused(client.get(back.partition("&code=")[0]), client)

    def assert_refused(self, response: TestResponse, client: FormClient) -> None:
        assert (response.status_code, response.location) == (303, "/login")
        assert has_toast(client, "Signing in with Google did not work. Try again.")
        assert not is_signed_in(client)
        assert count_people() <= 1


def test_person_who_says_no_comes_back_to_the_sign_in(
    client: FormClient, provider: Provider
) -> None:
    provider.error = "access_denied"
    assert sign_in_with_google(client).location == "/login"
    assert has_toast(client, "Google did not sign you in. Nothing was changed.")
    assert count_people() == 0


@pytest.mark.parametrize("verified", [False, None, "false", "yes", 1.5])
def test_address_that_google_has_not_verified_is_refused(
    client: FormClient, provider: Provider, verified: object
) -> None:
    provider.lies = {"email_verified": verified}
    assert sign_in_with_google(client).location == "/login"
    assert has_toast(client, "Google has not verified the e-mail address")
    assert count_people() == 0


def test_provider_that_is_down_does_not_fail_the_page(
    make_settings: MakeSettings, client: FormClient, provider: Provider
) -> None:
    settings = make_settings(
        google_client_id="x",
        google_client_secret="y",
        google_server_metadata_url="http://127.0.0.1:9/",
    )
    client.application.extensions["settings"] = settings
    assert client.get("/login/google").location == "/login"
    assert has_toast(client, "Signing in with Google did not work. Try again.")


def test_way_back_leads_to_this_site_only(client: FormClient) -> None:
    sign_in_with_google(client)
    client.submit("/logout")
    assert sign_in_with_google(client, "/login/google?next=//evil.example").location == "/"


def test_other_site_cannot_start_the_flow(client: FormClient, provider: Provider) -> None:
    response = client.get("/login/google", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.location == "/login"
    assert provider.asked == []


class TestNotConfigured:
    @pytest.fixture
    def settings(self, make_settings: MakeSettings) -> Settings:
        return make_settings()

    def test_nothing_is_shown_and_nothing_is_there(self, client: FormClient) -> None:
        for page in ("/login", "/signup"):
            assert "Google" not in client.get(page).text
        assert client.get("/login/google").status_code == 404
        person = make_person()
        sign_in(client, person)
        assert "Google" not in client.get("/account").text
        assert client.get("/account/google/link").status_code == 404


def test_button_is_shown_when_configured(client: FormClient) -> None:
    for page in ("/login", "/signup"):
        assert 'href="/login/google"' in client.get(page).text
