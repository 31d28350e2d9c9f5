"""From an event to the receiver: who gets it, how it is signed, and when it is tried again."""

from standardwebhooks import Webhook

from pitchbar.webhooks.models import DELIVERED
from tests.support.factories import People, make_code
from tests.support.receivers import Receiver
from tests.support.servers import on_both_databases
from tests.webhooks.factories import (
    SECRET,
    attempts_of,
    deliveries_of,
    make_endpoint,
    run_pump,
)


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
