"""Re-authentication before dangerous acts."""

import pyotp
import pytest
from flask import Flask

from pitchbar.accounts.access import signed_in
from pitchbar.accounts.models import NO_PASSWORD, Person, TwoFactor
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.core import clock
from pitchbar.core.encryption import encrypt
from pitchbar.extensions import csrf, db
from tests.accounts.walking import age_authentication, has_toast
from tests.support.browsing import FRAGMENT, SITE, FormClient, sign_in
from tests.support.factories import PASSWORD, make_person

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DANGEROUS = (
    "/account/email",
    "/account/google",
    "/account/two-factor/removal",
    "/account/two-factor/recovery-codes",
    "/account/two-factor/setup",
    "/account/two-factor/setup/qr.svg",
)


@pytest.fixture
def ada(client: FormClient) -> Person:
    person = make_person(email="ada@pitchbar.example")
    sign_in(client, person)
    return person


def confirm(client: FormClient, next_url: str = "", **form: str) -> tuple[int, str]:
    response = client.submit("/login/confirm", {"next": next_url, **form})
    return response.status_code, response.location or response.text


@pytest.mark.parametrize("url", DANGEROUS)
def test_dangerous_page_asks_after_a_while_and_leads_back(
    client: FormClient, ada: Person, url: str
) -> None:
    age_authentication()
    assert client.get(url).location == f"/login/confirm?next={url}"
    assert confirm(client, url, password=PASSWORD) == (303, url)
    assert "/login/confirm" not in (client.get(url).location or "")


def test_asks_after_fifteen_minutes_and_not_before(client: FormClient, ada: Person) -> None:
    age_authentication(14.9)
    assert client.get("/account/email").status_code == 200
    age_authentication(15.1)
    assert client.get("/account/email").status_code == 303


@pytest.mark.parametrize(
    "url", ["email", "google/unlink", "two-factor/removal", "two-factor/recovery-codes"]
)
def test_form_is_not_taken_without_it(client: FormClient, ada: Person, url: str) -> None:
    age_authentication()
    page = f"{SITE}/account?x=1"
    response = client.submit(f"/account/{url}", headers={"Referer": page})
    assert response.location == "/login/confirm?next=/account?x%3D1"
    response = client.submit(f"/account/{url}", headers={"Referer": page, **FRAGMENT})
    assert (response.status_code, response.headers["HX-Redirect"]) == (
        204,
        "/login/confirm?next=/account?x%3D1",
    )


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/account", "http://pitchbar.test//evil.example", "x"]
)
def test_form_from_elsewhere_leads_back_to_the_account(
    client: FormClient, ada: Person, referer: str
) -> None:
    age_authentication()
    response = client.submit("/account/email", headers={"Referer": referer})
    assert response.location == "/login/confirm"
    assert confirm(client, password=PASSWORD) == (303, "/account")


def test_wrong_password_confirms_nothing(client: FormClient, ada: Person) -> None:
    age_authentication()
    status, page = confirm(client, "/account/email", password="not it")
    assert status == 422
    assert "This is not your password." in page
    assert 'name="next" value="/account/email"' in page
    assert client.get("/account/email").status_code == 303


def test_other_site_is_no_way_back(client: FormClient, ada: Person) -> None:
    assert confirm(client, "//evil.example", password=PASSWORD) == (303, "/account")


def test_confirming_in_one_browser_does_not_confirm_another(
    app: Flask, client: FormClient, ada: Person
) -> None:
    other = app.test_client()
    assert isinstance(other, FormClient)
    sign_in(other, ada)
    age_authentication()
    confirm(client, password=PASSWORD)
    assert client.get("/account/email").status_code == 200
    assert other.get("/account/email").status_code == 303


class TestWithoutAPassword:
    @pytest.fixture(autouse=True)
    def _no_password(self, ada: Person) -> None:
        ada.password_hash = NO_PASSWORD
        db.session.commit()

    def test_code_of_the_app_does(self, app: Flask, client: FormClient, ada: Person) -> None:
        key = app.extensions["settings"].app_key
        found = TwoFactor(person_id=ada.id, encrypted_secret=encrypt(SECRET, key))
        found.enabled_at = clock.now()
        db.session.add(found)
        age_authentication()
        assert "authenticator app" in client.get("/login/confirm").text
        assert confirm(client, code="000000")[0] == 422
        code = pyotp.TOTP(SECRET).now()
        assert confirm(client, code=code) == (303, "/account")
        age_authentication()
        assert confirm(client, code=code)[0] == 422

    def test_nothing_else_does(self, client: FormClient, ada: Person) -> None:
        age_authentication()
        page = client.get("/login/confirm").text.partition("<main")[2].partition("</main>")[0]
        assert "You have no password yet" in page
        assert 'name="password"' not in page
        for guess in ("", NO_PASSWORD, "no account has this password"):
            assert confirm(client, password=guess)[0] == 422


@pytest.mark.settings(ratelimit_enabled=True)
def test_guessing_is_throttled(client: FormClient, ada: Person) -> None:
    statuses = []
    for number in range(6):
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        statuses.append(confirm(client, password="guess")[0])
    assert statuses == [422] * 5 + [429]


class TestMark:
    """What other features write above their own views."""

    @pytest.fixture(autouse=True)
    def _views(self, app: Flask) -> None:
        @signed_in
        @recently_authenticated(minutes=5)
        def danger(thing: int) -> str:
            return f"danger {thing}"

        app.add_url_rule(
            "/danger/<int:thing>", view_func=csrf.exempt(danger), methods=["GET", "POST"]
        )
        assert vars(danger)["access"] == "signed_in"

    def test_opens_within_its_minutes(self, client: FormClient, ada: Person) -> None:
        age_authentication(4)
        assert client.get("/danger/7").text == "danger 7"
        age_authentication(6)
        assert client.get("/danger/7?a=b").location == "/login/confirm?next=/danger/7?a%3Db"

    def test_signed_out_is_led_to_the_sign_in(self, client: FormClient) -> None:
        assert client.get("/danger/7").location == "/login?next=/danger/7"


def test_toast_is_not_lost_on_the_way(client: FormClient, ada: Person) -> None:
    client.submit("/account/name", {"name": "Ada L"})
    assert has_toast(client, "Your name is saved.", "/account")
