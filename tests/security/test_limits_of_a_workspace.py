"""Nobody takes more than their share: codes of a plan, tokens, API requests, live sockets."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import find_person_by_email
from pitchbar.codes.models import Code
from pitchbar.codes.queries import count_active_codes
from pitchbar.core.sockets import SocketSlots
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import PlanLimitReached, require_room
from pitchbar.workspaces.plans import CODES, PLANS
from pitchbar.workspaces.tokens.queries import count_tokens
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import bearer, make_code, make_person, make_token, make_workspace
from tests.support.servers import on_both_databases

DESTINATION = "https://destination.example/"


@pytest.fixture
def full(app: Flask) -> Workspace:
    """Free, with its five codes."""
    workspace = make_workspace(make_person(email="owner@pitchbar.example"))
    for _ in range(5):
        make_code(workspace)
    return workspace


def _owner() -> Person:
    owner = find_person_by_email("owner@pitchbar.example")
    assert owner is not None
    return owner


@pytest.fixture
def api(client: FormClient, full: Workspace) -> Callable[..., tuple[int, dict[str, object]]]:
    headers = bearer(make_token(full))

    def call(method: str, path: str, **body: object) -> tuple[int, dict[str, object]]:
        url = f"/api/v1/workspaces/{full.slug}/codes{path}"
        answer = client.open(url, method=method, json=body, headers=headers)
        return answer.status_code, answer.get_json()

    return call


def test_program_is_told_that_the_plan_is_full(
    api: Callable[..., tuple[int, dict[str, object]]], full: Workspace
) -> None:
    status, answer = api("POST", "", name="One more", destination_url=DESTINATION)
    assert status == 402
    error = answer["error"]
    assert isinstance(error, dict)
    assert (error["code"], error["limit"], error["count"]) == ("plan_limit", 5, 5)
    assert "All 5 active codes of the Free plan are in use." in error["message"]
    assert count_active_codes(full) == 5


def test_archived_code_needs_room_only_when_it_comes_back(
    api: Callable[..., tuple[int, dict[str, object]]], full: Workspace
) -> None:
    status, made = api("POST", "", name="Later", destination_url=DESTINATION, status="archived")
    assert (status, made["status"]) == (201, "archived")
    assert api("PATCH", f"/{made['id']}", status="active")[0] == 402
    assert api("PATCH", f"/{made['id']}", name="Renamed")[0] == 200
    other = db.session.query(Code).filter_by(workspace_id=full.id, status="active").first()
    assert other is not None
    assert api("PATCH", f"/{other.id}", status="active", name="Still active")[0] == 200
    assert api("PATCH", f"/{other.id}", status="archived")[0] == 200
    assert api("PATCH", f"/{made['id']}", status="active")[0] == 200


def test_person_is_told_at_the_form_and_keeps_what_was_typed(
    client: FormClient, full: Workspace
) -> None:
    sign_in(client, _owner())
    form = {"name": "One more poster", "destination_url": DESTINATION}
    answer = client.submit(f"/w/{full.slug}/codes", form)
    assert answer.status_code == 402
    assert "All 5 active codes of the Free plan are in use." in answer.text
    assert "One more poster" in answer.text
    assert count_active_codes(full) == 5


def test_person_is_told_when_a_code_cannot_come_back(client: FormClient, full: Workspace) -> None:
    sign_in(client, _owner())
    code = db.session.query(Code).filter_by(workspace_id=full.id).first()
    assert code is not None
    place = f"/w/{full.slug}/codes/{code.id}"
    client.submit(f"{place}/archival")
    make_code(full)
    answer = client.submit(f"{place}/restoration")
    assert answer.status_code == 303
    assert "All 5 active codes" in client.get(place).text
    assert count_active_codes(full) == 5


def test_what_is_over_the_limit_stays(app: Flask) -> None:
    workspace = make_workspace(plan="starter")
    codes = [make_code(workspace) for _ in range(7)]
    workspace.plan = "free"
    db.session.commit()
    assert count_active_codes(workspace) == 7
    with pytest.raises(PlanLimitReached) as caught:
        make_code(workspace)
    assert caught.value.details == {"limit": 5, "count": 7, "limit_name": "codes"}
    db.session.rollback()
    assert codes[0].status == "active"


def test_largest_plan_has_no_limit_and_an_unknown_one_is_free() -> None:
    assert PLANS["scale"].codes is None
    require_room("scale", CODES, lambda: 1_000_000)
    with pytest.raises(PlanLimitReached):
        require_room("no longer sold", CODES, lambda: 5)


def at_once(app: Flask, count: int, act: Callable[[], object]) -> int:
    """Does it in as many threads, each on its own connection; returns how many were refused."""
    ready, refused = threading.Barrier(count), []

    def run() -> None:
        with app.app_context():
            ready.wait(20)
            try:
                act()
            except Exception as error:
                refused.append(error)
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    return len(refused)


@on_both_databases
def test_last_place_goes_to_one(app: Flask) -> None:
    workspace = make_workspace()
    for _ in range(4):
        make_code(workspace)
    workspace_id = workspace.id
    db.session.commit()
    refused = at_once(app, 4, lambda: make_code(db.session.get_one(Workspace, workspace_id)))
    assert refused == 3
    assert count_active_codes(workspace) == 5


@pytest.mark.settings(tokens_per_workspace=3)
def test_a_workspace_has_so_many_tokens_and_no_more(client: FormClient) -> None:
    person = make_person()
    workspace = make_workspace(person)
    headers = bearer(make_token(workspace))
    make_token(workspace)
    sign_in(client, person)
    form = {"name": "third", "scope": "read"}
    place = f"/w/{workspace.slug}/tokens"
    assert client.submit(place, form).status_code == 303
    refused = client.submit(place, {**form, "name": "fourth"})
    assert refused.status_code == 422
    assert "A workspace has 3 tokens at most." in refused.text
    assert "fourth" in refused.text
    answer = client.post(f"/api/v1/workspaces/{workspace.slug}/tokens", json=form, headers=headers)
    assert answer.status_code == 422
    error = answer.get_json()["error"]
    assert (error["code"], error["limit"], error["count"]) == ("too_many_tokens", 3, 3)
    assert count_tokens(workspace) == 3


@pytest.mark.settings(
    ratelimit_enabled=True, ratelimit_api="3/minute", ratelimit_api_workspace="5/minute"
)
def test_more_tokens_are_no_more_budget(client: FormClient) -> None:
    workspace, other = make_workspace(), make_workspace()

    def statuses(place: Workspace) -> list[int]:
        headers = bearer(make_token(place))
        url = f"/api/v1/workspaces/{place.slug}"
        return [client.get(url, headers=headers).status_code for _ in range(4)]

    assert statuses(workspace) == [200, 200, 200, 429]
    assert statuses(workspace) == [200, 200, 429, 429]
    assert statuses(workspace) == [429] * 4
    assert statuses(other) == [200, 200, 200, 429]


def test_one_person_leaves_sockets_for_others() -> None:
    slots = SocketSlots()
    assert [slots.take("person:1", 4, 2) for _ in range(3)] == [True, True, False]
    assert [slots.take("person:2", 4, 2) for _ in range(3)] == [True, True, False]
    assert not slots.take("person:3", 4, 2)
    slots.give_back("person:1")
    assert slots.take("person:3", 4, 2)
