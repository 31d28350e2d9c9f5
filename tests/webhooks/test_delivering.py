"""From an event to the receiver: who gets it, how it is signed, and when it is tried again."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from pitchbar.codes.services import archive_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import subscribe
from pitchbar.extensions import db
from pitchbar.mailing.models import MailRecord
from pitchbar.settings import current_settings
from pitchbar.webhooks.models import DELIVERED, FAILED, OFF, WAITING, Delivery, Message
from pitchbar.webhooks.replaying import replay_delivery, replay_failed, send_test
from pitchbar.webhooks.services import enable_endpoint, rotate_secret
from pitchbar.webhooks.tasks import deliver
from tests.support.factories import People, make_code
from tests.support.receivers import Received, Receiver, Reply
from tests.support.servers import on_both_databases
from tests.webhooks.factories import (
    SECRET,
    attempts_of,
    deliveries_of,
    make_endpoint,
    run_pump,
)

# So that a failed try comes again within the test.
QUICK: dict[str, Any] = {"webhook_waits": "0,0,0"}


def answers(*statuses: int, **fields: Any) -> Callable[[Received], Reply]:
    """One after the other, and the last from then on."""
    left = list(statuses)

    def reply(_received: Received) -> Reply:
        return Reply(left.pop(0) if len(left) > 1 else left[0], **fields)

    return reply


@on_both_databases
def test_new_code_reaches_who_chose_it_signed_and_as_the_api_answers_it(
    people: People, receiver: Receiver
) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url, "code.created")
    other = make_endpoint(people.workspace, receiver.url, "code.archived")
    code = make_code(people.workspace, name="Menu")
    ended = run_pump(receiver.pair)
    (delivery,), (got,) = deliveries_of(endpoint), receiver.received
    content = Webhook(SECRET).verify(got.body, got.headers)

    assert ended == 1
    assert deliveries_of(other) == []
    assert (delivery.state, delivery.tries, delivery.last_status) == (DELIVERED, 1, 200)
    assert got.message_id == delivery.message_id
    assert got.headers["content-type"] == "application/json"
    assert (content["type"], content["workspace"]) == ("code.created", people.workspace.slug)
    assert content["data"]["code"]["id"] == code.id
    assert content["data"]["code"]["name"] == "Menu"
    (attempt,) = attempts_of(delivery)
    assert (attempt.status, attempt.answer_body) == (200, "taken")
    assert f"webhook-id: {delivery.message_id}" in attempt.request_headers


def test_delivery_is_there_if_and_only_if_its_event_is(people: People) -> None:
    make_endpoint(people.workspace, "https://receiver.example.com/", "code.archived")
    code = make_code(people.workspace)
    archive_code(code, SYSTEM)
    written = db.session.scalars(select(Delivery.event)).all()
    db.session.rollback()

    assert written == ["code.archived"]
    assert db.session.scalars(select(Delivery)).all() == []
    assert db.session.scalars(select(Message)).all() == []


@on_both_databases
def test_refused_message_is_tried_again_under_the_same_id_until_it_is_taken(
    people: People, receiver: Receiver
) -> None:
    receiver.reply = answers(500, 302, 200)
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    run_pump(receiver.pair, **QUICK)
    (delivery,) = deliveries_of(endpoint)

    assert (delivery.state, delivery.tries) == (DELIVERED, 3)
    assert [one.status for one in attempts_of(delivery)] == [500, 302, 200]
    assert set(receiver.ids()) == {delivery.message_id}
    assert len({one.body for one in receiver.received}) == 1


def test_message_that_nobody_takes_fails_after_its_last_try(
    people: People, receiver: Receiver
) -> None:
    receiver.reply = answers(503)
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    run_pump(receiver.pair, **QUICK)
    (delivery,) = deliveries_of(endpoint)

    assert (delivery.state, delivery.tries, len(receiver.received)) == (FAILED, 4, 4)
    assert delivery.last_error == "It answered 503."
    assert endpoint.failing_since is not None
    assert endpoint.failures == 4


def test_first_wait_is_about_the_one_of_the_settings(people: People, receiver: Receiver) -> None:
    receiver.reply = answers(500)
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    began = clock.now()
    run_pump(receiver.pair, webhook_waits="100,200")
    (delivery,) = deliveries_of(endpoint)

    assert delivery.state == WAITING
    assert 84 <= (delivery.due_at - began).total_seconds() <= 120


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("30", 30), ("", 60), ("nonsense", 60), ("999999", 3600), ("0", 1), ("-5", 60)],
)
def test_429_gives_a_rest_and_is_no_try(
    people: People, receiver: Receiver, asked: str, seconds: int
) -> None:
    receiver.reply = answers(429, headers={"Retry-After": asked})
    endpoint = make_endpoint(people.workspace, receiver.url)
    for _ in range(12):
        send_test(people.workspace, endpoint, SYSTEM)
    db.session.commit()
    began = clock.now()
    run_pump(receiver.pair, webhook_rate=1000)
    rest = (endpoint.resting_until or began) - began

    assert {(one.state, one.tries) for one in deliveries_of(endpoint)} == {(WAITING, 0)}
    assert seconds - 1 <= rest.total_seconds() <= seconds + 3
    # Those that were not under way yet wait with them.
    assert len(receiver.received) <= 2 or seconds == 1


def test_503_waits_for_as_long_as_it_asks(people: People, receiver: Receiver) -> None:
    receiver.reply = answers(503, headers={"Retry-After": "300"})
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    began = clock.now()
    run_pump(receiver.pair, **QUICK)
    (delivery,) = deliveries_of(endpoint)

    assert (delivery.state, delivery.tries) == (WAITING, 1)
    assert delivery.due_at - began > timedelta(seconds=290)


def test_410_switches_off_and_mails_who_looks_after_it(people: People, receiver: Receiver) -> None:
    receiver.reply = answers(410)
    heard: list[str] = []
    subscribe("webhook.disabled", lambda event: heard.append(event.subject.kind))
    endpoint = make_endpoint(people.workspace, receiver.url)
    for _ in range(3):
        make_code(people.workspace)
    run_pump(receiver.pair, webhook_concurrency=1)
    mails = db.session.scalars(select(MailRecord.to)).all()

    assert (endpoint.state, len(receiver.received)) == (OFF, 1)
    assert endpoint.off_reason.startswith("It answered 410")
    assert {one.state for one in deliveries_of(endpoint)} == {FAILED}
    assert sorted(mails) == sorted([people.owner.email, people.admin.email])
    assert heard == ["webhook"]


@pytest.mark.parametrize(("days", "state"), [(2.9, "on"), (3.1, "off")])
def test_three_days_without_anything_taken_switch_off(
    people: People, receiver: Receiver, days: float, state: str
) -> None:
    receiver.reply = answers(500)
    since = clock.now() - timedelta(days=days)
    endpoint = make_endpoint(people.workspace, receiver.url, failing_since=since, failures=9)
    make_code(people.workspace)
    run_pump(receiver.pair, webhook_waits="100")

    assert endpoint.state == state
    assert (endpoint.told_failing_at is not None) == (state == "on")


def test_one_message_taken_ends_the_failing(people: People, receiver: Receiver) -> None:
    heard: list[str] = []
    subscribe("webhook.recovered", lambda event: heard.append(event.name))
    since = clock.now() - timedelta(days=2)
    endpoint = make_endpoint(
        people.workspace, receiver.url, failing_since=since, failures=9, told_failing_at=since
    )
    make_code(people.workspace)
    run_pump(receiver.pair)

    assert (endpoint.failing_since, endpoint.failures, endpoint.told_failing_at) == (None, 0, None)
    assert heard == ["webhook.recovered"]


def test_both_secrets_sign_for_a_day_after_a_new_one(people: People, receiver: Receiver) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url)
    new = rotate_secret(endpoint, SYSTEM, current_settings())
    make_code(people.workspace)
    run_pump(receiver.pair)
    endpoint.previous_until = clock.now() - timedelta(seconds=1)
    make_code(people.workspace)
    run_pump(receiver.pair)
    first, second = receiver.received

    for secret in (SECRET, new):
        Webhook(secret).verify(first.body, first.headers)
    Webhook(new).verify(second.body, second.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(second.body, second.headers)


def test_failed_ones_are_sent_again_under_their_ids(people: People, receiver: Receiver) -> None:
    receiver.reply = answers(500)
    endpoint = make_endpoint(people.workspace, receiver.url)
    codes = [make_code(people.workspace) for _ in range(3)]
    run_pump(receiver.pair, webhook_waits="")
    oldest = deliveries_of(endpoint)[0]
    oldest.created_at = clock.now() - timedelta(days=2)
    db.session.commit()
    ids, receiver.reply = receiver.ids(), lambda _received: Reply()
    count = replay_failed(endpoint, clock.now() - timedelta(days=1), SYSTEM)
    db.session.commit()
    run_pump(receiver.pair)
    states = [one.state for one in deliveries_of(endpoint)]
    again = receiver.ids()[3:]
    replay_delivery(endpoint, oldest, SYSTEM)
    db.session.commit()
    run_pump(receiver.pair)

    assert (len(codes), count, states) == (3, 2, [FAILED, DELIVERED, DELIVERED])
    assert sorted(again) == sorted(set(ids) - {oldest.message_id})
    assert receiver.ids()[-1] == oldest.message_id
    assert len(attempts_of(oldest)) == 2


def test_switched_on_again_it_gets_what_happens_from_then_on(
    people: People, receiver: Receiver
) -> None:
    endpoint = make_endpoint(people.workspace, f"{receiver.url}/2", "code.created", state=OFF)
    other = make_endpoint(people.workspace, receiver.url, "code.created")
    make_code(people.workspace)
    enable_endpoint(endpoint, SYSTEM)
    db.session.commit()
    code = make_code(people.workspace)
    run_pump(receiver.pair)

    mine = [one for one in receiver.received if one.path.endswith("/2")]

    assert [json.loads(one.body)["data"]["code"]["id"] for one in mine] == [code.id]
    assert len(deliveries_of(other)) == 2


def test_header_injection_in_names_stays_in_the_body(people: People, receiver: Receiver) -> None:
    make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace, name="a\r\nwebhook-id: forged\r\n\r\nx")
    run_pump(receiver.pair)
    (got,) = receiver.received

    assert got.headers["webhook-id"].startswith("msg_")
    assert "forged" in json.loads(got.body)["data"]["code"]["name"]
    assert datetime.fromisoformat(json.loads(got.body)["timestamp"]).tzinfo is not None


@pytest.mark.settings(webhook_waits="20", outbound_allow="127.0.0.1:9")
def test_job_comes_again_when_the_next_try_is_due(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pitchbar.webhooks.tasks.LINGER_SECONDS", 0.1)
    endpoint = make_endpoint(people.workspace, "http://127.0.0.1:9/")
    make_code(people.workspace)
    deliver(0)
    (delivery,) = deliveries_of(endpoint)
    jobs = db.session.execute(
        db.text("select unique_key, due_at from jobs where task = 'webhooks.deliver' order by id")
    ).all()

    assert delivery.tries == 1
    assert [job.unique_key for job in jobs] == ["webhooks.deliver:0", "webhooks.deliver:0:later"]
    later = datetime.fromisoformat(jobs[1].due_at).replace(tzinfo=delivery.due_at.tzinfo)
    assert abs(later - delivery.due_at) < timedelta(seconds=1)
