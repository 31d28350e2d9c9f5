"""Answers that come as slowly as a test wants."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pitchbar.answers import answering
from pitchbar.answers.running import Running
from pitchbar.answers.turns import Answered, Part, Stage, Token, Turn
from tests.chat.widget import API, Event, Widget, read_events


@dataclass
class SlowAnswer:
    """Says a word for each time it is told to go on, and notes that it was closed."""

    words: tuple[str, ...] = ("One ", "two ", "three.")
    asked: list[Turn] = field(default_factory=list)
    goes_on: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    is_closed: threading.Event = field(default_factory=threading.Event)

    def __call__(self, turn: Turn, _running: Running) -> Iterator[Part]:
        self.asked.append(turn)
        try:
            yield Stage("searching")
            yield Stage("writing")
            for word in self.words:
                assert self.goes_on.acquire(timeout=10)
                yield Token(word)
            yield Answered("".join(self.words), "llm")
        finally:
            self.is_closed.set()


def slow_answer(monkeypatch: pytest.MonkeyPatch) -> SlowAnswer:
    made = SlowAnswer()
    monkeypatch.setattr(answering, "answer", made)
    return made


class OpenStream:
    """An answer of the API while it comes. The test's client waits for the first of it."""

    def __init__(self, widget: Widget, text: str = "Count!", **headers: Any) -> None:
        sent = {"Origin": widget.origin or "", "Authorization": f"Bearer {widget.token}", **headers}
        self._answer = widget.client.post(
            f"{API}/messages", json={"text": text}, headers=sent, buffered=False
        )
        self.status = self._answer.status_code
        self._chunks = iter(self._answer.iter_encoded())
        self.heard: list[Event] = []
        self.heartbeats = 0

    def hear_until(self, name: str) -> Event:
        """Reads on until an event of that name comes."""
        while True:
            self.hear_once()
            if found := next((one for one in self.heard if one.name == name), None):
                return found

    def hear_once(self) -> None:
        chunk = next(self._chunks)
        self.heartbeats += chunk.startswith(b":")
        self.heard += read_events(chunk)

    def hear_all(self) -> list[Event]:
        for chunk in self._chunks:
            self.heartbeats += chunk.startswith(b":")
            self.heard += read_events(chunk)
        return self.heard

    def leave(self) -> None:
        self._answer.close()
