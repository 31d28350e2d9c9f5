"""What programs send and get about conversions."""

from uuid import UUID

from pydantic import ConfigDict, Field

from pitchbar.api.paging import NEXT_CURSOR
from pitchbar.api.payloads import Payload, ResponseModel, Text, Timestamp
from pitchbar.codes.queries import CodeName
from pitchbar.conversions.models import Conversion
from pitchbar.conversions.money import as_decimal

_TOKEN = "xq4vB0cVd1mP0u7sT3b9K2nL8yRw5JfGhE6aZtCkXiQoMpNvUsDlYrWgBxAeFjHqTz1Sc4I"  # noqa: S105  # an example


class NewConversion(Payload):
    """A value needs a currency. Nothing is rounded: what has more decimals than its currency is
    refused, and so are negative values.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "attribution": _TOKEN,
                    "event": "purchase",
                    "value": "12.50",
                    "currency": "EUR",
                    "order_id": "2026-4711",
                }
            ]
        }
    )

    attribution: Text = Field(description="The `pb_at` with which the visitor came.")
    event: Text = Field(description="What happened, in your words: 1 to 64 characters.")
    value: Text | int | float | None = Field(
        None, description="What it was worth: a decimal number, best as text such as `12.50`."
    )
    currency: Text | None = Field(None, description="ISO 4217, three letters.")
    order_id: Text | None = Field(
        None,
        description="Yours; the same event with the same order id counts once, ever. At most 128 "
        "characters.",
    )


class AcceptedConversion(ResponseModel):
    """Accepted, and stored within a second or so."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21", "duplicate": False}]
        }
    )

    id: UUID
    duplicate: bool = Field(
        description="Whether the order was told before and is stored: then `id` is that of the "
        "first. One that is still on its way is not known yet, and counts once all the same."
    )


class ConversionResponse(ResponseModel):
    """What came of a scan."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "019d2f0e-6f2a-7c31-9a44-1c5d0f6b7e21",
                    "at": "2026-03-02T12:41:07.512000+00:00",
                    "event": "purchase",
                    "value": "12.50",
                    "value_minor": 1250,
                    "currency": "EUR",
                    "order_id": "2026-4711",
                    "code_id": 42,
                    "short_code": "menu",
                    "scan_id": "019d2f0b-1c55-7d02-8a10-5b9e60c7d4f3",
                    "scanned_at": "2026-03-01T18:02:55.040000+00:00",
                    "source": "api",
                }
            ]
        }
    )

    id: UUID
    at: Timestamp
    event: str
    value: str | None = Field(description="A decimal number with the digits of its currency.")
    value_minor: int | None = Field(description="The same in minor units, such as cents.")
    currency: str | None
    order_id: str | None
    code_id: int
    short_code: str
    scan_id: UUID
    scanned_at: Timestamp
    source: str = Field(description="`pixel` or `api`.")


class ConversionList(ResponseModel):
    """Conversions, newest first."""

    data: list[ConversionResponse]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


def conversion_response(conversion: Conversion, code: CodeName) -> ConversionResponse:
    minor, currency = conversion.value_minor, conversion.currency
    names = ("id", "event", "value_minor", "currency", "order_id", "code_id", "scan_id", "source")
    return ConversionResponse.model_validate(
        {
            **{name: getattr(conversion, name) for name in names},
            "at": conversion.occurred_at,
            "scanned_at": conversion.scanned_at,
            "short_code": code.short_code,
            "value": None if minor is None or not currency else str(as_decimal(minor, currency)),
        }
    )
