from typing import Any

from flask import Flask

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.webhooks.replaying import send_test
from tests.support.factories import People
from tests.webhooks.factories import make_endpoint


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    endpoint = make_endpoint(people.workspace, "https://receiver.example.com/hooks")
    delivery_id = send_test(people.workspace, endpoint, SYSTEM)
    db.session.commit()
    return {"webhook_id": endpoint.id, "delivery_id": delivery_id}
