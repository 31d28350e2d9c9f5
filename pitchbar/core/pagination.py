"""Pages of a list for people, and keyset pages for programs."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, scoped_session

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One numbered page. `number` starts at 1; `pages` is at least 1."""

    items: Sequence[T]
    number: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def prev(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def paginate(
    session: Session | scoped_session[Any], query: Select[Any], number: int, per_page: int = 25
) -> Page[Any]:
    """Runs `query` for one page; a number past the end gives the last page."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    last = max(1, -(-total // per_page))
    number = min(max(1, number), last)
    items = session.scalars(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(items, number, per_page, total)


def page_of(items: Sequence[T], number: int, per_page: int) -> Page[T]:
    """Of what is at hand as a whole; a number past the end gives the last page."""
    number = min(max(1, number), max(1, -(-len(items) // per_page)))
    shown = items[(number - 1) * per_page : number * per_page]
    return Page(shown, number, per_page, len(items))


def encode_cursor(value: str | int) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """Raises ValueError when the cursor was not made by `encode_cursor`."""
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not a cursor") from error
