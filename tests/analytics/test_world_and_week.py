"""The map of the world and the hours of the week: what their colours mean, in tables too."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from babel.core import get_global

from pitchbar.analytics.boards.cards import ShownRow
from pitchbar.analytics.boards.names import ValueName
from pitchbar.analytics.boards.weeks import draw_week
from pitchbar.analytics.boards.world import FILE, draw_world
from pitchbar.core import clock
from pitchbar.core.assets import STATIC
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code, make_workspace
from tests.support.scans import Visit, store, visits

NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)
MAP = (STATIC / FILE).read_text()


@pytest.fixture(autouse=True)
def _it_is_wednesday_afternoon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def row(value: str, count: int) -> ShownRow:
    return ShownRow(value, ValueName(value), count, 0.0, 0.0, count, count, 0, False, "", "")


def test_every_country_is_on_the_map() -> None:
    drawn = set(re.findall(r' id="([A-Z]{2})"', MAP))
    # Small ones that the shapes leave out are told beside the map.
    assert len(set(get_global("territory_currencies")) - drawn) < 35
    assert {"DE", "US", "SG", "MT", "XK", "GB", "NZ"} <= drawn


def test_no_shape_goes_round_the_back_of_the_map() -> None:
    for code, path in re.findall(r'id="(\w+)" transform[^>]* d="([^"]*)"', MAP):
        for ring in path.split("M")[1:]:
            moves = [int(one) for one in re.findall(r"-?\d+", ring.partition("l")[2])]
            assert max(map(abs, moves[::2]), default=0) < 300, code


@pytest.mark.parametrize("counts", [[1], [3, 2, 1], [900, 60, 59, 4, 1], [10**9, 5], [7] * 40])
def test_each_country_has_the_colour_of_its_number(counts: list[int]) -> None:
    codes = sorted(set(re.findall(r' id="([A-Z]{2})"', MAP)))
    world = draw_world([row(code, count) for code, count in zip(codes, counts, strict=False)])
    bounds = {shade.step: (shade.least, shade.most) for shade in world.shades}
    assert len(world.places) == len(counts)
    for place in world.places:
        least, most = bounds[place.step]
        assert least <= place.row.count <= most
    assert list(bounds) == sorted(bounds)


def test_what_is_nowhere_on_the_map_is_told_beside_it() -> None:
    world = draw_world([row("DE", 3), row("", 2), row("T1", 1), row("FR", 0)])
    assert [place.row.value for place in world.places] == ["DE"]
    assert [each.value for each in world.elsewhere] == ["", "T1"]
    assert draw_world([]).places == []


def test_map_says_in_a_table_what_it_shows(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    # The bundled table knows where the first one is, and nobody where the second is.
    store(Visit(code, NOW, "81.2.69.1"), Visit(code, NOW, "10.0.0.1"))
    sign_in(client, people.member)
    at = f"/w/{people.workspace.slug}/"
    card = client.get(at).text.partition('id="card-where"')[2].partition("</section>")[0]
    assert "world.svg" in card
    assert re.findall(r'<th scope="row">([^<]*)</th>\s*<td>(\d+)</td>', card) == [
        ("Unknown", "1"),
        ("United Kingdom", "1"),
    ]
    [place] = re.findall(r'class="world-place" href="([^"]*)"', card)
    assert html.unescape(place) == f"{at}?country=GB"
    assert f'href="{at}?country="' in card


def test_hours_of_the_week_are_those_of_the_workspace(client: FormClient, people: People) -> None:
    workspace = make_workspace(people.owner, time_zone="Asia/Tokyo")
    # 14:30 on a Wednesday in London is 23:30 there.
    store(*visits(make_code(workspace), 3, NOW - timedelta(days=7)))
    sign_in(client, people.owner)
    for query in ("", "?device=phone"):
        page = client.get(f"/w/{workspace.slug}/{query}").text
        assert "Most on Wednesdays from 23:00 to 00:00" in page
        assert 'title="Wednesday, 23:00: 3"' in page
        assert page.count('title="Wednesday, ') == 24


def test_heat_has_a_step_for_whoever_came() -> None:
    week = draw_week([[1, 50, 100, *([0] * 21)], *([[0] * 24] * 6)])
    assert [cell.step for cell in week.rows[0][1]][:4] == [1, 3, 5, 0]
    assert week.busiest == "Mondays from 02:00 to 03:00"
    nobody = draw_week([[0] * 24] * 7)
    assert nobody.busiest == ""
    assert {cell.step for _, row in nobody.rows for cell in row} == {0}
