"""Notes on days: drawn on the charts, and told in their tables."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from pitchbar.analytics.boards.annotations import services
from pitchbar.analytics.boards.annotations.models import Annotation
from pitchbar.analytics.boards.annotations.services import add_annotation
from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
DAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def _it_is_wednesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Spring menu")


@pytest.fixture
def at(client: FormClient, people: People, code: Code) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/"


def add(people: People, text: str = "Posters up", day: date = DAY, **more: int) -> Annotation:
    note = add_annotation(people.workspace, SYSTEM, day=day, text=text, **more)
    db.session.commit()
    return note


def step_of(page: str, label: str) -> str:
    """What the table of the chart says of a step."""
    table = page.partition('id="chart-table"')[2].partition("</table>")[0]
    found = re.search(rf'<th scope="row">{label}(.*?)</th>', table, re.S)
    return found[1] if found else ""


def test_note_stands_on_its_day_in_chart_and_table(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    add(people)
    for path in (at, f"{at}codes/{code.id}", f"{at}codes/{code.id}/board"):
        page = client.get(f"{path}?range=7d").text
        assert "Posters up" in step_of(page, "Nov 16"), path
        assert 'class="chart-marked" d="M666.7 0V200"' in page
        assert page.count('class="chart-marked"') == 1
    # Outside of its days the chart has none.
    assert "chart-marked" not in client.get(f"{at}?from=2026-11-01&to=2026-11-10").text


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("range=12m", "Nov 16"),
        ("range=12m&interval=month", "Nov 2026"),
        ("from=2026-11-16&to=2026-11-16", "00:00"),
        ("from=2026-11-16T09:00&to=2026-11-16T12:00", "09:00"),
    ],
)
def test_note_stands_on_the_step_that_holds_its_day(
    client: FormClient, people: People, at: str, query: str, label: str
) -> None:
    add(people)
    assert "Posters up" in step_of(client.get(f"{at}?{query}").text, label)


def test_note_of_one_code_stands_on_its_charts_alone(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    other = make_code(people.workspace)
    add(people, "New cards", code_id=code.id)
    assert "New cards" in client.get(f"{at}codes/{code.id}").text
    assert "New cards" not in client.get(f"{at}codes/{other.id}").text
    assert "New cards" not in client.get(at).text


def test_note_of_another_workspace_is_nowhere(client: FormClient, people: People, at: str) -> None:
    foreign = add_annotation(people.elsewhere, SYSTEM, day=DAY, text="Theirs")
    db.session.commit()
    number = foreign.id
    assert "Theirs" not in client.get(at).text
    assert client.get(f"{at}notes/{number}/edit").status_code == 404
    assert client.submit(f"{at}notes/{number}/deletion").status_code == 404


def test_is_added_changed_and_deleted_and_comes_back(
    client: FormClient, people: People, at: str, code: Code
) -> None:
    back = f"{at}?range=7d"
    data = {"day": "2026-11-16", "text": " Posters up ", "code_id": "0", "back": back}
    assert client.submit(f"{at}notes", data).location == back
    [note] = db.session.query(Annotation)
    assert (note.day, note.text, note.code_id) == (DAY, "Posters up", None)
    number, data["code_id"] = note.id, str(code.id)
    assert client.submit(f"{at}notes/{number}", data).location == back
    db.session.expire_all()
    assert note.code_id == code.id
    client.submit(f"{at}notes/{number}/deletion", {"back": back})
    assert db.session.query(Annotation).count() == 0
    [undo] = re.findall(r'action="([^"]*/notes/restoration[^"]*)"', client.get(at).text)
    assert client.submit(undo.replace("&amp;", "&")).location == back
    [note] = db.session.query(Annotation)
    assert (note.day, note.text, note.code_id) == (DAY, "Posters up", code.id)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"day": "soon"}, "Choose a day. Write it like"),
        ({"day": ""}, "Choose a day."),
        ({"day": "0001-01-01"}, "Choose a day that people remember."),
        ({"text": "  "}, "Write what happened."),
        ({"text": "a" * 201}, "Use at most 200 characters."),
        ({"text": "a\0b"}, "characters that cannot be stored"),
        ({"code_id": "999999"}, "This code is not here any more."),
        ({"code_id": "abc"}, "This code is not here any more."),
    ],
)
def test_refused_note_is_told_at_its_field(
    client: FormClient, at: str, wrong: dict[str, str], sentence: str
) -> None:
    data = {"day": "2026-11-16", "text": "Posters up", "code_id": "0"} | wrong
    answer = client.submit(f"{at}notes", data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.query(Annotation).count() == 0
    if "text" not in wrong:
        assert 'value="Posters up"' in answer.text


def test_workspace_keeps_so_many(
    client: FormClient, people: People, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(people)
    monkeypatch.setattr(services, "MOST_OF_A_WORKSPACE", 1)
    answer = client.submit(f"{at}notes", {"day": "2026-11-16", "text": "More", "code_id": "0"})
    assert answer.status_code == 422
    assert "keeps 1 notes at most" in answer.text


def test_who_may_not_edit_reads_them(client: FormClient, people: People, at: str) -> None:
    add(people)
    sign_in(client, people.member)
    page = client.get(f"{at}?range=7d").text
    assert "Posters up" in page
    assert "/notes/new" not in page
    assert f"{at}notes/1/edit" not in page


def test_list_has_all_of_them(client: FormClient, people: People, at: str, code: Code) -> None:
    for number in range(3):
        add(people, f"Note {number}", DAY - timedelta(days=number))
    add(people, "Of the menu", code_id=code.id)
    delete_code(code, SYSTEM, code.name)
    db.session.commit()
    page = client.get(f"{at}notes").text
    assert re.findall(r"Note \d|Of the menu", page) == ["Of the menu", "Note 0", "Note 1", "Note 2"]
    assert "Spring menu" in page
