"""Anybody can sign up with any address. Until a mailed link was opened, that is worth nothing: not
to pass for an operator or an invited person, nor to lie in wait for the owner of the address.
"""

from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pitchbar.accounts.errors import AddressNotProven, InvalidLink
from pitchbar.accounts.identities.services import link_identity
from pitchbar.accounts.models import (
    GOOGLE,
    EmailChange,
    Identity,
    Person,
    PersonSession,
    RecoveryCode,
    TwoFactor,
)
from pitchbar.accounts.passwords.services import reset_password
from pitchbar.accounts.queries import find_person_by_email
from pitchbar.accounts.two_factor.services import start_setup
from pitchbar.accounts.verification.proof import prove_address
from pitchbar.accounts.verification.services import correct_address
from pitchbar.clients.identity import Claims
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import ApiToken
from pitchbar.workspaces.tokens.services import create_token
from tests.accounts.walking import first_link, is_signed_in, mails_to
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, People, bearer, make_person, make_workspace
from tests.support.mail_jobs import mail_at_once  # noqa: F401  # a fixture for this module
from tests.support.members import copied_path_of, make_invitation, path_of, role_of

OPS = "ops@pitchbar.example"
VICTIM = "victim@pitchbar.example"
NEW = "another quiet horse counts"
PRODUCTION = {"app_env": "production", "app_url": "https://pitchbar.test"}


def sign_up(client: FormClient, email: str, **more: str) -> None:
    form = {"name": "Eve", "email": email, "password": PASSWORD, **more}
    answer = client.submit("/signup", form)
    assert answer.status_code == 303, answer.text


def link_to(email: str) -> str:
    return first_link(mails_to(email)[-1])


def open_link(client: FormClient, link: str) -> str:
    """Opens the mailed link and presses its button; returns where that leads."""
    assert client.get(link).status_code == 200
    path, _, token = link.partition("?token=")
    answer = client.submit(path, {"token": token})
    return answer.location or ""


def known(email: str) -> Person:
    person = find_person_by_email(email)
    assert person is not None
    return person


@pytest.fixture
def other(app: Flask) -> FormClient:
    """Another browser."""
    made = app.test_client()
    assert isinstance(made, FormClient)
    return made


class TestOperators:
    pytestmark = pytest.mark.settings(ops_email_allowlist=OPS, **PRODUCTION)

    def test_stranger_with_an_operators_address_is_no_operator(self, client: FormClient) -> None:
        person = make_person(email=OPS, verified_at=None)
        sign_in(client, person)
        for path in ("/ops/queues", "/ops/queues/jobs", "/ops/queues/workers"):
            assert client.get(path).status_code == 404

    def test_operator_with_a_proven_address_is_one(self, client: FormClient) -> None:
        sign_in(client, make_person(email=OPS))
        assert client.get("/ops/queues").status_code == 200

    def test_corrected_address_is_not_proven_by_that(self, client: FormClient) -> None:
        sign_in(client, make_person(email="eve@pitchbar.example", verified_at=None))
        answer = client.submit("/account/address/correction", {"email": OPS})
        assert answer.status_code == 303
        assert known(OPS).verified_at is None
        assert client.get("/ops/queues").status_code == 404


class TestSigningUp:
    def test_address_is_unproven_until_its_link_was_opened(self, client: FormClient) -> None:
        sign_up(client, VICTIM)
        assert is_signed_in(client)
        assert not known(VICTIM).is_proven
        assert open_link(client, link_to(VICTIM)) == "/"
        assert known(VICTIM).is_proven
        assert is_signed_in(client)

    def test_banner_stands_until_then(self, client: FormClient) -> None:
        sign_up(client, VICTIM)
        client.submit("/workspaces", {"name": "Café", "time_zone": "UTC"})
        for page in ("/w/cafe/", "/account"):
            text = client.get(page).text
            assert "Send again" in text
            assert "Correct the address" in text
        open_link(client, link_to(VICTIM))
        assert "Send again" not in client.get("/w/cafe/").text

    def test_link_works_once_and_says_so(self, client: FormClient) -> None:
        sign_up(client, VICTIM)
        link = link_to(VICTIM)
        open_link(client, link)
        again = client.get(link)
        assert again.status_code == 410
        assert "used already" in again.text

    def test_looking_at_the_link_proves_nothing(self, client: FormClient) -> None:
        """Mail scanners open links."""
        sign_up(client, VICTIM)
        client.get(link_to(VICTIM))
        client.head(link_to(VICTIM))
        assert not known(VICTIM).is_proven

    def test_link_is_too_old_after_its_time(
        self, client: FormClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_up(client, VICTIM)
        link, later = link_to(VICTIM), clock.now() + timedelta(hours=73)
        monkeypatch.setattr(clock, "now", lambda: later)
        answer = client.get(link)
        assert answer.status_code == 410
        assert "too old" in answer.text

    @pytest.mark.parametrize("change", [lambda link: link[:-3], lambda link: link + "x"])
    def test_tampered_link_is_refused(self, client: FormClient, change: object) -> None:
        assert callable(change)
        sign_up(client, VICTIM)
        assert client.get(change(link_to(VICTIM))).status_code == 410

    def test_link_for_an_address_that_was_corrected_is_dead(self, client: FormClient) -> None:
        sign_up(client, "eve@pitchbar.example")
        first = link_to("eve@pitchbar.example")
        client.submit("/account/address/correction", {"email": VICTIM})
        assert client.get(first).status_code == 410
        path, _, token = first.partition("?token=")
        assert client.submit(path, {"token": token}).status_code == 410
        assert not known(VICTIM).is_proven

    def test_correction_tells_nobody_at_the_old_address(self, client: FormClient) -> None:
        sign_up(client, VICTIM)
        before = len(mails_to(VICTIM))
        client.submit("/account/address/correction", {"email": "eve@pitchbar.example"})
        assert len(mails_to(VICTIM)) == before
        assert open_link(client, link_to("eve@pitchbar.example")) == "/"
        assert known("eve@pitchbar.example").is_proven

    def test_proven_address_cannot_be_corrected(self, client: FormClient) -> None:
        sign_in(client, make_person(email=VICTIM))
        client.submit("/account/address/correction", {"email": "eve@pitchbar.example"})
        assert find_person_by_email("eve@pitchbar.example") is None


class TestMailboxAlone:
    """The owner of an address, whom a stranger has got mailed, does not hand it to the stranger."""

    def test_link_without_the_session_asks_to_sign_in(
        self, client: FormClient, other: FormClient
    ) -> None:
        sign_up(client, VICTIM)
        link = link_to(VICTIM)
        page = other.get(link)
        assert "Sign in to prove your address" in page.text
        path, _, token = link.partition("?token=")
        assert "Sign in to prove your address" in other.submit(path, {"token": token}).text
        assert not known(VICTIM).is_proven

    def test_somebody_else_who_is_signed_in_proves_nothing(
        self, client: FormClient, other: FormClient
    ) -> None:
        sign_up(client, VICTIM)
        sign_in(other, make_person(email="ada@pitchbar.example"))
        path, _, token = link_to(VICTIM).partition("?token=")
        assert "ada@pitchbar.example" in other.submit(path, {"token": token}).text
        assert not known(VICTIM).is_proven

    def test_sign_in_leads_back_to_the_link(self, client: FormClient, other: FormClient) -> None:
        sign_up(client, VICTIM)
        link = link_to(VICTIM)
        assert f"/login?next={link.partition('?')[0]}" in unescape(other.get(link).text)
        form = {"email": VICTIM, "password": PASSWORD, "next": link}
        assert other.submit("/login", form).location == link
        assert open_link(other, link) == "/"
        assert known(VICTIM).is_proven
        assert not is_signed_in(client)


@pytest.fixture
def planted(client: FormClient) -> Person:
    """An account of the time before addresses were proven, with all that a stranger could plant;
    the stranger is signed in.
    """
    person = make_person(email=VICTIM, verified_at=None)
    sign_in(client, person)
    workspace = make_workspace(person)
    mine = {"person_id": person.id}
    db.session.add_all(
        [
            Identity(**mine, provider=GOOGLE, subject="g-9", email="eve@pitchbar.example"),
            TwoFactor(**mine, encrypted_secret="x", enabled_at=clock.now()),
            RecoveryCode(**mine, code_hash="x"),
            EmailChange(**mine, new_email="eve@pitchbar.example", secret_hash="x"),
            ApiToken(
                workspace_id=workspace.id,
                name="planted",
                scope="read-write",
                token_hash="x",
                created_by_kind="person",
                created_by_id=person.id,
                created_by_name="Eve",
            ),
        ]
    )
    db.session.commit()
    return person


def count_planted(person: Person) -> dict[str, int]:
    models = (Identity, TwoFactor, RecoveryCode, EmailChange, PersonSession)
    found = {
        model.__tablename__: db.session.scalar(
            select(func.count()).where(model.person_id == person.id)
        )
        or 0
        for model in models
    }
    tokens = select(func.count()).where(
        ApiToken.created_by_id == person.id, ApiToken.revoked_at.is_(None)
    )
    return {**found, "tokens": db.session.scalar(tokens) or 0}


class TestPlanted:
    def test_reset_by_mail_takes_all_of_it(
        self, client: FormClient, other: FormClient, planted: Person
    ) -> None:
        assert all(count_planted(planted).values())
        other.submit("/password/forgotten", {"email": VICTIM})
        path, _, token = link_to(VICTIM).partition("?token=")
        assert other.submit(path, {"token": token, "password": NEW}).status_code == 303
        assert not any(count_planted(planted).values())
        assert known(VICTIM).is_proven
        assert not is_signed_in(client)
        assert client.submit("/login", {"email": VICTIM, "password": PASSWORD}).status_code == 422
        # No second step of the stranger's stands in the owner's way.
        assert other.submit("/login", {"email": VICTIM, "password": NEW}).location == "/"

    def test_first_proof_takes_all_but_the_browser_that_showed_it(
        self, client: FormClient, other: FormClient, planted: Person
    ) -> None:
        sign_in(other, planted)
        other.submit("/account/address/delivery")
        open_link(other, link_to(VICTIM))
        left = {name: count for name, count in count_planted(planted).items() if count}
        assert left == {"person_sessions": 1}
        assert is_signed_in(other)
        assert not is_signed_in(client)

    def test_it_stands_in_the_audit_log(self, planted: Person) -> None:
        prove_address(planted, SYSTEM)
        actions = db.session.scalars(select(AuditEntry.action)).all()
        assert "account.address_proven" in actions
        assert "token.revoked" in actions

    def test_second_proof_takes_nothing(self, client: FormClient) -> None:
        person = make_person()
        sign_in(client, person)
        prove_address(person, SYSTEM)
        db.session.commit()
        assert is_signed_in(client)


class TestAtOnce:
    """Two requests of one stranger meet: a proof never falls on an address that it was not for."""

    @pytest.fixture
    def eve(self, app: Flask) -> Person:
        return make_person(email="eve@pitchbar.example", verified_at=None)

    def change_meanwhile(self, person: Person, **values: object) -> None:
        assert person.email  # as the request has loaded it
        with db.engine.begin() as connection:
            connection.execute(update(Person).where(Person.id == person.id).values(**values))

    def test_reset_proves_no_address_that_came_meanwhile(self, eve: Person) -> None:
        self.change_meanwhile(eve, email=OPS)
        with pytest.raises(InvalidLink):
            reset_password(eve, NEW, SYSTEM)
        db.session.rollback()
        assert not known(OPS).is_proven

    def test_link_proves_no_address_that_came_meanwhile(self, eve: Person) -> None:
        self.change_meanwhile(eve, email=OPS)
        with pytest.raises(InvalidLink):
            prove_address(eve, SYSTEM)
        db.session.rollback()
        assert not known(OPS).is_proven

    def test_address_is_not_corrected_after_a_proof_that_came_meanwhile(self, eve: Person) -> None:
        self.change_meanwhile(eve, verified_at=clock.now())
        with pytest.raises(InvalidLink):
            correct_address(eve, OPS, SYSTEM, current_settings())
        db.session.rollback()
        assert find_person_by_email(OPS) is None


class TestWithoutProof:
    def test_copied_invitation_is_not_accepted(self, client: FormClient, people: People) -> None:
        invitation = make_invitation(people.workspace, email=VICTIM)
        sign_in(client, make_person(email=VICTIM, verified_at=None))
        page = client.get(copied_path_of(invitation))
        assert "First show that" in page.text
        assert client.submit(copied_path_of(invitation) + "/acceptance").status_code == 403
        assert role_of(known(VICTIM), people.workspace) is None

    def test_proof_leads_back_to_the_invitation(self, client: FormClient, people: People) -> None:
        invitation = make_invitation(people.workspace, email=VICTIM)
        path = copied_path_of(invitation)
        sign_up(client, VICTIM, next=path)
        client.submit("/account/address/delivery", {"next": path})
        assert open_link(client, link_to(VICTIM)) == path
        assert client.submit(path + "/acceptance").status_code == 303
        assert role_of(known(VICTIM), people.workspace) == "editor"

    def test_mailed_invitation_proves_the_address(self, client: FormClient, people: People) -> None:
        invitation = make_invitation(people.workspace, email=VICTIM)
        sign_in(client, make_person(email=VICTIM, verified_at=None))
        assert client.submit(path_of(invitation) + "/acceptance").status_code == 303
        assert known(VICTIM).is_proven
        assert role_of(known(VICTIM), people.workspace) == "editor"

    def test_mailed_invitation_proves_no_other_address(
        self, client: FormClient, people: People
    ) -> None:
        invitation = make_invitation(people.workspace, email=VICTIM)
        sign_in(client, make_person(email=OPS, verified_at=None))
        assert client.submit(path_of(invitation) + "/acceptance").status_code == 403
        assert not known(OPS).is_proven

    def test_copied_link_makes_no_account(self, client: FormClient, people: People) -> None:
        invitation = make_invitation(people.workspace, email=VICTIM)
        form = {"name": "Eve", "password": PASSWORD}
        answer = client.submit(copied_path_of(invitation) + "/account", form)
        assert answer.status_code == 422
        assert find_person_by_email(VICTIM) is None

    def test_mailed_link_makes_a_proven_account(self, client: FormClient, people: People) -> None:
        invitation = make_invitation(people.workspace, email=VICTIM)
        form = {"name": "Vic", "password": PASSWORD}
        assert client.submit(path_of(invitation) + "/account", form).status_code == 303
        assert known(VICTIM).is_proven

    def test_google_is_not_linked(self, app: Flask) -> None:
        person = make_person(verified_at=None)
        with pytest.raises(AddressNotProven):
            link_identity(person, Claims("g-9", "eve@pitchbar.example", "Eve"), SYSTEM)

    def test_two_factor_is_not_set_up(self, client: FormClient) -> None:
        person = make_person(verified_at=None)
        sign_in(client, person)
        answer = client.submit("/account/two-factor/setup")
        assert (answer.location or "").startswith("/account/address")
        with pytest.raises(AddressNotProven):
            start_setup(person, current_settings().app_key)

    def test_no_token_is_made(self, client: FormClient) -> None:
        person = make_person(verified_at=None)
        workspace = make_workspace(person)
        sign_in(client, person)
        page = client.get(f"/w/{workspace.slug}/tokens")
        assert "Prove your address" in page.text
        form = {"name": "mine", "scope": "read-write"}
        answer = client.submit(f"/w/{workspace.slug}/tokens", form)
        assert (answer.location or "").startswith("/account/address")
        with pytest.raises(AddressNotProven):
            create_token(workspace, name="x", scope="read", by=Actor("person", person.id, "Eve"))

    def test_no_token_is_made_by_a_token_from_before(self, client: FormClient) -> None:
        person = make_person()
        workspace = make_workspace(person)
        by = Actor("person", person.id, "Eve")
        _, secret = create_token(workspace, name="old", scope="read-write", by=by)
        person.verified_at = None
        db.session.commit()
        answer = client.post(
            f"/api/v1/workspaces/{workspace.slug}/tokens",
            json={"name": "more", "scope": "read-write"},
            headers=bearer(secret),
        )
        assert answer.status_code == 403
        assert (answer.json or {})["error"]["code"] == "address_not_proven"
