"""Leaving a list by the link in its mail, without signing in."""

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from pitchbar.settings import current_settings
from pitchbar.workspaces.mailing_lists import kinds
from pitchbar.workspaces.mailing_lists.links import Subscription, unsubscribe_token
from pitchbar.workspaces.mailing_lists.models import MailRefusal
from pitchbar.workspaces.mailing_lists.services import (
    accept_list,
    keep_wanted,
    queue_list_mail,
    refuse_list,
)
from tests.support.browsing import FormClient
from tests.support.factories import People
from tests.support.mailbox import sent_mails

ADA, BOB = "ada@pitchbar.example", "bob@pitchbar.example"


@pytest.fixture(autouse=True)
def _lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.declare_list("news", lambda _workspace_id, _rest: "any news")
    kinds.declare_list(
        "topic", lambda _workspace_id, rest: f"topic {rest}" if rest != "9" else "", wider="news"
    )


def path_of(people: People, list_key: str = "topic:3", email: str = ADA) -> str:
    subscription = Subscription(people.workspace.id, email, list_key)
    return f"/unsubscribe/{unsubscribe_token(subscription, current_settings())}"


def wanted(people: People, list_key: str) -> list[str]:
    db.session.expire_all()
    return keep_wanted(people.workspace.id, list_key, [ADA, BOB])


def test_opening_the_link_changes_nothing(client: FormClient, people: People) -> None:
    page = client.get(path_of(people))
    assert page.status_code == 200
    assert "No more mail about topic 3" in page.text
    assert "No more mail about any news" in page.text
    assert wanted(people, "topic:3") == [ADA, BOB]


def test_one_click_of_a_mail_program_is_answered_without_a_redirect(
    client: FormClient, people: People
) -> None:
    """RFC 8058: no cookie, no token of ours, and 200."""
    answer = client.post(path_of(people), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "You get no more of these" in answer.text
    assert wanted(people, "topic:3") == [BOB]
    assert wanted(people, "topic:4") == [ADA, BOB]
    assert client.post(path_of(people), data={"List-Unsubscribe": "One-Click"}).status_code == 200


def test_a_person_leaves_and_comes_back(client: FormClient, people: People) -> None:
    path = path_of(people)
    assert client.submit(path, {"list": "topic:3"}).status_code == 303
    assert wanted(people, "topic:3") == [BOB]
    assert "Send it to me again" in client.get(path).text
    assert client.submit(f"{path}/return").status_code == 303
    assert wanted(people, "topic:3") == [ADA, BOB]


def test_a_person_leaves_the_wider_list(client: FormClient, people: People) -> None:
    client.submit(path_of(people), {"list": "news"})
    assert wanted(people, "topic:3") == wanted(people, "topic:4") == wanted(people, "news") == [BOB]
    client.submit(f"{path_of(people)}/return")
    assert wanted(people, "news") == [ADA, BOB]


@pytest.mark.parametrize("other", ["topic:4", "elsewhere", "", "news\r\nx"])
def test_a_link_opens_no_list_but_its_own(client: FormClient, people: People, other: str) -> None:
    client.submit(path_of(people), {"list": other})
    rows = db.session.scalars(select(MailRefusal.list_key)).all()
    assert rows == ["topic:3"]


def test_an_address_is_the_same_however_it_is_written(people: People, app: Flask) -> None:
    refuse_list(Subscription(people.workspace.id, "Ada@Pitchbar.Example", "news"))
    assert wanted(people, "news") == [BOB]
    accept_list(Subscription(people.workspace.id, "ADA@pitchbar.example", "news"))
    assert wanted(people, "news") == [ADA, BOB]


def test_other_workspaces_go_on(people: People, app: Flask) -> None:
    refuse_list(Subscription(people.workspace.id, ADA, "news"))
    assert keep_wanted(people.elsewhere.id, "news", [ADA]) == [ADA]


@pytest.mark.parametrize("token", ["x", "WzEsImEiLCJiIl0.AAAA", "é", "a" * 3000])
def test_a_link_that_is_not_ours_says_so(client: FormClient, people: People, token: str) -> None:
    for answer in (client.get(f"/unsubscribe/{token}"), client.post(f"/unsubscribe/{token}")):
        assert answer.status_code == 404
        assert "Open it from the message again" in answer.text


def test_a_link_into_a_purged_workspace_says_so(client: FormClient, people: People) -> None:
    people.workspace.purged_at = clock.now()
    db.session.commit()
    assert "sends no more mail" in client.get(path_of(people)).text


def test_a_list_that_is_gone_offers_what_is_left(client: FormClient, people: People) -> None:
    page = client.get(path_of(people, "topic:9")).text
    assert "No more mail about any news" in page
    assert "nothing left to stop" in client.get(path_of(people, "gone")).text


def test_mail_of_a_list_goes_to_those_who_want_it(people: People, app: Flask) -> None:
    refuse_list(Subscription(people.workspace.id, BOB, "news"))
    count = queue_list_mail(
        "workspaces/invitation",
        workspace_id=people.workspace.id,
        list_key="topic:3",
        to=[ADA, BOB, "ADA@pitchbar.example"],
        subject="News",
        link="http://pitchbar.test/",
        role="admin",
    )
    db.session.commit()
    assert count == 1
    [mail] = sent_mails()
    assert mail.to == ADA
    for body in (mail.html, mail.text):
        assert f"http://pitchbar.test{path_of(people)}" in body
    [record] = db.session.scalars(select(MailRecord))
    assert record.reference == f"mailing-list:{people.workspace.id}"
