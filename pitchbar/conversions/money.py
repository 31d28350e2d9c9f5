"""A value as it was sent, in minor units: exactly, or not at all."""

import re
from decimal import Decimal

from pitchbar.conversions.currencies import DIGITS
from pitchbar.conversions.refusals import Refusal, refuse

# Ten thousand million euros: what is more is a mistake.
MOST_MINOR = 10**13
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{0,40})?([eE][+-]?[0-9]{1,2})?")


def read_currency(sent: str) -> str | Refusal:
    """Its three capitals; empty when none was sent."""
    code = sent.strip().upper()
    if code and code not in DIGITS:
        return refuse("unknown_currency", sent)
    return code


def read_value(sent: str | int | float, currency: str) -> int | Refusal:
    """Minor units of a known currency. Nothing is rounded: 12.345 EUR is refused, and 12.50 JPY,
    while 1500.00 JPY is 1500.
    """
    text = str(sent).strip()
    if not _NUMBER.fullmatch(text):
        return refuse("value", text)
    minor = Decimal(text).scaleb(DIGITS[currency])
    if minor < 0:
        return refuse("negative_value", text)
    if minor > MOST_MINOR:
        return refuse("huge_value", text)
    if minor != minor.to_integral_value():
        return refuse("fraction", f"{text} {currency}")
    return int(minor)


def as_decimal(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-DIGITS.get(currency, 2))
