"""ETags: a program asks again cheaply, and does not overwrite what it has not seen."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from pitchbar.codes import api as codes_api
from pitchbar.codes.models import Code
from pitchbar.codes.services import lock_code
from pitchbar.extensions import db
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_code, make_token
from tests.support.servers import on_both_databases


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Poster")


@pytest.fixture
def headers(people: People) -> dict[str, str]:
    return bearer(make_token(people.workspace))


@pytest.fixture
def base(people: People) -> str:
    return f"/api/v1/workspaces/{people.workspace.slug}"


@pytest.fixture
def url(base: str, code: Code) -> str:
    return f"{base}/codes/{code.id}"


@pytest.mark.parametrize(
    "path",
    ["", "/codes", "/codes/1", "/codes/1/qr.svg", "/codes/1/scans", "/codes/1/stats", "/tokens"],
)
@pytest.mark.usefixtures("code")
def test_every_read_has_a_strong_tag_and_answers_304_to_it(
    client: FormClient, base: str, headers: dict[str, str], path: str
) -> None:
    first = client.get(base + path, headers=headers)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    again = client.get(base + path, headers=headers | {"If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    assert again.headers["ETag"] == tag
    other = client.get(base + path, headers=headers | {"If-None-Match": '"another"'})
    assert (other.status_code, other.get_data()) == (200, first.get_data())


def test_read_may_be_kept_by_the_program_alone(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    answer = client.get(url, headers=headers)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer.headers["Vary"]
    assert client.get(url).headers["Cache-Control"] == "no-store, private"


def test_head_carries_the_tag_without_a_body(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    head = client.head(url, headers=headers)
    assert (head.status_code, head.get_data()) == (200, b"")
    assert head.headers["ETag"] == client.get(url, headers=headers).headers["ETag"]


def test_304_does_not_replace_the_question_for_a_token(client: FormClient, url: str) -> None:
    assert client.get(url, headers={"If-None-Match": "*"}).status_code == 401


@on_both_databases
def test_tag_of_a_change_is_that_of_the_next_read(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    before = client.get(url, headers=headers).headers["ETag"]
    changed = client.patch(url, json={"name": "Flyer"}, headers=headers)
    assert changed.headers["ETag"] != before
    assert client.get(url, headers=headers).headers["ETag"] == changed.headers["ETag"]


@on_both_databases
def test_change_of_the_state_that_was_seen_goes_through(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    for name in ("First", "Second"):
        tag = client.get(url, headers=headers).headers["ETag"]
        answer = client.patch(url, json={"name": name}, headers=headers | {"If-Match": tag})
        assert answer.status_code == 200


@pytest.mark.parametrize("method", ["patch", "delete"])
@pytest.mark.parametrize("tag", ['"another"', 'W/"weak"', "nonsense", '""'])
def test_other_state_than_the_one_seen_is_left_alone(
    client: FormClient, url: str, headers: dict[str, str], method: str, tag: str
) -> None:
    ask: Callable[..., TestResponse] = getattr(client, method)
    answer = ask(url, json={"name": "Flyer"}, headers=headers | {"If-Match": tag})
    assert answer.status_code == 412
    assert answer.get_json()["error"]["code"] == "precondition_failed"
    assert client.get(url, headers=headers).get_json()["name"] == "Poster"


def test_star_fits_whatever_is_there_and_nothing_that_is_not(
    client: FormClient, url: str, headers: dict[str, str]
) -> None:
    any_state = headers | {"If-Match": "*"}
    assert client.patch(url, json={"name": "Flyer"}, headers=any_state).status_code == 200
    assert client.patch(f"{url}9", json={"name": "Flyer"}, headers=any_state).status_code == 404


@on_both_databases
def test_of_two_changes_at_once_one_is_refused(
    app: Flask,
    client: FormClient,
    url: str,
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both have read the same state, and compared it, before either writes."""
    tag = client.get(url, headers=headers).headers["ETag"]
    both_compared = threading.Barrier(2)

    def lock_when_both_are_here(code: Code) -> bool:
        both_compared.wait(5)
        return lock_code(code)

    monkeypatch.setattr(codes_api, "lock_code", lock_when_both_are_here)
    statuses: list[int] = []

    def change(name: str) -> None:
        answer = app.test_client().patch(
            url, json={"name": name}, headers=headers | {"If-Match": tag}
        )
        statuses.append(answer.status_code)

    db.session.commit()
    threads = [threading.Thread(target=change, args=(name,)) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
    assert sorted(statuses) == [200, 412]
