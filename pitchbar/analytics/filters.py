"""Filters as an address holds them: `country=DE&country=AT&device=!phone&utm_source=`.

Values of one dimension widen it, those of different ones narrow each other down. Behind an
exclamation mark stands what is left out; a value that begins with one is written with a backslash
before it. An empty value means that there is none: `country=` unknown ones, `country=!` known ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pitchbar.analytics.dimensions import BY_KEY, DIMENSIONS, Dimension

MAX_VALUES = 200
_MAX_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Filter:
    """`included` empty: all but what is excluded. An empty value stands for none (NULL)."""

    dimension: Dimension
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class TooManyFilters(ValueError):
    """More than `MAX_VALUES` values in one address."""


def read_filters(arguments: Mapping[str, Sequence[str]]) -> tuple[Filter, ...]:
    """Of the lists of a query string, in the order of `DIMENSIONS`; other names are passed over.

    Raises:
        TooManyFilters
    """
    given = {key: values for key, values in arguments.items() if key in BY_KEY}
    if sum(map(len, given.values())) > MAX_VALUES:
        raise TooManyFilters(f"at most {MAX_VALUES} filters at once")
    return tuple(
        _read(dimension, given[dimension.key])
        for dimension in DIMENSIONS
        if given.get(dimension.key)
    )


def write_filters(filters: Iterable[Filter]) -> list[tuple[str, str]]:
    """Names and values of a query string, as `read_filters` reads them."""
    return [
        (one.dimension.key, text)
        for one in filters
        for text in (
            *("\\" + value if value[:1] in ("!", "\\") else value for value in one.included),
            *(f"!{value}" for value in one.excluded),
        )
    ]


def _read(dimension: Dimension, values: Sequence[str]) -> Filter:
    included, excluded = dict[str, None](), dict[str, None]()
    for value in values:
        # What no database stores is in no row.
        value = value.replace("\0", "")[: _MAX_LENGTH + 1]
        if value.startswith("!"):
            excluded[value[1:]] = None
        else:
            included[value[1:] if value.startswith("\\") else value] = None
    return Filter(dimension, tuple(included), tuple(excluded))
