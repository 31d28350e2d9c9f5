"""What turns the sense of a sentence round though its words stay the same."""

import pytest

from pitchbar.answers.comparisons import (
    Comparison,
    comparison_of,
    count_negations,
    directions_of,
    is_denied,
    is_negated,
    is_widened,
    without_negations,
    without_price,
)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Dogs aren't allowed.", True),
        ("Hunde sind nicht erlaubt.", True),
        ("Собакам нельзя.", True),
        ("犬は入れません。", True),
        ("Dogs are allowed.", False),
        ("Not only dogs are allowed.", False),
        ("It comes no later than Monday.", False),
        ("Nothing", True),
        ("A notable noon", False),
    ],
)
def test_negations_of_many_languages(text: str, is_one: bool) -> None:
    assert is_negated(text) is is_one


@pytest.mark.parametrize(
    ("text", "is_denied_there"),
    [
        ("Sale items are excluded from returns.", True),
        ("Sale items are not excluded from returns.", False),
        ("Sale items cannot be returned.", True),
        ("Sale items can be returned.", False),
    ],
)
def test_no_by_its_sense_and_twice_no(text: str, is_denied_there: bool) -> None:
    assert is_denied(text) is is_denied_there


def test_negations_are_counted_and_taken_out() -> None:
    assert count_negations("Nothing is not stored") == 2
    assert without_negations("It is not stored").split() == ["It", "is", "stored"]


@pytest.mark.parametrize(
    ("text", "passage", "is_wider"),
    [
        ("Everybody gets a refund.", "Only members get a refund.", True),
        ("Members get a refund.", "Only members get a refund.", False),
        ("Only members get a refund.", "Members get a refund.", True),
        ("Everybody gets a refund.", "Everybody gets one.", False),
    ],
)
def test_what_is_given_to_some_is_not_given_to_all(text: str, passage: str, is_wider: bool) -> None:
    assert is_widened(text, passage) is is_wider


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("up to 14 days", {("less", "14")}),
        ("no more than 14 days", {("less", "14")}),
        ("more than 14 days and at most 30", {("more", "14"), ("less", "30")}),
        ("mindestens 3 Tage", {("more", "3")}),
        ("14 days", set()),
    ],
)
def test_the_side_of_a_number_that_is_meant(text: str, sides: set[tuple[str, str]]) -> None:
    assert directions_of(text) == sides


def test_what_is_compared_with_what() -> None:
    assert comparison_of("Pro is cheaper than Team") == Comparison("Pro is ", " Team", True)
    found = comparison_of("Pro kostet mehr als Team")
    assert found is not None
    assert not found.is_less
    assert comparison_of("Pro and Team") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Delivery costs nothing.", "Delivery free."),
        ("It comes at no extra charge.", "It comes free."),
        ("Der Versand ist gratis.", "Der Versand ist kostenlos."),
        ("It costs $5.", "It costs $5."),
    ],
)
def test_that_nothing_is_to_be_paid_is_said_in_one_way(text: str, said: str) -> None:
    assert without_price(text) == said
