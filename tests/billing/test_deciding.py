"""Which plan a subscription gives."""

from datetime import UTC, datetime, timedelta

import pytest

from pitchbar.billing.deciding import Decision, decide, effective_plan
from pitchbar.billing.reading import choose
from pitchbar.billing.settings import BillingSettings
from pitchbar.clients.payments_wire import PaidSubscription

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SETTINGS = BillingSettings(
    stripe_price_starter=("price_s", "price_s_before"),
    stripe_price_growth=("price_g",),
    billing_grace_days=14,
)


@pytest.mark.parametrize(
    ("status", "plan"),
    [
        ("active", "growth"),
        ("trialing", "growth"),
        ("past_due", "growth"),
        ("unpaid", "free"),
        ("canceled", "free"),
        ("incomplete", "free"),
        ("incomplete_expired", "free"),
        ("paused", "free"),
        ("something new", "free"),
        ("", "free"),
    ],
)
def test_status_gives_a_plan(status: str, plan: str) -> None:
    assert decide(status, "price_g", NOW, NOW, SETTINGS).plan == plan


@pytest.mark.parametrize(("days", "plan"), [(13.99, "growth"), (14, "free"), (60, "free")])
def test_past_due_keeps_the_plan_for_the_grace(days: float, plan: str) -> None:
    since = NOW - timedelta(days=days)
    assert decide("past_due", "price_g", since, NOW, SETTINGS).plan == plan


def test_price_that_was_sold_before_is_known() -> None:
    assert decide("active", "price_s_before", None, NOW, SETTINGS) == Decision("starter")


def test_unknown_price_gives_the_default_and_says_so() -> None:
    found = decide("active", "price_of_whom", None, NOW, SETTINGS)
    assert found == Decision("starter", is_price_known=False)


def test_unknown_price_of_what_is_over_is_no_matter() -> None:
    assert decide("canceled", "price_of_whom", None, NOW, SETTINGS) == Decision("free")


@pytest.mark.parametrize(
    ("decided", "granted", "plan"),
    [
        ("free", "", "free"),
        ("free", "scale", "scale"),
        ("starter", "scale", "starter"),
        ("growth", "", "growth"),
    ],
)
def test_granted_plan_holds_where_nothing_is_paid_for(
    decided: str, granted: str, plan: str
) -> None:
    assert effective_plan(decided, granted) == plan


def test_default_plan_has_to_be_a_paid_one() -> None:
    for wrong in ("free", "golden", ""):
        with pytest.raises(ValueError, match="must be one of"):
            BillingSettings(billing_default_paid_plan=wrong)


def _paid(name: str, status: str, age: int = 0) -> PaidSubscription:
    at = NOW - timedelta(days=age)
    return PaidSubscription(
        name, "cus", status, at, "usd", "si", "price_g", "", at, at, None, None, False, "", False
    )


@pytest.mark.parametrize(
    ("found", "known", "chosen"),
    [
        ([], "", None),
        ([("new", "active", 0), ("old", "active", 9)], "", "old"),
        ([("new", "active", 0), ("old", "active", 9)], "new", "new"),
        ([("new", "active", 0), ("old", "canceled", 9)], "old", "new"),
        ([("new", "active", 0), ("old", "unpaid", 9)], "old", "new"),
        ([("new", "incomplete", 0), ("old", "past_due", 9)], "new", "old"),
        ([("new", "canceled", 0), ("old", "canceled", 9)], "", "new"),
    ],
)
def test_of_several_subscriptions_one_counts(
    found: list[tuple[str, str, int]], known: str, chosen: str | None
) -> None:
    picked = choose([_paid(*one) for one in found], known)
    assert (picked and picked.id) == chosen
