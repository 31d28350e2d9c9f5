"""Fixtures for the tests of accounts."""

from collections.abc import Iterator

import pytest

from pitchbar.accounts.models import Person
from pitchbar.clients.identity import make_identity_provider
from tests.accounts.authenticator import ADA, Phone, set_up, turn_on
from tests.fakes.identity import Provider, account, provider_server
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import make_person
from tests.support.mail_jobs import mail_at_once  # noqa: F401  # a fixture for this folder


@pytest.fixture
def ada(client: FormClient) -> Person:
    """A person who is signed in."""
    person = make_person(email=ADA, name="Ada")
    sign_in(client, person)
    return person


@pytest.fixture
def phone(client: FormClient, ada: Person, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """Two-factor sign-in is on, and the person signed out."""
    phone = set_up(client, monkeypatch)
    assert turn_on(client, phone).status_code == 200
    client.submit("/logout")
    phone.wait(seconds=60)
    return phone


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Stands for Google; a module that uses it overrides `settings` with its address."""
    with provider_server() as provider:
        provider.account = account("g-1", ADA)
        yield provider
    make_identity_provider.cache_clear()
