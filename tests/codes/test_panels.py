"""What a feature above the codes shows in their list and on their page."""

from collections.abc import Iterator
from typing import Any

import pytest
from markupsafe import Markup
from sqlalchemy import event

from pitchbar.codes import panels
from pitchbar.codes.panels import Column, Columns, Panel, register_columns, register_panel
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/codes"


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(panels, "_columns", list(panels._columns))
    monkeypatch.setattr(panels, "_panels", list(panels._panels))


@pytest.fixture
def statements(app: object) -> Iterator[list[str]]:
    """What the database was asked."""
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(db.engine, "before_cursor_execute", hear)


def test_registered_column_has_a_number_for_each_code(
    client: FormClient, people: People, at: str
) -> None:
    first, second = (make_code(people.workspace, name=name) for name in ("First", "Second"))
    column = Columns((Column("Fruits"),), lambda _workspace, ids: {second.id: (len(ids) * 1111,)})
    register_columns(column)
    register_columns(column)
    page = client.get(at).text
    assert page.count(">Fruits</th>") == 1
    rows = [
        page.partition(f'id="code-{code.id}"')[2].partition("</tr>")[0] for code in (first, second)
    ]
    assert [">2,222</td>" in row for row in rows] == [False, True]


def test_registered_panel_stands_on_the_page_of_a_code(
    client: FormClient, people: People, at: str
) -> None:
    code = make_code(people.workspace, name="Menu")
    panel = Panel(lambda _workspace, code: Markup("<i>Fruits of {}</i>").format(code.name), "below")
    register_panel(panel)
    register_panel(panel)
    page = client.get(f"{at}/{code.id}").text
    assert page.count("<i>Fruits of Menu</i>") == 1
    assert page.index('id="recent-scans"') < page.index("<i>Fruits of Menu</i>")


def test_more_codes_ask_no_more_questions(
    client: FormClient, people: People, at: str, statements: list[str]
) -> None:
    make_code(people.workspace)
    client.get(at)  # the first page of a session also notes who is here
    statements.clear()
    client.get(at)
    alone = len(statements)
    for _ in range(9):
        make_code(people.workspace)
    statements.clear()
    client.get(at)
    assert 0 < len(statements) == alone
