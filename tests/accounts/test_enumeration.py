"""Neither a text nor the work done tells who has an account."""

import re

import pytest
from argon2 import PasswordHasher
from werkzeug.test import TestResponse

from pitchbar.accounts.models import NO_PASSWORD, Person
from pitchbar.accounts.passwords import hashing
from tests.accounts.walking import body_text, sent_mails
from tests.support.browsing import FormClient
from tests.support.factories import make_person

ADA = "ada@pitchbar.example"


@pytest.fixture
def ada(client: FormClient) -> Person:
    return make_person(email=ADA)


def ask(client: FormClient, email: str = ADA) -> TestResponse:
    return client.submit("/password/forgotten", {"email": email})


def without_token(response: TestResponse) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", response.text)


@pytest.mark.usefixtures("ada")
def test_page_is_the_same(client: FormClient) -> None:
    client.csrf_token()
    known, unknown = ask(client), ask(client, "eve@pitchbar.example")
    assert known.status_code == unknown.status_code == 200
    assert without_token(known) == without_token(unknown).replace("eve@", "ada@")
    assert dict(known.headers).keys() == dict(unknown.headers).keys()


@pytest.mark.usefixtures("ada")
def test_work_is_the_same(client: FormClient) -> None:
    """One message each, so that the time tells nothing either."""
    ask(client)
    ask(client, "eve@pitchbar.example")
    assert [str(mail["To"]) for mail in sent_mails()] == [ADA, "eve@pitchbar.example"]
    assert "There is no Pitchbar account" in body_text(sent_mails()[1])
    assert "token" not in body_text(sent_mails()[1])


@pytest.mark.usefixtures("ada")
def test_sign_in_verifies_one_password_in_every_case(
    client: FormClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_person(email="google-only@pitchbar.example", password_hash=NO_PASSWORD)
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(hashing, "_hasher", Counting())
    for email in (ADA, "eve@pitchbar.example", "google-only@pitchbar.example"):
        client.submit("/login", {"email": email, "password": "not it"})
        assert len(verified) == 1, email
        assert verified.pop().startswith("$argon2id$")


class TestThrottle:
    pytestmark = pytest.mark.settings(ratelimit_enabled=True)

    def test_sixth_request_says_when_to_try_again(self, client: FormClient) -> None:
        answers = [ask(client, f"a{n}@pitchbar.example") for n in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        found = re.search(r"Try again in (\d+) seconds\.", answers[-1].text)
        assert found is not None
        assert 1 <= int(found[1]) <= 60

    def test_one_account_is_not_asked_about_from_everywhere(self, client: FormClient) -> None:
        for number in range(6):
            client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
            status = ask(client, "ADA@pitchbar.example" if number % 2 else ADA).status_code
        assert status == 200
        assert len(sent_mails()) == 5
