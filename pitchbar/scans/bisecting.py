"""Batches in which a row may be that can never be stored: it must not hold up the others."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from pitchbar.scans.rejected import Rejected


class Accepted(Protocol):
    """What an accepted line was read into."""

    @property
    def line(self) -> bytes: ...


T = TypeVar("T", bound=Accepted)


def store_or_bisect(
    items: Sequence[T], store: Callable[[Sequence[T]], int], rejected: Rejected
) -> int:
    """Stores a batch, and where it is refused for what is in it, its halves; what is refused by
    itself goes to `rejected`. Returns how many `store` said are new.

    Raises what the database raises when it is away.
    """
    try:
        return store(items)
    except Exception as error:
        if not _is_about_data(error):
            raise
        if len(items) == 1:
            rejected.append((items[0].line, error))
            return 0
    middle = len(items) // 2
    halves = (items[:middle], items[middle:])
    return sum(store_or_bisect(half, store, rejected) for half in halves)


def _is_about_data(error: Exception) -> bool:
    """Whether the same lines would fail again, rather than the database be away or not ready."""
    if isinstance(error, DBAPIError):
        return isinstance(error, DataError | IntegrityError) and not error.connection_invalidated
    return isinstance(error, StatementError | ValueError | LookupError | ArithmeticError)
