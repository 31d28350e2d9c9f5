"""Values as they are sent, and what they are in minor units."""

from typing import Any

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision

from pitchbar.conversions.currencies import DIGITS
from pitchbar.conversions.money import MOST_MINOR, as_decimal, read_currency, read_value
from pitchbar.conversions.refusals import Refusal

# In nobody's hands, or of no country.
NO_MONEY = {"CNH", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS"}
NO_MONEY |= {"XUA", "XXX"}
# Where Babel takes the digits of daily use: ISO 4217 has more.
OF_DAILY_USE = {"AFN", "ALL", "IQD", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "RSD", "SOS", "SYP"}
OF_DAILY_USE |= {"YER"}


def test_table_has_the_currencies_that_are_in_use_and_their_digits() -> None:
    used = {
        currency
        for of_territory in get_global("territory_currencies").values()
        for currency, _, until, _ in of_territory
        if until is None
    }
    # A currency that ends is still told of for a while.
    assert used - NO_MONEY <= set(DIGITS)
    assert len(set(DIGITS) - used) < 8
    differing = {code for code in DIGITS if DIGITS[code] != get_currency_precision(code)}
    assert differing == OF_DAILY_USE


@pytest.mark.parametrize(
    ("sent", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        (" 12.5 ", "EUR", 1250),
        ("12.500", "EUR", 1250),
        ("0", "EUR", 0),
        ("-0", "EUR", 0),
        ("0.01", "CHF", 1),
        ("12.", "EUR", 1200),
        ("1500", "JPY", 1500),
        ("1500.00", "JPY", 1500),
        ("1.234", "KWD", 1234),
        ("99999999999.99", "USD", 9_999_999_999_999),
        (12, "EUR", 1200),
        (12.5, "EUR", 1250),
        (0.1, "EUR", 10),
        (1e2, "EUR", 10_000),
        (19.99, "USD", 1999),
    ],
)
def test_value_is_read_exactly(sent: Any, currency: str, minor: int) -> None:
    assert read_value(sent, currency) == minor


@pytest.mark.parametrize(
    ("sent", "currency", "reason"),
    [
        ("12.345", "EUR", "fraction"),
        ("12.50", "JPY", "fraction"),
        ("0.0001", "KWD", "fraction"),
        (0.1 + 0.2, "EUR", "fraction"),
        ("-1", "EUR", "negative_value"),
        (-0.01, "EUR", "negative_value"),
        ("-1e90", "EUR", "negative_value"),
        ("100000000000.01", "EUR", "huge_value"),
        (1e300, "EUR", "value"),
        ("9" * 40, "EUR", "huge_value"),
        ("9" * 5000, "EUR", "value"),
        ("1e99", "EUR", "huge_value"),
        (float("inf"), "EUR", "value"),
        (float("nan"), "EUR", "value"),
        ("12,50", "EUR", "value"),
        ("1 200", "EUR", "value"),
        ("€12", "EUR", "value"),
        ("١٢", "EUR", "value"),
        ("0x10", "EUR", "value"),
        ("1_000", "EUR", "value"),
        ("free", "EUR", "value"),
    ],
)
def test_value_that_is_not_exact_is_refused_and_never_rounded(
    sent: Any, currency: str, reason: str
) -> None:
    found = read_value(sent, currency)
    assert isinstance(found, Refusal)
    assert found.reason == reason
    assert len(found.said) <= 100


def test_largest_value_is_kept() -> None:
    assert read_value(str(MOST_MINOR), "JPY") == MOST_MINOR


@pytest.mark.parametrize(("sent", "expected"), [("eur", "EUR"), (" CHF ", "CHF"), ("", "")])
def test_currency_is_three_capitals(sent: str, expected: str) -> None:
    assert read_currency(sent) == expected


@pytest.mark.parametrize("sent", ["XXX", "XTS", "EURO", "€", "DEM", "BTC", "E", "EU R", "\0"])
def test_what_is_no_currency_of_today_is_refused(sent: str) -> None:
    found = read_currency(sent)
    assert isinstance(found, Refusal)
    assert found.reason == "unknown_currency"


def test_minor_units_are_shown_with_the_digits_of_their_currency() -> None:
    assert [str(as_decimal(1234, code)) for code in ("EUR", "JPY", "KWD", "CLF")] == [
        "12.34",
        "1234",
        "1.234",
        "0.1234",
    ]
