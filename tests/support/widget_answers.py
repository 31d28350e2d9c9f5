"""What a fake of the widget API says: answers, piece by piece, with what can go wrong in them."""

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

SOURCE = "https://shop.example/refunds"
QUOTE = "Money comes back within fourteen days."


@dataclass(frozen=True)
class Event:
    """One event of the stream."""

    name: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Cut:
    """The connection ends here: broken off, or, when `is_clean`, as if all had been said. Whoever
    asks again with the last event's id hears the rest.
    """

    is_clean: bool = False


@dataclass(frozen=True)
class Hold:
    """Nothing more is said until the test lets go of that name."""

    name: str = "answer"


@dataclass(frozen=True)
class Silence:
    """Nothing more is said at all, nor is the connection closed, until it is."""


Step = Event | Cut | Hold | Silence


def citation(n: int = 1, url: str = "", title: str = "Refunds", quote: str = QUOTE) -> Any:
    """As the API gives it: the address opens the source at the quote."""
    at = quote.replace(" ", "%20").replace("-", "%2D").replace(",", "%2C")
    return {"n": n, "url": url or f"{SOURCE}#:~:text={at}", "title": title, "quote": quote}


@dataclass(frozen=True)
class Said:
    """A whole answer; `steps()` says it word by word."""

    text: str = f"{QUOTE} [1]"
    citations: Sequence[Any] = field(default_factory=lambda: (citation(),))
    mode: str = "extractive"
    low_confidence: bool = False
    offers: Sequence[str] = ()
    broken_off: bool = False
    stages: Sequence[str] = ("searching", "writing")
    tokens: Sequence[str] | None = None
    """What comes before the end; the words of the text unless said otherwise."""

    def steps(self) -> list[Step]:
        return [*self.opening(), *self.words(), self.done()]

    def opening(self) -> list[Step]:
        start = Event("start", {"conversation_id": "", "question_id": "", "message_id": ""})
        return [start, *(Event("stage", {"stage": one}) for one in self.stages)]

    def words(self) -> list[Step]:
        tokens = _words(self.text) if self.tokens is None else self.tokens
        return [Event("token", {"text": one}) for one in tokens]

    def done(self) -> Step:
        return Event(
            "done",
            {
                "message_id": "",
                "text": self.text,
                "citations": list(self.citations),
                "low_confidence": self.low_confidence,
                "mode": self.mode,
                "latency_ms": 120,
                "offers": list(self.offers),
                "broken_off": self.broken_off,
            },
        )

    def cut_after(self, words: int, *more: Step, cut: Step | None = None) -> list[Step]:
        """The same, with something between the words."""
        said = self.words()
        between = [cut or Cut(), *more]
        return [*self.opening(), *said[:words], *between, *said[words:], self.done()]


REFUSED = Said(
    "I could not find an answer to that in what I know.",
    citations=(),
    low_confidence=True,
    offers=("person", "lead_form"),
)
BY_PERSON = Said("", citations=(), mode="person", stages=("person",), tokens=())


def failed(message: str = "Something went wrong on our side. Please ask again.") -> list[Step]:
    error = {"code": "failed", "message": message, "offers": ["lead_form"]}
    return [*Said().opening(), Event("error", error)]


def with_ids(steps: Iterable[Step], conversation: str, question: str, answer: str) -> list[Step]:
    """The ids that the server mints."""
    own = {"conversation_id": conversation, "question_id": question, "message_id": answer}

    def fill(step: Step) -> Step:
        if not isinstance(step, Event):
            return step
        return replace(step, data={name: own.get(name, value) for name, value in step.data.items()})

    return [fill(one) for one in steps]


def encode(turn: str, number: int, event: Event) -> bytes:
    """As the API writes it."""
    data = json.dumps(event.data, ensure_ascii=False)
    return f"id: {turn.replace('-', '')}.{number}\nevent: {event.name}\ndata: {data}\n\n".encode()


def message(
    role: Literal["visitor", "agent", "person"], text: str, at: str, **values: Any
) -> dict[str, Any]:
    """Of the history, as `init` and `messages` give it."""
    known: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "role": role,
        "text": text,
        "at": at,
        "citations": [],
        "mode": "extractive" if role == "agent" else "",
        "low_confidence": False,
        "offers": [],
        "broken_off": False,
        "feedback": None,
        "author": None,
    }
    return known | values


def _words(text: str) -> list[str]:
    """Each with the space behind it."""
    words = text.split(" ")
    return [f"{one} " for one in words[:-1]] + words[-1:]
