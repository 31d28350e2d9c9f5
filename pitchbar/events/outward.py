"""Events that leave the house: what webhooks offer, declared by whoever raises them.

    declare("code.created", "A code is created", payload=code_payload, example=EXAMPLE)

Whoever brings them out calls `listen` once. A payload is made only where somebody wants it, within
the transaction of the event.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pitchbar.events.services import Event, subscribe

Payload = Callable[[Event], Any]
Listener = Callable[["OutwardEvent", Event], None]


@dataclass(frozen=True)
class OutwardEvent:
    """Attributes:
    name: what receivers call it.
    label: a few words for people: "A code is created".
    payload: makes the `data` of the message, plain JSON, of the event; None takes what the event
        says of afterwards.
    example: such `data`, for the guide.
    is_told: it comes by `events/facts.py`, many at once, and not by `record_event`; then `data` is
        one list of items.
    personal: what each item has from its visitor, and loses when somebody is erased.
    """

    name: str
    label: str
    payload: Payload | None
    example: Any
    is_told: bool = False
    personal: tuple[str, ...] = ()

    @property
    def list_name(self) -> str:
        """Of the list of items: "scans"."""
        return self.name.partition(".")[0] + "s"

    def data_of(self, event: Event) -> Any:
        return dict(event.after) if self.payload is None else self.payload(event)


_declared: dict[str, OutwardEvent] = {}
_heard: dict[str, str] = {}
_listeners: list[Listener] = []


def declare(
    name: str,
    label: str,
    *,
    payload: Payload | None = None,
    example: Any = None,
    heard_as: Sequence[str] = (),
    is_told: bool = False,
    personal: tuple[str, ...] = (),
) -> None:
    """Offers an event to webhooks. `heard_as` names events of `record_event` that are told under
    this name; without it, the one of the same name.
    """
    _declared[name] = OutwardEvent(name, label, payload, example, is_told, personal)
    if not is_told:
        for heard in heard_as or (name,):
            _heard[heard] = name
            subscribe(heard, _pass_on)


def list_outward() -> tuple[OutwardEvent, ...]:
    """All that is declared, by name."""
    return tuple(_declared[name] for name in sorted(_declared))


def find_outward(name: str) -> OutwardEvent | None:
    return _declared.get(name)


def listen(listener: Listener) -> None:
    """Called within the transaction of each declared event; a second time changes nothing."""
    if listener not in _listeners:
        _listeners.append(listener)


def _pass_on(event: Event) -> None:
    outward = _declared[_heard[event.name]]
    for listener in _listeners:
        listener(outward, event)
