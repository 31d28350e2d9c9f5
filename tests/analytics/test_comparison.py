"""Two codes beside each other."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.scans import Visit, store, visits
from tests.support.servers import on_both_databases

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/137.0.0.0 Safari/537.36"
)


@pytest.fixture(autouse=True)
def _it_is_wednesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def codes(people: People) -> tuple[Code, Code]:
    names = ("Spring menu", "Window poster")
    menu, poster = (make_code(people.workspace, name=name) for name in names)
    return menu, poster


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}/comparison"


@on_both_databases
def test_both_stand_on_one_scale(client: FormClient, at: str, codes: tuple[Code, Code]) -> None:
    menu, poster = codes
    store(
        *visits(menu, 6, NOW - HOUR),
        *visits(poster, 2, NOW - HOUR),
        *(Visit(poster, NOW - HOUR, user_agent=DESKTOP) for _ in range(2)),
    )
    page = client.get(f"{at}?a={menu.id}&b={poster.id}&range=7d").text
    figures = re.findall(r"<dt>People</dt><dd><b>(\d+)</b>", page)
    assert figures == ["6", "4"]
    assert 'data-top="8"' in page
    table = page.partition('id="chart-table"')[2].partition("</table>")[0]
    assert re.findall(r'data-value="(\d+)"', table)[-2:] == ["6", "4"]
    devices = page.partition('id="compare-device"')[2].partition("</table>")[0]
    assert re.findall(r'<rect\s+width="([\d.]+)%"', devices) == ["100.0", "50.0", "0.0", "50.0"]


def test_filters_and_range_keep_both_codes(
    client: FormClient, at: str, codes: tuple[Code, Code]
) -> None:
    menu, poster = codes
    store(*visits(menu, 6, NOW - HOUR), Visit(poster, NOW - HOUR, user_agent=DESKTOP))
    page = client.get(f"{at}?a={menu.id}&b={poster.id}&device=phone").text
    assert re.findall(r"<dt>People</dt><dd><b>(\d+)</b>", page) == ["6", "0"]
    presets = page.partition('class="range-presets"')[2].partition("</nav>")[0]
    links = [html.unescape(one) for one in re.findall(r'href="([^"]*)"', presets)]
    assert links[1] == f"{at}?a={menu.id}&b={poster.id}&range=7d&device=phone"


def test_asks_for_what_is_missing(client: FormClient, at: str, codes: tuple[Code, Code]) -> None:
    for query in ("", f"?a={codes[0].id}", "?a=&b="):
        answer = client.get(at + query)
        assert answer.status_code == 200
        assert "Choose two codes" in answer.text


def test_code_that_is_not_there_is_told_at_its_field(
    client: FormClient, people: People, at: str, codes: tuple[Code, Code]
) -> None:
    menu, _ = codes
    gone, foreign = make_code(people.workspace), make_code(people.elsewhere, name="Theirs")
    delete_code(gone, SYSTEM, gone.name)
    db.session.commit()
    for number in (gone.id, foreign.id, "abc", "-1", "9" * 30, "%00"):
        answer = client.get(f"{at}?a={menu.id}&b={number}")
        assert answer.status_code == 422, number
        error = answer.text.partition('id="compare-b-error"')[2].partition("</p>")[0]
        assert "not here any more" in error
        assert f'<option value="{menu.id}" selected>' in answer.text
        assert "Theirs" not in answer.text
    same = client.get(f"{at}?a={menu.id}&b={menu.id}")
    assert same.status_code == 422
    assert "This is the same code." in same.text
