"""Receivers that misbehave, and workers that die."""

import json
import time
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.webhooks import tasks
from pitchbar.webhooks.models import DELIVERED, WAITING, Endpoint
from pitchbar.webhooks.replaying import send_test
from tests.support.factories import People, make_code
from tests.support.receivers import Received, Receiver, Reply, receiving
from tests.support.servers import on_both_databases, on_postgresql
from tests.webhooks.factories import (
    attempts_of,
    deliveries_of,
    make_endpoint,
    make_many_endpoints,
    make_pump,
    run_pump,
)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:9/", "127.0.0.1"),
        ("http://169.254.169.254/latest", "169.254.169.254"),
        ("http://hooks.internal/", "internal"),
        ("http://[::1]:80/", "::1"),
    ],
)
def test_private_address_is_never_asked_whenever_it_was_entered(
    people: People, url: str, said: str
) -> None:
    endpoint = make_endpoint(people.workspace, url)
    make_code(people.workspace)
    run_pump(webhook_waits="100")
    (delivery,) = deliveries_of(endpoint)
    (attempt,) = attempts_of(delivery)

    assert (delivery.state, delivery.tries, attempt.status) == (WAITING, 1, None)
    assert said in attempt.error


def test_redirect_to_this_machine_is_not_followed(people: People, receiver: Receiver) -> None:
    with receiving() as inside:
        receiver.reply = lambda _received: Reply(307, {"Location": inside.url})
        endpoint = make_endpoint(people.workspace, receiver.url)
        make_code(people.workspace)
        run_pump(receiver.pair, inside.pair, webhook_waits="100")
        (delivery,) = deliveries_of(endpoint)

        assert (inside.received, delivery.last_status) == ([], 307)
        assert "redirects are not followed" in delivery.last_error


def test_answer_of_ten_megabytes_is_cut_and_counts(people: People, receiver: Receiver) -> None:
    receiver.reply = lambda _received: Reply(body="é".encode() * 5_000_000)
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    run_pump(receiver.pair)
    (delivery,) = deliveries_of(endpoint)
    (attempt,) = attempts_of(delivery)

    assert (delivery.state, attempt.answer_was_cut) == (DELIVERED, True)
    assert len(attempt.answer_body.encode()) <= 4096
    assert attempt.answer_body.startswith("éé")


@on_both_databases
def test_answer_that_cannot_be_stored_as_it_is_is_stored_readable(
    people: People, receiver: Receiver
) -> None:
    receiver.reply = lambda _received: Reply(body=b"\x00\xff\x1b[31mred")
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    run_pump(receiver.pair)
    (attempt,) = attempts_of(deliveries_of(endpoint)[0])

    assert attempt.answer_body.endswith("[31mred")
    assert not set(attempt.answer_body) & {"\x00", "\x1b"}


def test_endpoints_that_hang_delay_no_other(people: People, receiver: Receiver) -> None:
    """More of them than there are threads, each with something waiting."""
    with receiving() as hanging:
        hanging.reply = lambda _received: Reply(seconds=60)
        for _ in range(30):
            slow = make_endpoint(people.workspace, hanging.url)
            for _ in range(3):
                send_test(people.workspace, slow, SYSTEM)
        pump = make_pump(
            receiver.pair, hanging.pair, webhook_threads=8, webhook_timeout_seconds=0.5
        )
        db.session.commit()
        pump.run(0.8, 0.1)
        healthy = make_endpoint(people.workspace, receiver.url, delivered_at=clock.now())
        for _ in range(5):
            send_test(people.workspace, healthy, SYSTEM)
        db.session.commit()
        began = time.time()
        pump.run(4.0, 0.1)
        arrived = [one.at - began for one in receiver.received]

    assert len(arrived) == 5
    # What hangs, one after another, would take 5.6 seconds.
    assert max(arrived) < 4
    assert len(hanging.received) > 4


def test_endpoint_gets_no_more_at_once_and_in_a_second_than_it_may(
    people: People, receiver: Receiver
) -> None:
    under_way, most, began = [0], [0], []

    def reply(received: Received) -> Reply:
        under_way[0] += 1
        most[0] = max(most[0], under_way[0])
        began.append(received.at)
        time.sleep(0.05)
        under_way[0] -= 1
        return Reply()

    receiver.reply = reply
    endpoint = make_endpoint(people.workspace, receiver.url)
    for _ in range(24):
        send_test(people.workspace, endpoint, SYSTEM)
    db.session.commit()
    run_pump(receiver.pair, webhook_concurrency=3, webhook_rate=40)

    assert len(began) == 24
    assert most[0] <= 3
    assert max(began) - min(began) >= 23 / 40 - 0.05


def test_lane_of_a_worker_that_died_is_taken_over_when_its_lease_is_over(
    people: People, receiver: Receiver
) -> None:
    soon = clock.now() + timedelta(seconds=60)
    endpoint = make_endpoint(people.workspace, receiver.url, lane_holder="dead", lane_until=soon)
    make_code(people.workspace)
    run_pump(receiver.pair)
    before = len(receiver.received)
    endpoint.lane_until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    run_pump(receiver.pair)

    assert (before, len(receiver.received)) == (0, 1)
    assert endpoint.lane_holder is None


def test_job_that_finds_the_lane_of_a_dead_worker_comes_again_when_it_is_free(
    people: People, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not at the next minute of the schedule."""
    until = clock.now() + timedelta(seconds=7)
    make_endpoint(people.workspace, receiver.url, lane_holder="dead", lane_until=until)
    make_code(people.workspace)
    monkeypatch.setattr(tasks, "make_pump", lambda _settings: make_pump(receiver.pair))
    monkeypatch.setattr(tasks, "LINGER_SECONDS", 0.1)
    db.session.execute(delete(Job))
    db.session.commit()
    tasks.deliver(0)
    (job,) = db.session.scalars(select(Job).where(Job.task == "webhooks.deliver"))

    assert receiver.received == []
    assert abs((job.due_at - until).total_seconds()) < 2


def test_message_under_way_when_its_worker_died_comes_again_under_the_same_id(
    people: People, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    with monkeypatch.context() as killed:
        # It was sent, and nothing of it could be written any more.
        killed.setattr("pitchbar.webhooks.pump.store_results", lambda *_arguments: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            run_pump(receiver.pair)
    db.session.expire_all()
    held = endpoint.lane_holder
    endpoint.lane_until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    run_pump(receiver.pair)
    (delivery,) = deliveries_of(endpoint)

    assert held
    assert receiver.ids() == [delivery.message_id] * 2
    assert delivery.state == DELIVERED


@on_postgresql
def test_two_pumps_send_each_message_once(people: People, receiver: Receiver) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # of the proxy, unknown to its type
    endpoints = [make_endpoint(people.workspace, receiver.url) for _ in range(6)]
    for endpoint in endpoints:
        for _ in range(10):
            send_test(people.workspace, endpoint, SYSTEM)
    db.session.commit()

    def run() -> None:
        with app.app_context():
            run_pump(receiver.pair, webhook_rate=1000)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(run) for _ in range(2)]:
            done.result()

    assert len(receiver.ids()) == len(set(receiver.ids())) == 60


def test_results_that_cannot_be_written_are_written_by_the_next_run(
    people: People, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    pump = make_pump(receiver.pair)
    with monkeypatch.context() as broken:
        broken.setattr("pitchbar.webhooks.results._attempt", lambda _result: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            pump.run(5, 0.1)
    pump.run(5, 0.1)
    db.session.expire_all()

    assert len(receiver.received) == 1
    assert [one.state for one in deliveries_of(endpoint)] == [DELIVERED]


def test_endpoint_removed_while_a_message_is_under_way_leaves_nothing(
    people: People, receiver: Receiver
) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url)
    endpoint_id = endpoint.id

    def reply(_received: Received) -> Reply:
        with db.engine.begin() as connection:
            connection.execute(Endpoint.__table__.delete())  # type: ignore[attr-defined]  # a Table, which the model calls a FromClause
        return Reply()

    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]  # of the proxy, unknown to its type

    def in_app(received: Received) -> Reply:
        with app.app_context():
            return reply(received)

    receiver.reply = in_app
    make_code(people.workspace)
    run_pump(receiver.pair)

    assert db.session.get(Endpoint, endpoint_id) is None
    assert len(receiver.received) == 1


@on_both_databases
def test_event_for_ten_thousand_endpoints_is_written_in_a_moment(people: People) -> None:
    make_many_endpoints(people.workspace, "http://127.0.0.1:9/", 10_000, "code.created")
    began = time.monotonic()
    make_code(people.workspace)
    took = time.monotonic() - began
    counts = db.session.execute(
        db.text("select count(*), count(distinct message_id) from webhook_deliveries")
    ).one()

    assert tuple(counts) == (10_000, 1)
    assert took < 5


def test_message_is_plain_json_without_secrets(people: People, receiver: Receiver) -> None:
    make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace, password="a secret of the code")
    run_pump(receiver.pair)

    assert b"a secret of the code" not in receiver.received[0].body
    assert "argon2" not in json.dumps(receiver.received[0].body.decode())
