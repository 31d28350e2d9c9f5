"""The widget as tests speak for it: a page of a customer, whose visitor asks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from werkzeug.test import TestResponse

from pitchbar.agents.models import Agent
from tests.support.browsing import FormClient

SHOP = "https://shop.example"
API = "/api/v1/widget"


@dataclass(frozen=True)
class Event:
    id: str
    name: str
    data: dict[str, Any]


@dataclass
class Widget:
    """In one browser, on one page; `init` first."""

    client: FormClient
    agent: Agent
    origin: str | None = SHOP
    page_url: str = f"{SHOP}/cups"
    token: str = ""
    visitor: str = ""
    conversation_id: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def init(self, **values: Any) -> TestResponse:
        body = {"agent": self.agent.public_id, "page_url": self.page_url, **values}
        answer = self.send("POST", "/init", body)
        if answer.status_code == 200:
            found = answer.get_json()
            self.token, self.visitor = found["token"], found["visitor"]
            self.conversation_id = found["conversation_id"]
        return answer

    def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        sent = {**self.headers, **({"Origin": self.origin} if self.origin else {})}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent |= headers or {}
        given = {} if body is None else {"json": body}
        return self.client.open(f"{API}{path}", method=method, headers=sent, **given)

    def ask(self, text: str, **more: Any) -> list[Event]:
        """Sends a message and hears all of its answer."""
        answer = self.send("POST", "/messages", {"text": text, **more})
        assert answer.status_code == 200, answer.text
        return list(read_events(answer.get_data()))

    def messages(self, after: str = "") -> list[dict[str, Any]]:
        answer = self.send("GET", f"/messages?after={after}" if after else "/messages")
        found: list[dict[str, Any]] = answer.get_json()["messages"]
        return found


def read_events(stream: bytes) -> Iterator[Event]:
    for block in stream.split(b"\n\n"):
        lines = dict(
            line.split(b": ", 1)
            for line in block.split(b"\n")
            if not line.startswith(b":") and line
        )
        if lines:
            yield Event(
                lines[b"id"].decode(), lines[b"event"].decode(), orjson.loads(lines[b"data"])
            )


def error_code(answer: TestResponse) -> str:
    """Of a refusal, in the one form that errors have."""
    error = answer.get_json()["error"]
    assert error["message"]
    code: str = error["code"]
    return code
