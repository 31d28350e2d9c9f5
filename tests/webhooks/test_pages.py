"""The pages and the API of webhooks."""

from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code
from pitchbar.core import clock
from pitchbar.core.encryption import decrypt
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.webhooks.forgetting import forget_old
from pitchbar.webhooks.models import DELIVERED, FAILED, OFF, WAITING, Attempt, Delivery, Endpoint
from pitchbar.webhooks.replaying import send_test
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.receivers import Receiver, Reply
from tests.support.servers import on_both_databases
from tests.webhooks.factories import SECRET, deliveries_of, make_endpoint, run_pump

URL = "https://shop.example.com/hooks"
Client = Any


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.owner)
    return f"/w/{people.workspace.slug}/webhooks"


@pytest.fixture
def api(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}/webhooks"


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


def test_page_without_a_webhook_says_what_to_do(client: FormClient, at: str) -> None:
    page = client.get(at).text

    assert "No webhook yet" in page
    assert f"{at}/new" in page


def test_secret_of_a_new_webhook_is_shown_once(client: FormClient, at: str) -> None:
    answer = client.submit(at, {"url": URL, "events": ["code.created"], "description": "Shop"})
    endpoint = db.session.scalars(select(Endpoint)).one()
    secret = decrypt(endpoint.secret, current_settings().app_key)
    first, second = client.get(answer.location).text, client.get(answer.location).text

    assert endpoint.events == ["code.created"]
    assert secret in first
    assert "whsec_" not in second
    assert secret not in endpoint.secret
    assert URL in client.get(at).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"url": ""}, "Enter the address"),
        ({"url": "http://127.0.0.1/"}, "127.0.0.1"),
        ({"url": "http://0x7f.1/"}, "0x7f.1"),
        ({"url": "ftp://shop.example.com/"}, "http"),
        ({"url": "https://user:pass@shop.example.com/"}, "password"),
        ({"url": "https://shop.internal/"}, "internal"),
        ({"events": []}, "Choose at least one event"),
        ({"events": ["code.created", "code.exploded"]}, "no event named code.exploded"),
        ({"description": "x" * 201}, "at most 200"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_stays_typed(
    client: FormClient, at: str, typed: dict[str, Any], said: str
) -> None:
    values = {"url": URL, "events": ["code.created"], "description": "My shop", **typed}
    answer = client.submit(at, values)

    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert said in answer.text
    assert ("My shop" in answer.text) == ("description" not in typed)
    assert db.session.scalars(select(Endpoint)).all() == []


def test_edit_keeps_the_choice_that_stays(client: FormClient, people: People, at: str) -> None:
    endpoint = make_endpoint(people.workspace, URL, "code.created", "scan.recorded")
    values = {"url": "https://other.example.com/", "events": ["scan.recorded", "code.archived"]}
    answer = client.submit(f"{at}/{endpoint.id}", {**values, "description": ""})

    assert answer.status_code == 303
    assert endpoint.url == "https://other.example.com/"
    assert endpoint.events == ["code.archived", "scan.recorded"]


@pytest.mark.settings(webhook_endpoints_per_workspace=1)
def test_workspace_has_no_more_webhooks_than_it_may(
    client: FormClient, people: People, at: str
) -> None:
    make_endpoint(people.workspace, URL)
    answer = client.submit(at, {"url": URL, "events": ["code.created"]})

    assert (answer.status_code, "can have 1 webhooks" in answer.text) == (409, True)


def test_test_message_shows_what_was_answered(
    client: FormClient, people: People, at: str, receiver: Receiver
) -> None:
    receiver.reply = lambda _received: Reply(418, {"X-Kind": "teapot"}, b"<b>short & stout</b>")
    endpoint = make_endpoint(people.workspace, receiver.url, "code.archived")
    answer = client.submit(f"{at}/{endpoint.id}/tests")
    run_pump(receiver.pair, webhook_waits="100")
    page = client.get(answer.location).text

    assert "webhook.test" in page
    assert "418" in page
    assert "x-kind: teapot" in page.lower()
    assert "&lt;b&gt;short &amp; stout&lt;/b&gt;" in page
    assert "webhook-signature" in page


def test_log_is_searched_by_state_event_and_words(
    client: FormClient, people: People, at: str, receiver: Receiver
) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url)
    for name in ("Red poster", "Blue poster", "50% off_"):
        make_code(people.workspace, name=name)
    run_pump(receiver.pair)
    first = deliveries_of(endpoint)[0]
    first.state = FAILED
    db.session.commit()
    page = f"{at}/{endpoint.id}"

    def count(query: str) -> int:
        return client.get(f"{page}?{query}").text.count('id="delivery-')

    assert count("") == 3
    assert count("q=blue+poster") == 1
    assert count("q=%25+off_") == 1
    assert count(f"q={first.message_id}") == 1
    assert count("state=failed") == 1
    assert count("event=code.created&state=delivered") == 2
    assert count("event=scan.recorded") == 0
    assert count("state=%00&page=99999999999999999999") == 0
    assert count("page=0") == 3


def test_replay_on_the_page_sends_again(
    client: FormClient, people: People, at: str, receiver: Receiver
) -> None:
    receiver.reply = lambda _received: Reply(500)
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    run_pump(receiver.pair, webhook_waits="")
    receiver.reply = lambda _received: Reply()
    answer = client.submit(f"{at}/{endpoint.id}/replays", {"hours": "24"})
    run_pump(receiver.pair)

    assert "One message is on the way again" in client.get(answer.location).text
    assert [one.state for one in deliveries_of(endpoint)] == [DELIVERED]
    assert len(set(receiver.ids())) == 1


def test_switched_off_webhook_sends_nothing_and_says_so(
    client: FormClient, people: People, at: str
) -> None:
    endpoint = make_endpoint(people.workspace, URL)
    make_code(people.workspace)
    client.submit(f"{at}/{endpoint.id}/pause")
    (delivery,) = deliveries_of(endpoint)
    refused = client.submit(f"{at}/{endpoint.id}/deliveries/{delivery.id}/replay")

    assert (endpoint.state, delivery.state) == (OFF, FAILED)
    assert refused.status_code == 409
    assert "It is switched off" in client.get(f"{at}/{endpoint.id}").text


def test_webhook_of_another_workspace_is_nowhere(
    client: FormClient, people: People, at: str, api: str, headers: dict[str, str]
) -> None:
    endpoint = make_endpoint(people.elsewhere, URL)
    delivery_id = send_test(people.elsewhere, endpoint, SYSTEM)
    db.session.commit()
    for path in (f"{endpoint.id}", f"{endpoint.id}/deliveries/{delivery_id}", f"{2**70}"):
        assert client.get(f"{at}/{path}").status_code == 404
        assert client.get(f"{api}/{path}", headers=headers).status_code == 404


def test_program_adds_changes_and_removes_a_webhook(
    client: Client, api: str, headers: dict[str, str]
) -> None:
    made = client.post(api, json={"url": URL, "events": ["scan.recorded"]}, headers=headers)
    one = f"{api}/{made.json['id']}"
    changed = client.patch(
        one, json={"enabled": False, "events": ["code.created"]}, headers=headers
    )
    listed = client.get(api, headers=headers).json["data"]
    rotated = client.post(f"{one}/rotation", headers=headers)

    assert (made.status_code, made.json["secret"][:6]) == (201, "whsec_")
    assert (changed.json["enabled"], changed.json["events"]) == (False, ["code.created"])
    assert [("secret" in each, each["url"]) for each in listed] == [(False, URL)]
    assert rotated.json["secret"] not in ("", made.json["secret"])
    assert client.delete(one, headers=headers).status_code == 204
    assert client.get(one, headers=headers).status_code == 404


def test_program_reads_the_log_and_sends_again(
    client: Client, people: People, api: str, headers: dict[str, str], receiver: Receiver
) -> None:
    receiver.reply = lambda _received: Reply(500)
    endpoint = make_endpoint(people.workspace, receiver.url)
    for _ in range(3):
        make_code(people.workspace)
    run_pump(receiver.pair, webhook_waits="")
    log = f"{api}/{endpoint.id}/deliveries"
    first = client.get(f"{log}?per_page=2", headers=headers).json
    rest = client.get(f"{log}?per_page=2&cursor={first['next_cursor']}", headers=headers).json
    whole = client.get(f"{log}/{rest['data'][0]['id']}", headers=headers).json
    wrong = client.post(f"{api}/{endpoint.id}/replays", json={"since": "soon"}, headers=headers)
    since = (clock.now() - timedelta(hours=1)).isoformat()
    again = client.post(f"{api}/{endpoint.id}/replays", json={"since": since}, headers=headers)

    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (2, 1, None)
    assert whole["message"]["type"] == "code.created"
    assert [one["status"] for one in whole["attempts"]] == [500]
    assert (wrong.status_code, list(wrong.json["error"]["fields"])) == (422, ["since"])
    assert (again.status_code, again.json) == (202, {"count": 3})
    assert {one.state for one in deliveries_of(endpoint)} == {WAITING}


def test_log_is_forgotten_after_its_days_but_for_what_waits(
    people: People, receiver: Receiver
) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url)
    make_code(people.workspace)
    run_pump(receiver.pair)
    make_code(people.workspace)
    for delivery in deliveries_of(endpoint):
        delivery.message.created_at = clock.now() - timedelta(days=31)
    db.session.commit()
    gone = forget_old(30)

    assert gone == 1
    assert [one.state for one in db.session.scalars(select(Delivery))] == [WAITING]
    assert db.session.scalars(select(Attempt)).all() == []


def test_secret_is_kept_encrypted(people: People) -> None:
    assert SECRET not in make_endpoint(people.workspace, URL).secret


@on_both_databases
def test_request_that_caused_an_event_is_named_to_the_receiver_and_in_the_log(
    client: FormClient,
    people: People,
    at: str,
    api: str,
    headers: dict[str, str],
    receiver: Receiver,
) -> None:
    endpoint = make_endpoint(people.workspace, receiver.url, "code.created", "code.archived")
    made = client.post(
        api.replace("webhooks", "codes"),
        json={"name": "Menu", "destination_url": "https://cafe.example/menu"},
        headers={**headers, "X-Request-Id": "order-1047"},
    )
    archive_code(db.session.get_one(Code, made.get_json()["id"]), SYSTEM)
    db.session.commit()
    run_pump(receiver.pair)
    caused, alone = deliveries_of(endpoint)
    got = {one.message_id: one.headers for one in receiver.received}
    told = client.get(f"{api}/{endpoint.id}/deliveries/{caused.id}", headers=headers).get_json()
    page = client.get(f"{at}/{endpoint.id}/deliveries/{caused.id}").text
    found = client.get(f"{at}/{endpoint.id}?q=order-1047").text

    assert made.headers["X-Request-Id"] == "order-1047"
    assert got[caused.message_id]["x-request-id"] == "order-1047"
    assert "x-request-id" not in got[alone.message_id]
    assert told["request_id"] == "order-1047"
    assert "x-request-id: order-1047" in told["attempts"][0]["request_headers"]
    assert "Caused by the request" in page
    assert f"delivery-{caused.id}" in found
    assert f"delivery-{alone.id}" not in found


def test_event_of_a_job_names_the_request_that_left_the_job_behind(people: People) -> None:
    endpoint = make_endpoint(people.workspace, URL, "code.created")
    with structlog.contextvars.bound_contextvars(request_id="left-behind"):
        make_code(people.workspace)
    (delivery,) = deliveries_of(endpoint)

    assert delivery.message.request_id == "left-behind"
