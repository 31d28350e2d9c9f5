"""Keyset pages: a cursor says where the next one starts, so that nothing is shown twice."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import Field

from pitchbar.api.payloads import Query, Text, field_error
from pitchbar.core.pagination import decode_cursor

T = TypeVar("T")

NEXT_CURSOR = "Send it as `cursor` for the next page; null on the last one."


class PageQuery(Query):
    cursor: Text | None = Field(
        None, max_length=500, description="Where to go on: `next_cursor` of the page before."
    )
    per_page: int = Field(50, ge=1, le=100, description="How many at most.")

    def start(self, read: Callable[[str], T]) -> T | None:
        """Where the page starts, as `read` makes it of the decoded cursor; None for the first.

        Raises:
            InvalidPayload: the cursor is not one of ours (`read` raises ValueError).
        """
        if not self.cursor:
            return None
        try:
            return read(decode_cursor(self.cursor))
        except ValueError:
            raise field_error("cursor", "is not one that we gave you") from None


def read_id(text: str) -> int:
    """An id from a cursor; raises ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError("not an id")
    return int(text)
