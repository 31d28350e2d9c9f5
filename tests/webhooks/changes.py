from typing import Any

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.webhooks.health import switch_off
from pitchbar.webhooks.replaying import send_test
from tests.support.changes import Change
from tests.support.factories import People
from tests.webhooks.factories import make_endpoint

_URL = "https://receiver.example.com/hooks"
_NEW = {"url": _URL, "events": ["code.created"]}


def _endpoint(people: People) -> dict[str, Any]:
    return {"webhook_id": make_endpoint(people.workspace, _URL).id}


def _off(people: People) -> dict[str, Any]:
    endpoint = make_endpoint(people.workspace, _URL)
    switch_off(endpoint)
    db.session.commit()
    return {"webhook_id": endpoint.id}


def _delivery(people: People) -> dict[str, Any]:
    endpoint = make_endpoint(people.workspace, _URL)
    delivery_id = send_test(people.workspace, endpoint, SYSTEM)
    db.session.commit()
    return {"webhook_id": endpoint.id, "delivery_id": delivery_id}


_API = "/api/v1/workspaces/<slug>/webhooks"
_ONE = f"{_API}/<int:webhook_id>"
_PAGE = "/w/<slug>/webhooks/<int:webhook_id>"
_DELIVERY = "deliveries/<int:delivery_id>/replay"

CHANGES = {
    f"POST {_API}": Change(_NEW),
    f"PATCH {_ONE}": Change({"events": ["code.archived"]}, parts=_endpoint),
    f"DELETE {_ONE}": Change(parts=_endpoint),
    f"POST {_ONE}/rotation": Change(parts=_endpoint),
    f"POST {_ONE}/tests": Change(parts=_endpoint),
    f"POST {_ONE}/replays": Change({"since": "2026-01-01T00:00:00Z"}, parts=_endpoint),
    f"POST {_ONE}/{_DELIVERY}": Change(parts=_delivery),
    "POST /w/<slug>/webhooks": Change(_NEW),
    f"POST {_PAGE}": Change({"url": _URL, "events": ["code.archived"]}, parts=_endpoint),
    f"POST {_PAGE}/rotation": Change(parts=_endpoint),
    f"POST {_PAGE}/activation": Change(parts=_off),
    f"POST {_PAGE}/pause": Change(parts=_endpoint),
    f"POST {_PAGE}/removal": Change(parts=_endpoint),
    f"POST {_PAGE}/tests": Change(parts=_endpoint),
    f"POST {_PAGE}/replays": Change({"hours": "24"}, parts=_endpoint),
    f"POST {_PAGE}/{_DELIVERY}": Change(parts=_delivery),
}
