"""What somebody claims came of a scan, checked: alike for the pixel and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from pitchbar.conversions.lines import Line
from pitchbar.conversions.money import read_currency, read_value
from pitchbar.conversions.refusals import Refusal, refuse
from pitchbar.core.text import storable
from pitchbar.scans.attribution import Attribution, ExpiredToken, TokenCipher, UnreadableToken

EVENT_LENGTH, ORDER_LENGTH = 64, 128


@dataclass(frozen=True, slots=True)
class Claim:
    """As it was sent; what was not sent is empty, `value` also None."""

    attribution: str = ""
    event: str = ""
    value: str | int | float | None = None
    currency: str = ""
    order_id: str = ""


class Checked(NamedTuple):
    """A claim in which all is right. `value_minor` None and `currency` empty: without a value."""

    attribution: Attribution
    event: str
    order_id: str
    value_minor: int | None
    currency: str

    def into(self, line: Line) -> Line:
        """The line with what is told in it."""
        of = self.attribution
        return line._replace(
            workspace_id=of.workspace_id,
            scan_id=of.scan_id.hex,
            code_id=of.code_id,
            rule_id=of.rule_id,
            variant=of.variant,
            event=self.event,
            order_id=self.order_id,
            value_minor=-1 if self.value_minor is None else self.value_minor,
            currency=self.currency,
        )


def check_claim(
    claim: Claim, workspace_id: int | None, tokens: TokenCipher, now: datetime
) -> tuple[Checked | None, Sequence[Refusal]]:
    """The claim, or else all that is wrong with it, one refusal a field.

    Args:
        workspace_id: whose scan it must be; None when that is asked later.
    """
    attribution = _read_token(claim.attribution, workspace_id, tokens, now)
    event = _read_text(claim.event, EVENT_LENGTH) or refuse("event", claim.event)
    text = _read_text(claim.order_id, ORDER_LENGTH)
    order_id = refuse("order_id", claim.order_id) if text is None else text
    value, currency = _read_money(claim)
    parts = (attribution, event, order_id, value, currency)
    refused = [part for part in parts if isinstance(part, Refusal)]
    if refused:
        return None, refused
    return Checked(*parts), ()  # type: ignore[arg-type]  # none is a refusal


def _read_token(
    token: str, workspace_id: int | None, tokens: TokenCipher, now: datetime
) -> Attribution | Refusal:
    token = token.strip()
    if not token:
        return refuse("no_token")
    try:
        found = tokens.read(token, now)
    except UnreadableToken:
        return refuse("unreadable_token", token)
    except ExpiredToken:
        return refuse("expired_token", token)
    if workspace_id is not None and found.workspace_id != workspace_id:
        return refuse("foreign_token", token)
    return found


def _read_text(sent: str, most: int) -> str | None:
    """Without what surrounds it; None when it is too long or holds what nobody can print."""
    text = sent.strip()
    is_plain = text.isprintable() and storable(text) == text
    return text if is_plain and len(text) <= most else None


def _read_money(claim: Claim) -> tuple[int | Refusal | None, str | Refusal]:
    currency = read_currency(claim.currency)
    if isinstance(currency, Refusal):
        return None, currency
    if claim.value is None or claim.value == "":
        return None, ""
    if not currency:
        return None, refuse("no_currency", claim.value)
    return read_value(claim.value, currency), currency
