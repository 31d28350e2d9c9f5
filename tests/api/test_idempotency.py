"""`Idempotency-Key`: one effect and one answer, also when both requests come at once."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from pitchbar.api import idempotency
from pitchbar.api.idempotency import purge_stored_responses
from pitchbar.api.models import StoredResponse
from pitchbar.codes import api as codes_api
from pitchbar.codes.models import Code
from pitchbar.codes.services import create_code
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.support.browsing import FormClient
from tests.support.factories import People, bearer, make_token
from tests.support.servers import on_both_databases, on_postgresql

BODY = {"name": "Poster", "destination_url": "https://destination.example/"}


class Program:
    """Posts codes with one token."""

    def __init__(self, client: FormClient, people: People) -> None:
        self._client = client
        self.url = f"/api/v1/workspaces/{people.workspace.slug}/codes"
        self.headers = bearer(make_token(people.workspace))

    def post(self, key: str | None = "first", **more: Any) -> TestResponse:
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        return self._client.post(self.url, **{"json": BODY, "headers": headers, **more})


@pytest.fixture
def program(client: FormClient, people: People) -> Program:
    return Program(client, people)


def count_codes() -> int:
    return db.session.scalar(select(func.count()).select_from(Code)) or 0


@on_both_databases
def test_repeated_request_gets_the_first_response(program: Program) -> None:
    first, again = program.post(), program.post()
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_data() == again.get_data()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count_codes() == 1


def test_requests_without_a_key_each_have_their_effect(program: Program) -> None:
    assert {program.post(None).status_code for _ in range(2)} == {201}
    assert count_codes() == 2


@on_both_databases
def test_other_body_under_the_same_key_is_refused(program: Program) -> None:
    program.post()
    other = program.post(json=BODY | {"name": "Flyer"})
    assert other.status_code == 422
    assert other.get_json()["error"]["code"] == "idempotency_key_reused"
    assert "Idempotency-Key" in other.get_json()["error"]["fields"]
    assert count_codes() == 1


def test_other_address_under_the_same_key_is_refused(program: Program, client: FormClient) -> None:
    program.post()
    url = program.url.replace("/codes", "/tokens")
    headers = program.headers | {"Idempotency-Key": "first"}
    answer = client.post(url, json={"name": "Report", "scope": "read"}, headers=headers)
    assert answer.get_json()["error"]["code"] == "idempotency_key_reused"


def test_keys_of_different_tokens_are_apart(client: FormClient, people: People) -> None:
    answers = [Program(client, people).post() for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert "Idempotent-Replayed" not in answers[1].headers
    assert count_codes() == 2


@on_both_databases
def test_refused_request_leaves_its_key_free(program: Program) -> None:
    taken = {"short_code": "taken"}
    program.post("other", json=BODY | taken)
    assert program.post(json=BODY | taken).status_code == 422
    assert program.post().status_code == 201
    assert count_codes() == 2


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "schlüssel"])
def test_key_that_cannot_be_one_is_named(program: Program, key: str) -> None:
    answer = program.post(key)
    assert answer.status_code == 422
    assert list(answer.get_json()["error"]["fields"]) == ["Idempotency-Key"]
    assert count_codes() == 0


def test_secret_of_a_new_token_comes_again_but_is_stored_nowhere(
    program: Program, client: FormClient
) -> None:
    url = program.url.replace("/codes", "/tokens")
    headers = program.headers | {"Idempotency-Key": "token"}
    body = {"name": "Report", "scope": "read"}
    first, again = (client.post(url, json=body, headers=headers) for _ in range(2))
    assert first.get_json()["secret"] == again.get_json()["secret"]
    kept = db.session.scalars(select(StoredResponse)).one()
    assert first.get_json()["secret"] not in kept.body


class TestTime:
    def later(self, monkeypatch: pytest.MonkeyPatch, **time_passed: float) -> None:
        at = clock.now() + timedelta(**time_passed)
        monkeypatch.setattr(clock, "now", lambda: at)

    @on_both_databases
    def test_key_is_kept_for_a_day_and_then_free(
        self, program: Program, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program.post()
        with monkeypatch.context() as patch:
            self.later(patch, hours=23, minutes=59)
            assert program.post().headers["Idempotent-Replayed"] == "true"
        self.later(monkeypatch, hours=24, minutes=1)
        again = program.post(json=BODY | {"name": "Another day"})
        assert again.status_code == 201
        assert again.get_json()["name"] == "Another day"
        assert program.post(json=BODY | {"name": "Another day"}).get_data() == again.get_data()
        assert count_codes() == 2

    @on_both_databases
    def test_purge_removes_what_has_passed_its_time(
        self, program: Program, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program.post("old")
        self.later(monkeypatch, hours=13)
        program.post("new")
        assert purge_stored_responses(settings) == 0
        self.later(monkeypatch, hours=12)
        assert purge_stored_responses(settings) == 1
        assert [one.key for one in db.session.scalars(select(StoredResponse))] == ["new"]

    @pytest.mark.settings(idempotency_hours=1)
    def test_setting_says_how_long(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        program.post()
        self.later(monkeypatch, hours=1, minutes=1)
        assert "Idempotent-Replayed" not in program.post().headers


class TestTwoAtOnce:
    @pytest.fixture
    def gate(self, monkeypatch: pytest.MonkeyPatch) -> Iterator["Gate"]:
        gate = Gate()
        monkeypatch.setattr(codes_api, "create_code", gate.around(create_code))
        yield gate
        gate.open.set()

    @on_both_databases
    def test_second_waits_and_gets_the_answer_of_the_first(
        self, app: Flask, program: Program, gate: "Gate"
    ) -> None:
        first = Call(app, program)
        assert gate.entered.wait(5)
        second = Call(app, program)
        time.sleep(0.3)
        assert second.is_alive(), "the second must wait for the first"
        gate.open.set()
        assert first.answer().status_code == second.answer().status_code == 201
        assert first.answer().get_data() == second.answer().get_data()
        assert second.answer().headers["Idempotent-Replayed"] == "true"
        assert (count_codes(), gate.calls) == (1, 1)

    @on_both_databases
    def test_second_does_the_work_when_the_first_fails(
        self, app: Flask, program: Program, gate: "Gate"
    ) -> None:
        gate.first_fails = True
        first = Call(app, program)
        assert gate.entered.wait(5)
        second = Call(app, program)
        time.sleep(0.2)
        gate.open.set()
        assert (first.answer().status_code, second.answer().status_code) == (500, 201)
        assert count_codes() == 1

    @on_postgresql
    def test_first_that_takes_very_long_is_a_conflict(
        self, app: Flask, program: Program, gate: "Gate", monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idempotency, "WAIT_SECONDS", 1)
        first = Call(app, program)
        assert gate.entered.wait(5)
        second = Call(app, program).answer()
        assert second.status_code == 409
        assert second.get_json()["error"]["code"] == "in_progress"
        assert second.headers["Retry-After"] == "1"
        gate.open.set()
        assert first.answer().status_code == 201
        assert count_codes() == 1


class Gate:
    """Holds the first call of a function inside until it is opened."""

    def __init__(self) -> None:
        self.entered, self.open = threading.Event(), threading.Event()
        self.calls, self.first_fails = 0, False

    def around(self, function: Any) -> Any:
        def held(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            is_first = self.calls == 1
            self.entered.set()
            assert self.open.wait(10)
            if is_first and self.first_fails:
                raise RuntimeError("the first fails on purpose")
            return function(*args, **kwargs)

        return held


class Call(threading.Thread):
    """A request in a thread, with a database connection of its own."""

    def __init__(self, app: Flask, program: Program) -> None:
        super().__init__(daemon=True)
        db.session.commit()
        self._app, self._program = app, program
        self._answer: TestResponse | None = None
        self.start()

    def run(self) -> None:
        headers = self._program.headers | {"Idempotency-Key": "first"}
        client = self._app.test_client()
        self._answer = client.post(self._program.url, json=BODY, headers=headers)

    def answer(self) -> TestResponse:
        self.join(15)
        assert self._answer is not None
        return self._answer
