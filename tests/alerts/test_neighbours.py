"""Events as the features below really raise them, and the words that come of them."""

from pitchbar.alerts.kinds import find_kind, list_kinds
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import Event
from pitchbar.events.subjects import Subject


def test_a_failing_endpoint_says_how_often() -> None:
    kind = find_kind("webhook_failing")
    assert kind
    assert kind.tell
    event = Event("webhook.failing", SYSTEM, Subject("webhook", 1, "x"), {}, {"failures": 7})
    assert kind.tell(event, object()) == "7 attempts in a row were not taken."  # type: ignore[arg-type]  # it reads nothing of the rule


def test_every_kind_is_measured_or_heard_of() -> None:
    for kind in list_kinds():
        assert bool(kind.judge) != bool(kind.raised_by), kind.key
        assert bool(kind.tell) == bool(kind.raised_by), kind.key
