"""What can be wrong with a conversion that somebody tells of."""

from dataclasses import dataclass

from pitchbar.core.text import storable

_SAID_LENGTH = 100


@dataclass(frozen=True)
class Reason:
    """`field` is what it is about; `sentence` says so to a program at that field, `label` to a
    person who reads what became of the pixel's calls.
    """

    field: str
    sentence: str
    label: str


REASONS = {
    "no_token": Reason(
        "attribution",
        "is missing: send the pb_at with which the visitor came",
        "Without pb_at: the visitor did not come by a scan",
    ),
    "unreadable_token": Reason(
        "attribution",
        "is none of our tokens, or was changed on its way",
        "pb_at was cut off or changed on its way",
    ),
    "expired_token": Reason(
        "attribution",
        "is too old: its scan was too long ago",
        "pb_at is too old: the scan was too long ago",
    ),
    "foreign_token": Reason(
        "attribution",
        "belongs to a scan of another workspace",
        "pb_at belongs to a scan of another workspace",
    ),
    "event": Reason(
        "event",
        "must be a name of 1 to 64 characters, such as purchase",
        "No event, or a name of more than 64 characters",
    ),
    "value": Reason(
        "value", "must be a number such as 12.50, with a point", "The value is no number"
    ),
    "negative_value": Reason(
        "value", "must not be negative: refunds are not taken back", "The value is negative"
    ),
    "huge_value": Reason(
        "value", "is too large to be true", "The value is too large to be true"
    ),
    "fraction": Reason(
        "value",
        "has more decimals than its currency; nothing is rounded",
        "The value has more decimals than its currency",
    ),
    "no_currency": Reason(
        "currency", "is needed with a value, such as EUR", "A value without a currency"
    ),
    "unknown_currency": Reason(
        "currency", "must be one of ISO 4217, three letters such as EUR", "Unknown currency"
    ),
    "order_id": Reason(
        "order_id",
        "must have 128 characters at most, all of which can be printed",
        "The order id has more than 128 characters",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """`reason` is a key of REASONS; `said` is what was sent there, shortened."""

    reason: str
    said: str = ""


def refuse(reason: str, said: object = "") -> Refusal:
    return Refusal(reason, storable(str(said))[:_SAID_LENGTH])
