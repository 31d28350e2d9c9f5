"""A fake of the widget API on this machine, for faults that the real one cannot be made to show.

It speaks what `/api/docs` says, serves the built widget, and does what the test tells it:

    api.answers.append(Said("Yes.").cut_after(1))      # the next answer is cut after a word
    api.refuse("init", 500)                            # the next call of init fails
    api.let_go("answer")                               # what holds on goes on
"""

import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pitchbar.chat.payloads import GROUNDS
from pitchbar.core.colours import tones
from pitchbar.widget.look_words import LookWords
from tests.support.loopback import Answer, LoopbackServer, Request
from tests.support.widget_answers import (
    Cut,
    Event,
    Hold,
    Said,
    Silence,
    Step,
    encode,
    message,
    with_ids,
)
from tests.support.widget_files import widget_file

API = "/api/v1/widget"
CONVERSATION = "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21"
AGENT: dict[str, Any] = {
    "id": "ag_3f9d2c7b1a5e8f604d21",
    "name": "Nora",
    "greeting": "Hello. What would you like to know?",
    "starters": ["How long do refunds take?", "When are you open?"],
    "language": "en",
    "theme": "auto",
    "accent": "#0b7a5c",
    "position": "right",
    "launcher_icon": "message",
    "launcher_label": "",
    "offers": ["person", "lead_form"],
    "lead_form": {"asks_name": True, "asks_phone": False, "intro": ""},
    "consent": None,
}
_ALLOWED = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
    "Access-Control-Max-Age": "600",
}
_EXPOSED = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id"


@dataclass(frozen=True)
class Refusal:
    """`is_readable`: whether the page is let in, and its script may read why."""

    status: int
    code: str
    headers: dict[str, str]
    is_readable: bool = True
    fields: dict[str, str] = field(default_factory=dict)

    def answer(self) -> Answer:
        said = {"code": self.code, "message": f"Refused: {self.code}.", "fields": self.fields}
        return Answer(self.status, json.dumps({"error": said}).encode(), headers=self.headers)


class FakeApi:
    """`calls` are the requests that came, but for preflights; `answers` what is said next, one for
    each question, else `usual`.
    """

    def __init__(self) -> None:
        self.agent: dict[str, Any] = dict(AGENT)
        self.triggers: list[dict[str, Any]] = []
        self.is_open = True
        # Who of the team has joined, and whether somebody is waited for.
        self.person: dict[str, Any] | None = None
        self.is_waiting = False
        self.status = "open"
        self.restricted: list[str] = []
        self.history: list[dict[str, Any]] = []
        self.answers: list[list[Step]] = []
        self.usual: list[Step] = Said().steps()
        self.calls: list[Request] = []
        self._refusals: dict[str, list[Refusal]] = {}
        self._gates: dict[str, threading.Event] = {}
        self._turns: dict[str, list[Step]] = {}
        self._tokens = itertools.count(1)
        self._server = LoopbackServer(self._handle)
        self.url = self._server.url

    # What a test tells it.

    def refuse(
        self,
        call: str,
        status: int,
        code: str = "failed",
        *,
        times: int = 1,
        headers: dict[str, str] | None = None,
        is_readable: bool = True,
        fields: dict[str, str] | None = None,
    ) -> None:
        """The next calls of that name (`init`, `look`, `messages`, …)."""
        refusal = Refusal(status, code, headers or {}, is_readable, fields or {})
        self._refusals.setdefault(call, []).extend([refusal] * times)

    def hold(self, name: str) -> None:
        self._gates[name] = threading.Event()

    def let_go(self, name: str = "answer") -> None:
        self._gate(name).set()

    def stop(self) -> None:
        """As a server that is gone: nobody listens at its address."""
        self._server.stop()

    def start(self) -> None:
        """At the same address again."""
        self._server.start()

    def named(self, call: str) -> list[Request]:
        return [one for one in self.calls if one.path == f"{API}/{call}"]

    def say(self, role: Any, text: str, **values: Any) -> dict[str, Any]:
        """Adds to the history, as somebody of the team does in the inbox."""
        said = message(role, text, datetime.now(UTC).isoformat(), **values)
        self.history.append(said)
        return said

    # What it answers.

    def _handle(self, request: Request) -> Answer:
        path = request.path
        if path.startswith("/widget/"):
            return widget_file(
                path.removeprefix("/widget/"), request.headers.get("Accept-Encoding", "")
            )
        origin = request.headers.get("Origin", "")
        if request.method == "OPTIONS":
            return Answer(204, headers={"Access-Control-Allow-Origin": origin, **_ALLOWED})
        self.calls.append(request)
        call = path.removeprefix(f"{API}/")
        waiting = self._refusals.get(call, [])
        refusal = waiting.pop(0) if waiting else None
        answer = refusal.answer() if refusal else self._answer(call, request)
        if refusal is None or refusal.is_readable:
            answer.headers |= {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Expose-Headers": _EXPOSED,
                "Vary": "Origin",
            }
        return answer

    def _answer(self, call: str, request: Request) -> Answer:
        if "Last-Event-ID" in request.headers:
            return self._stream(request)
        known: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "look"): self._look,
            ("POST", "init"): lambda _: self._started(self.history[-30:]),
            ("POST", "clear"): self._clear,
            ("POST", "messages"): self._stream,
            ("GET", "messages"): self._list,
            ("POST", "leads"): self._lead,
            ("POST", "request-human"): self._ask_for_person,
            ("POST", "events"): lambda _: Answer(204),
            ("POST", "satisfaction"): lambda _: Answer(204),
            ("DELETE", "me"): lambda _: Answer(204),
        }
        found = known.get((request.method, call))
        return found(request) if found else Refusal(404, "not_found", {}).answer()

    def _look(self, request: Request) -> Answer:
        if request.query.get("path") in self.restricted:
            return Refusal(403, "path_restricted", {}).answer()
        language = self.agent["language"] or request.query.get("language") or "en"
        look = {"agent": self._body(), "language": language}
        words = LookWords.of(language).model_dump()
        return _json({**look, "words": words, "triggers": self.triggers, "is_open": self.is_open})

    def _clear(self, _request: Request) -> Answer:
        self.history = []
        return self._started([])

    def _list(self, request: Request) -> Answer:
        """Waits as the real one does, for a message or another state."""
        until = time.monotonic() + float(request.query.get("wait") or 0)
        last, state = request.query.get("after"), request.query.get("state", "")
        while (
            time.monotonic() < until
            and not self._server.over.is_set()
            and not self._after(last)
            and state == self._state()
        ):
            self._server.over.wait(0.02)
        return _json(
            {
                "messages": self._after(last),
                "status": self.status,
                "person": self.person,
                "is_waiting": self.is_waiting,
                "state": self._state(),
            }
        )

    def _state(self) -> str:
        person = self.person or {"name": "", "is_typing": False}
        return f"{person['name']}.{person['is_typing']:d}.{self.is_waiting:d}"

    def _ask_for_person(self, _request: Request) -> Answer:
        self.is_waiting = self.is_open
        return _json({"requested_at": datetime.now(UTC).isoformat(), "is_open": self.is_open})

    def _started(self, messages: list[dict[str, Any]]) -> Answer:
        return _json(
            {
                "token": f"token-{next(self._tokens)}",
                "expires_in": 3600,
                "visitor": "5b0a5a2e5d9c4c4f9d2f6a1b7c8d9e0f.9f2b41c07de35a6688e1d4",
                "conversation_id": CONVERSATION,
                "agent": self._body(),
                "messages": messages,
            }
        )

    def _body(self) -> dict[str, Any]:
        return {**self.agent, "tones": tones(self.agent["accent"], *GROUNDS)}

    def _after(self, last: str | None) -> list[dict[str, Any]]:
        ids = [one["id"] for one in self.history]
        return self.history[ids.index(last) + 1 :] if last in ids else self.history[-30:]

    def _lead(self, request: Request) -> Answer:
        if "@" not in request.json["email"]:
            said = {"email": "This is not an e-mail address."}
            return Refusal(422, "invalid", {}, fields=said).answer()
        return _json({"id": 7, "captured_at": datetime.now(UTC).isoformat()}, 201)

    def _stream(self, request: Request) -> Answer:
        turn, _, heard = request.headers.get("Last-Event-ID", "").partition(".")
        if turn:
            steps, after = self._turns[turn], int(heard)
        else:
            turn, steps, after = *self._begin(request.json["text"]), 0
        return Answer(200, self._speak(turn, steps, after), "text/event-stream")

    def _begin(self, text: str) -> tuple[str, list[Step]]:
        asked = self.say("visitor", text)
        turn = str(uuid.uuid4())
        script = self.answers.pop(0) if self.answers else self.usual
        steps = with_ids(script, CONVERSATION, asked["id"], turn)
        self._turns[turn.replace("-", "")] = steps
        last = steps[-1]
        if isinstance(last, Event) and last.name == "done" and last.data["mode"] != "person":
            kept = {name: last.data[name] for name in ("citations", "mode", "offers")}
            self.say("agent", last.data["text"], id=turn, **kept)
        return turn.replace("-", ""), steps

    def _speak(self, turn: str, steps: list[Step], after: int) -> Iterator[bytes]:
        """A cut holds only for who has not heard what comes before it."""
        number = 0
        for step in steps:
            if isinstance(step, Event):
                number += 1
                if number > after:
                    yield encode(turn, number, step)
            elif number < after or (isinstance(step, Cut) and number == after and after):
                continue
            elif isinstance(step, Hold):
                self._gate(step.name).wait(20)
            elif isinstance(step, Silence):
                self._server.over.wait(20)
            elif step.is_clean:
                return
            else:
                # What was said is to arrive: browsers drop what they have not read by then.
                self._server.over.wait(0.1)
                raise ConnectionAbortedError

    def _gate(self, name: str) -> threading.Event:
        return self._gates.setdefault(name, threading.Event())


def _json(values: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, json.dumps(values, ensure_ascii=False).encode())


@contextmanager
def fake_api() -> Iterator[FakeApi]:
    api = FakeApi()
    api.start()
    try:
        yield api
    finally:
        for name in list(api._gates):
            api.let_go(name)
        api.stop()
