"""Questions that lean on what was said before."""

import pytest

from pitchbar.answers.questions import standalone
from pitchbar.answers.turns import Said


def _after(asked: list[str], text: str) -> str:
    history = [said for one in asked for said in (Said("visitor", one), Said("agent", "Yes. [1]"))]
    return standalone(text, history)


@pytest.mark.parametrize(
    ("before", "text", "whole"),
    [
        (
            "How do I return a shoe?",
            "and how long does that take?",
            "and how long does that take? (return shoe)",
        ),
        ("How much is shipping to Germany?", "And to France?", "How much is shipping to France?"),
        (
            "How many places for bicycles are there?",
            "What about for cars?",
            "How many places for cars are there?",
        ),
        (
            "How many places for bicycles are there?",
            "What about cars?",
            "What about cars? (places bicycles)",
        ),
        ("What is a voucher worth?", "Can it be paid out?", "Can it be paid out? (voucher worth)"),
        ("What is a voucher worth?", "why?", "why? (voucher worth)"),
        (
            "How do I make a QR code?",
            "Can I change its destination later?",
            "Can I change its destination later? (make QR code)",
        ),
        (
            "Was kostet der Versand nach Österreich?",
            "Und wie lange dauert das?",
            "Und wie lange dauert das? (Versand Österreich)",
        ),
        (
            "Was kostet der Versand nach Österreich?",
            "Und nach Italien?",
            "Was kostet der Versand nach Italien?",
        ),
        (
            "¿Cuánto cuesta el envío a Francia?",
            "¿Y cuánto tarda?",
            "¿Y cuánto tarda? (envío Francia)",
        ),
    ],
)
def test_what_it_leans_on_comes_from_the_question_before(
    before: str, text: str, whole: str
) -> None:
    assert _after([before], text) == whole


@pytest.mark.parametrize(
    "text",
    [
        "Who founded the company?",
        "Is it possible to cancel an order?",
        "How long does it take to get a refund?",
        "Is there a way that I can export my codes?",
        "I bought a shoe, can I return it?",
        "What are your opening hours?",
        "Wifi password?",
        "What does this setting do?",
        "Gibt es das Frühstück auch am Sonntag?",
    ],
)
def test_a_new_topic_leaves_what_was_said_alone(text: str) -> None:
    assert _after(["What is a voucher worth?"], text) == text


def test_leaning_goes_back_over_several_questions() -> None:
    whole = _after(["What is a voucher worth?", "Can it be paid out?"], "And how long is it valid?")
    assert "voucher" in whole


def test_what_greets_is_no_topic_and_without_history_nothing_is_added() -> None:
    assert (
        _after(["hi", "Hello!"], "and how long does that take?") == "and how long does that take?"
    )
    assert _after([], "and how long does that take?") == "and how long does that take?"


@pytest.mark.parametrize("text", ["", "🙂", "x" * 4_001, "it " * 2_000, "\u202e?"])
def test_odd_questions_do_no_harm(text: str) -> None:
    assert text.strip() in _after(["What is a voucher worth?"], text)
