from datetime import timedelta

import pytest

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People

WORDS = "could not be sent in the last 24 hours"


def fail(hours_ago: float = 1, reason: str = "the address was refused (550)") -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    record = MailRecord(reference="", template="x", to="a@b.example", state="failed")
    record.reason, record.finished_at = reason, at
    db.session.add(record)
    db.session.commit()


def see(client: FormClient, people: People) -> str:
    """The page, its sentences as a browser shows them: on one line."""
    return " ".join(client.get(f"/w/{people.workspace.slug}/").text.split())


def test_everybody_sees_it_in_development(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    assert WORDS not in see(client, people)
    fail(reason="the older reason")
    fail(hours_ago=0)
    page = see(client, people)
    assert "2 messages " + WORDS in page
    assert "the address was refused (550)" in page


def test_yesterday_is_over(client: FormClient, people: People) -> None:
    fail(hours_ago=24.1)
    sign_in(client, people.owner)
    assert WORDS not in see(client, people)


class TestInProduction:
    pytestmark = pytest.mark.settings(
        app_env="production", ops_email_allowlist="Ops@pitchbar.example, other@pitchbar.example"
    )

    def test_customers_do_not_see_it(self, client: FormClient, people: People) -> None:
        fail()
        sign_in(client, people.owner)
        assert WORDS not in see(client, people)

    def test_operators_see_it(self, client: FormClient, people: People) -> None:
        people.owner.email = "ops@pitchbar.example"
        fail()
        sign_in(client, people.owner)
        assert "1 message " + WORDS in see(client, people)

    def test_mailbox_is_not_there(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        assert client.get("/dev/mail").status_code == 404
