"""Nobody learns who has an account, and nobody holds another's sign-in shut."""

import re
from html import unescape

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from pitchbar.accounts.models import Person, TwoFactor
from pitchbar.accounts.passwords.services import make_reset_token, request_password_reset
from pitchbar.accounts.sign_in.devices import COOKIE
from pitchbar.core.clock import now
from pitchbar.core.encryption import encrypt
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from pitchbar.settings import current_settings
from tests.accounts.walking import mails_to, sent_mails
from tests.support.browsing import FormClient
from tests.support.factories import PASSWORD, People, make_person
from tests.support.mail_jobs import mail_at_once  # noqa: F401  # a fixture for this module
from tests.support.members import copied_path_of, make_invitation, path_of
from tests.support.passwords import LIGHT_HASHER

VICTIM = "victim@pitchbar.example"
NOBODY = "nobody@pitchbar.example"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LIMITED = pytest.mark.settings(ratelimit_enabled=True, ratelimit_login_account="8/minute")


def make_account(email: str) -> Person:
    return make_person(email=email, password_hash=LIGHT_HASHER.hash(PASSWORD))


def try_sign_in(client: FormClient, email: str = VICTIM, password: str = "wrong") -> TestResponse:
    return client.submit("/login", {"email": email, "password": password})


def come_from(client: FormClient, number: int) -> None:
    client.environ_base["REMOTE_ADDR"] = f"203.0.{number // 250}.{number % 250}"


def sign_up(client: FormClient, email: str) -> int:
    form = {"name": "Ada", "email": email, "password": PASSWORD}
    status = client.submit("/signup", form).status_code
    client.submit("/logout")
    return status


def shown(response: TestResponse) -> str:
    """The page, without what differs in each answer and each address."""
    text = re.sub(r'name="csrf_token" value="[^"]+"|/invitations/[\w.-]+', "", response.text)
    return unescape(text).replace(VICTIM, NOBODY)


class TestInvitations:
    @pytest.mark.parametrize("path", [path_of, copied_path_of])
    def test_page_does_not_tell_whether_the_address_has_an_account(
        self, client: FormClient, people: People, path: object
    ) -> None:
        """Whoever invites can read the page off the link that they copy."""
        assert callable(path)
        make_account(VICTIM)
        known = make_invitation(people.workspace, email=VICTIM)
        unknown = make_invitation(people.workspace, email=NOBODY)
        client.csrf_token()
        pages = [client.get(path(invitation)) for invitation in (known, unknown)]
        assert pages[0].status_code == pages[1].status_code == 200
        assert shown(pages[0]) == shown(pages[1])

    def test_form_of_a_copied_link_does_not_tell_either(
        self, client: FormClient, people: People
    ) -> None:
        make_account(VICTIM)
        form = {"name": "Ada", "password": PASSWORD}
        pages = [
            client.submit(
                copied_path_of(make_invitation(people.workspace, email=to)) + "/account", form
            )
            for to in (VICTIM, NOBODY)
        ]
        assert pages[0].status_code == pages[1].status_code == 422
        assert shown(pages[0]) == shown(pages[1])


class TestStrangersAtTheSignIn:
    pytestmark = LIMITED

    def test_they_do_not_hold_it_shut(self, client: FormClient) -> None:
        make_account(VICTIM)
        for number in range(7):
            come_from(client, number)
            assert try_sign_in(client).status_code == 422
        come_from(client, 200)
        assert try_sign_in(client, VICTIM, PASSWORD).status_code == 303

    def test_one_address_gets_five_tries(self, client: FormClient) -> None:
        statuses = [try_sign_in(client).status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]

    @pytest.mark.parametrize("email", [VICTIM, NOBODY])
    def test_account_is_not_tried_without_end_and_that_tells_nothing(
        self, client: FormClient, email: str
    ) -> None:
        make_account(VICTIM)
        for number in range(8):
            come_from(client, number)
            assert try_sign_in(client, email).status_code == 422
        come_from(client, 200)
        assert try_sign_in(client, email, PASSWORD).status_code == 429

    def test_device_of_the_owner_passes(self, client: FormClient, app: Flask) -> None:
        make_account(VICTIM)
        assert try_sign_in(client, VICTIM, PASSWORD).status_code == 303
        client.submit("/logout")
        stranger = app.test_client()
        assert isinstance(stranger, FormClient)
        for number in range(9):
            come_from(stranger, number)
            try_sign_in(stranger)
        # Also from an address whose tries the strangers have used up.
        come_from(client, 8)
        assert try_sign_in(client, VICTIM.upper(), PASSWORD).status_code == 303

    def test_second_step_is_not_held_shut_on_it(self, client: FormClient, app: Flask) -> None:
        """By somebody who has found out the password."""
        person = make_account(VICTIM)
        try_sign_in(client, VICTIM, PASSWORD)
        client.submit("/logout")
        key = current_settings().app_key
        secret = encrypt(SECRET, key)
        db.session.add(TwoFactor(person_id=person.id, encrypted_secret=secret, enabled_at=now()))
        db.session.commit()
        stranger = app.test_client()
        assert isinstance(stranger, FormClient)
        come_from(stranger, 1)
        try_sign_in(stranger, VICTIM, PASSWORD)
        for number in range(6):
            come_from(stranger, number)
            status = stranger.submit("/login/two-factor", {"code": "000000"}).status_code
        assert status == 429
        come_from(client, 99)
        try_sign_in(client, VICTIM, PASSWORD)
        code = pyotp.TOTP(SECRET).now()
        assert client.submit("/login/two-factor", {"code": code}).status_code == 303

    def test_device_has_a_budget_of_its_own_and_no_more(self, client: FormClient) -> None:
        make_account(VICTIM)
        try_sign_in(client, VICTIM, PASSWORD)
        client.submit("/logout")
        statuses = [try_sign_in(client).status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]

    def test_device_is_known_for_its_own_account_alone(self, client: FormClient) -> None:
        make_account(VICTIM)
        make_account("eve@pitchbar.example")
        try_sign_in(client, "eve@pitchbar.example", PASSWORD)
        client.submit("/logout")
        statuses = [try_sign_in(client).status_code for _ in range(6)]
        assert 429 in statuses

    def test_forged_device_is_none(self, client: FormClient) -> None:
        client.set_cookie(COOKIE, "e30.aaaa.bbbb", domain="pitchbar.test")
        statuses = [try_sign_in(client).status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]

    def test_device_opens_nothing(self, client: FormClient) -> None:
        make_account(VICTIM)
        try_sign_in(client, VICTIM, PASSWORD)
        client.delete_cookie("pitchbar_session", domain="pitchbar.test")
        assert client.get("/account").status_code == 302

    def test_mailed_link_makes_a_device_known(self, client: FormClient, app: Flask) -> None:
        """So there is a way in on a new device, whatever strangers try."""
        person = make_account(VICTIM)
        token = make_reset_token(person, current_settings())
        new = "another quiet horse counts"
        assert (
            client.submit("/password/reset", {"token": token, "password": new}).status_code == 303
        )
        stranger = app.test_client()
        assert isinstance(stranger, FormClient)
        for number in range(9):
            come_from(stranger, number)
            try_sign_in(stranger)
        assert try_sign_in(client, VICTIM, new).status_code == 303


class TestResets:
    pytestmark = LIMITED

    def ask(self, client: FormClient, email: str) -> TestResponse:
        return client.submit("/password/forgotten", {"email": email})

    @pytest.mark.parametrize("email", [VICTIM, NOBODY])
    def test_address_gets_five_mails_an_hour_and_the_page_stays_the_same(
        self, client: FormClient, email: str
    ) -> None:
        make_account(VICTIM)
        pages = set()
        for number in range(9):
            come_from(client, number)
            answer = self.ask(client, email)
            assert answer.status_code == 200
            pages.add(shown(answer))
        assert len(pages) == 1
        assert len(mails_to(email)) == 5

    def test_owner_on_a_device_of_theirs_still_gets_one(
        self, client: FormClient, app: Flask
    ) -> None:
        make_account(VICTIM)
        try_sign_in(client, VICTIM, PASSWORD)
        client.submit("/logout")
        stranger = app.test_client()
        assert isinstance(stranger, FormClient)
        for number in range(9):
            come_from(stranger, number)
            self.ask(stranger, VICTIM)
        self.ask(client, VICTIM)
        assert len(mails_to(VICTIM)) == 6

    @pytest.mark.settings(ratelimit_mail_strangers="3/hour")
    def test_mails_to_unknown_addresses_are_bounded_in_all(self, client: FormClient) -> None:
        make_account(VICTIM)
        for number in range(6):
            come_from(client, number)
            assert self.ask(client, f"nobody{number}@pitchbar.example").status_code == 200
        assert len(sent_mails()) == 3
        states = db.session.scalars(select(MailRecord.state)).all()
        assert states.count("held_back") == 3
        self.ask(client, VICTIM)
        assert len(mails_to(VICTIM)) == 1

    def test_request_does_the_same_work_for_both(self, app: Flask) -> None:
        """Whether a message to nobody may go is asked by the job."""
        make_account(VICTIM)
        for email in (VICTIM, NOBODY):
            request_password_reset(email, current_settings())
        db.session.commit()
        assert len(db.session.scalars(select(MailRecord)).all()) == 2


class TestSignUp:
    """It lets people in at once, so it can tell that an address is taken: seldom."""

    pytestmark = LIMITED

    def test_one_address_is_told_five_times_a_day(self, client: FormClient) -> None:
        make_account(VICTIM)
        statuses = [sign_up(client, VICTIM) for _ in range(6)]
        assert statuses == [422] * 5 + [429]
        # Neither of others, nor that there is none.
        assert sign_up(client, NOBODY) == 429

    @pytest.mark.settings(ratelimit_taken_all="8/hour")
    def test_all_addresses_together_are_told_so_often_and_no_more(self, client: FormClient) -> None:
        make_account(VICTIM)
        statuses = []
        for number in range(10):
            come_from(client, number)
            statuses.append(sign_up(client, VICTIM))
        assert statuses == [422] * 8 + [429] * 2

    @pytest.mark.settings(ratelimit_signup_all="4/hour")
    def test_accounts_are_bounded_in_all(self, client: FormClient) -> None:
        statuses = []
        for number in range(6):
            come_from(client, number)
            statuses.append(sign_up(client, f"new{number}@pitchbar.example"))
        assert statuses == [303] * 4 + [429] * 2

    def test_people_who_sign_up_do_not_count_as_told(self, client: FormClient) -> None:
        statuses = [sign_up(client, f"new{number}@pitchbar.example") for number in range(8)]
        assert statuses == [303] * 8

    def test_correcting_an_address_shares_these_limits(self, client: FormClient) -> None:
        make_account(VICTIM)
        client.submit(
            "/signup", {"name": "Eve", "email": "eve@pitchbar.example", "password": PASSWORD}
        )
        url = "/account/address/correction"
        statuses = [client.submit(url, {"email": VICTIM}).status_code for _ in range(6)]
        assert statuses == [422] * 5 + [429]
