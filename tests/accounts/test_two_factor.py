import re

import pytest
from sqlalchemy import select

from pitchbar.accounts.models import Person, RecoveryCode, TwoFactor
from pitchbar.accounts.two_factor.recovery_codes import count_recovery_codes
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.accounts.authenticator import (
    ADA,
    Phone,
    give_code,
    give_password,
    set_up,
    turn_on,
)
from tests.accounts.walking import body_text, mails_to
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, make_person

_CODE = re.compile(r"<code>([a-z0-9-]{17})</code>")


class TestSetup:
    def test_code_of_the_app_turns_it_on_and_shows_ten_codes_once(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        response = turn_on(client, set_up(client, monkeypatch))
        codes = _CODE.findall(response.text)
        assert len(set(codes)) == 10
        assert 'download="pitchbar-recovery-codes.txt"' in response.text
        assert f"{codes[0]}%0A{codes[1]}" in response.text
        assert codes[0] not in client.get("/account").text
        # Nor on the page itself, loaded anew.
        assert not _CODE.findall(client.get("/account/two-factor/recovery-codes").text)
        assert mails_to(ADA)[-1]["Subject"] == "Two-factor sign-in is on"

    def test_wrong_code_does_not(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = set_up(client, monkeypatch)
        for code in ("", "12345", "abcdef", phone.code(300), "é" * 6, "\u0661" * 6):
            response = client.submit("/account/two-factor/activation", {"code": code})
            assert response.status_code == 422, code
            assert 'id="code-error"' in response.text
        client.submit("/logout")
        assert give_password(client).location == "/"

    def test_secret_is_encrypted_and_codes_are_hashed(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = set_up(client, monkeypatch)
        codes = _CODE.findall(turn_on(client, phone).text)
        stored = db.session.scalars(select(TwoFactor.encrypted_secret)).one()
        assert phone.secret not in stored
        hashes = " ".join(db.session.scalars(select(RecoveryCode.code_hash)))
        assert not [code for code in codes if code.replace("-", "") in hashes or code in hashes]
        assert len(hashes.split()) == 10

    def test_image_holds_the_address_of_the_secret(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert client.get("/account/two-factor/setup/qr.svg").status_code == 404
        set_up(client, monkeypatch)
        image = client.get("/account/two-factor/setup/qr.svg")
        assert image.content_type == "image/svg+xml"
        assert image.headers["Cache-Control"] == "no-store, private"
        assert image.data.startswith(b"<?xml")

    def test_secret_is_not_shown_once_it_is_on(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone = set_up(client, monkeypatch)
        turn_on(client, phone)
        assert client.get("/account/two-factor/setup").location == "/account"
        assert client.get("/account/two-factor/setup/qr.svg").status_code == 404

    def test_starting_again_does_not_replace_the_secret_in_force(
        self, client: FormClient, phone: Phone
    ) -> None:
        give_password(client)
        give_code(client, phone.code())
        client.submit("/account/two-factor/setup")
        client.submit("/logout")
        phone.wait(seconds=60)
        give_password(client)
        assert give_code(client, phone.code()).location == "/"

    def test_each_start_makes_a_new_secret(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        secrets = {set_up(client, monkeypatch).secret for _ in range(3)}
        assert len(secrets) == 3


class TestRecoveryCodes:
    @pytest.fixture
    def codes(self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        found: list[str] = _CODE.findall(turn_on(client, set_up(client, monkeypatch)).text)
        return found

    def test_each_signs_in_once(self, client: FormClient, ada: Person, codes: list[str]) -> None:
        client.submit("/logout")
        give_password(client)
        assert give_code(client, codes[3]).status_code == 303
        assert count_recovery_codes(ada) == 9
        assert "9 are left" in body_text(mails_to(ADA)[-1])
        client.submit("/logout")
        give_password(client)
        assert give_code(client, codes[3]).status_code == 422
        assert give_code(client, codes[4]).status_code == 303

    def test_it_does_not_matter_how_one_types_it(
        self, client: FormClient, codes: list[str]
    ) -> None:
        client.submit("/logout")
        give_password(client)
        assert give_code(client, f" {codes[0].upper().replace('-', ' ')} ").status_code == 303

    def test_new_ones_void_the_old(self, client: FormClient, ada: Person, codes: list[str]) -> None:
        assert "10 recovery codes" in client.get("/account/two-factor/recovery-codes").text
        page = client.submit("/account/two-factor/recovery-codes", follow_redirects=True).text
        new = _CODE.findall(page)
        assert len(set(new) - set(codes)) == 10
        client.submit("/logout")
        give_password(client)
        assert give_code(client, codes[0]).status_code == 422
        assert give_code(client, new[0]).status_code == 303

    def test_one_of_somebody_else_is_worth_nothing(
        self, client: FormClient, codes: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        eve = make_person(email="eve@pitchbar.example")
        sign_in(client, eve)
        turn_on(client, set_up(client, monkeypatch))
        client.submit("/logout")
        client.submit("/login", {"email": eve.email, "password": PASSWORD})
        assert give_code(client, codes[0]).status_code == 422

    def test_nobody_without_two_factor_has_any(self, client: FormClient, ada: Person) -> None:
        assert client.get("/account/two-factor/recovery-codes").location == "/account"
        assert client.submit("/account/two-factor/recovery-codes").location == "/account"
        assert count_recovery_codes(ada) == 0


class TestTurningOff:
    def test_says_what_it_means_then_does_it(
        self, client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn_on(client, set_up(client, monkeypatch))
        page = client.get("/account/two-factor/removal").text
        assert "Your 10 recovery codes are void." in page
        assert client.submit("/account/two-factor/removal").location == "/account"
        assert count_recovery_codes(ada) == 0
        assert mails_to(ADA)[-1]["Subject"] == "Two-factor sign-in is off"
        client.submit("/logout")
        assert give_password(client).location == "/"
        actions = list(db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        assert actions == ["account.two_factor_enabled", "account.two_factor_disabled"]

    def test_where_it_is_off_there_is_nothing_to_do(self, client: FormClient, ada: Person) -> None:
        assert client.get("/account/two-factor/removal").location == "/account"
        assert client.submit("/account/two-factor/removal").location == "/account"
