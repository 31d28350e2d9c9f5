"""Pages never point past the ends; cursors come back as they went."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import scoped_session

from pitchbar.accounts.models import Person
from pitchbar.core.pagination import Page, decode_cursor, encode_cursor, page_of, paginate
from tests.support.factories import make_person

BY_ID = select(Person).order_by(Person.id)


@pytest.fixture
def seven(db_session: "scoped_session[Any]") -> list[int]:
    return [make_person().id for _ in range(7)]


@pytest.mark.parametrize(
    ("asked", "number", "places"),
    [
        (1, 1, slice(0, 3)),
        (2, 2, slice(3, 6)),
        (3, 3, slice(6, 7)),
        (4, 3, slice(6, 7)),
        (10**30, 3, slice(6, 7)),
        (0, 1, slice(0, 3)),
        (-5, 1, slice(0, 3)),
    ],
)
def test_page_holds_its_part(
    db_session: "scoped_session[Any]", seven: list[int], asked: int, number: int, places: slice
) -> None:
    page = paginate(db_session, BY_ID, asked, per_page=3)
    assert page.number == number
    assert [person.id for person in page.items] == seven[places]
    assert (page.total, page.pages) == (7, 3)


@pytest.mark.parametrize(
    ("asked", "number", "items"), [(1, 1, "abc"), (3, 3, "g"), (9, 3, "g"), (-1, 1, "abc")]
)
def test_page_of_a_list_holds_its_part(asked: int, number: int, items: str) -> None:
    page = page_of("abcdefg", asked, per_page=3)
    assert (page.number, "".join(page.items), page.total) == (number, items, 7)


def test_nothing_is_one_empty_page(db_session: "scoped_session[Any]") -> None:
    page = paginate(db_session, BY_ID, 1)
    assert list(page.items) == []
    assert (page.number, page.pages, page.prev, page.next) == (1, 1, None, None)


@pytest.mark.parametrize(("number", "before", "after"), [(1, None, 2), (2, 1, 3), (3, 2, None)])
def test_page_knows_its_neighbours(number: int, before: int | None, after: int | None) -> None:
    page = Page[int]([], number, per_page=3, total=7)
    assert (page.prev, page.next) == (before, after)


def test_full_last_page_has_none_behind() -> None:
    assert Page[int]([], 2, per_page=3, total=6).next is None


@pytest.mark.parametrize("value", ["42", "2026-11-21T08:00:00+00:00|0b6d", "", "ä", "x" * 99])
def test_cursor_comes_back_as_it_went(value: str) -> None:
    cursor = encode_cursor(value)
    assert decode_cursor(cursor) == value
    assert "=" not in cursor


@pytest.mark.parametrize("cursor", ["a", "_w", "ü"])
def test_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(ValueError, match=r"cursor|ASCII"):
        decode_cursor(cursor)
