"""The fake of the widget API says what the API says: the same names, in the same kinds."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pitchbar.chat.asking import done_of
from pitchbar.chat.models import Message
from pitchbar.chat.payloads import AgentBody, MessageList, Started
from pitchbar.chat.visitor_payloads import KeptLead, RequestedPerson
from tests.chat.widget import Event, read_events
from tests.support.widget_answers import REFUSED, Said, failed
from tests.support.widget_api import API, FakeApi, fake_api

SHOP = {"Origin": "https://shop.example"}


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with fake_api() as api:
        yield api


def call(api: FakeApi, method: str, name: str, **options: Any) -> httpx.Response:
    headers = {**SHOP, **options.pop("headers", {})}
    return httpx.request(method, f"{api.url}{API}/{name}", headers=headers, **options)


def ask(api: FakeApi, **headers: str) -> list[Event]:
    heard = b""
    sent = {**SHOP, **headers}
    url = f"{api.url}{API}/messages"
    with httpx.stream("POST", url, json={"text": "How long?"}, headers=sent) as answer:
        try:
            for piece in answer.iter_raw():
                heard += piece
        except httpx.TransportError:
            pass
    return list(read_events(heard))


def test_answers_have_the_names_of_the_api(api: FakeApi) -> None:
    ask(api)
    Started.model_validate(call(api, "POST", "init", json={"agent": "ag_1"}).json())
    AgentBody.model_validate(call(api, "GET", "look?agent=ag_1").json()["agent"])
    found = MessageList.model_validate(call(api, "GET", "messages").json())
    assert [one.role for one in found.messages] == ["visitor", "agent"]
    kept = call(api, "POST", "leads", json={"email": "ada@mail.example"})
    assert kept.status_code == 201
    KeptLead.model_validate(kept.json())
    RequestedPerson.model_validate(call(api, "POST", "request-human").json())


def test_stream_has_the_events_of_the_api(api: FakeApi) -> None:
    api.answers += [Said().steps(), REFUSED.steps(), failed()]
    start, *stages, done = ask(api)
    assert start.name == "start"
    assert set(start.data) == {"conversation_id", "question_id", "message_id"}
    assert [one.name for one in stages] == ["stage", "stage", *["token"] * 7]
    assert set(done.data) == set(done_of(Message(citations=[], offers=[])))
    assert ask(api)[-1].data["offers"] == ["person", "lead_form"]
    assert ask(api)[-1].name == "error"


def test_cut_stream_goes_on_behind_the_event_that_was_heard(api: FakeApi) -> None:
    api.answers.append(Said("One two three.", citations=()).cut_after(1))
    heard = ask(api)
    assert [one.data.get("text") for one in heard if one.name == "token"] == ["One "]
    rest = ask(api, **{"Last-Event-ID": heard[-1].id})
    assert [one.data["text"] for one in rest] == ["two ", "three.", "One two three."]


def test_refusals_come_as_often_as_was_said(api: FakeApi) -> None:
    api.refuse("init", 429, "rate_limited", headers={"Retry-After": "7"})
    api.refuse("init", 403, "origin_not_allowed", is_readable=False)
    first, second, third = (call(api, "POST", "init", json={}) for _ in range(3))
    assert (first.status_code, first.headers["Retry-After"]) == (429, "7")
    assert second.status_code == 403
    assert "Access-Control-Allow-Origin" not in second.headers
    assert third.status_code == 200
    api.stop()
    with pytest.raises(httpx.ConnectError):
        call(api, "GET", "messages")
    api.start()
    assert call(api, "GET", "messages").status_code == 200
