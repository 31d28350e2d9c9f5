"""Saved views: a name for a state of the board, for everybody in the workspace."""

import html
import re

import pytest

from pitchbar.analytics.boards.saved_views import services
from pitchbar.analytics.boards.saved_views.models import SavedView
from pitchbar.analytics.boards.saved_views.queries import list_saved_views
from pitchbar.analytics.boards.saved_views.services import save_view
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

QUERY = "range=7d&country=DE&device=%21phone"


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    make_code(people.workspace)
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/"


@pytest.fixture
def view(people: People) -> SavedView:
    view = save_view(people.workspace, SYSTEM, name="From Germany", query=QUERY)
    db.session.commit()
    return view


def names(people: People) -> list[str]:
    return [view.name for view in list_saved_views(people.workspace)]


def test_board_leads_to_saving_what_it_shows(client: FormClient, people: People, at: str) -> None:
    page = client.get(f"{at}?{QUERY}").text
    found = re.search(r'href="([^"]*/views/new[^"]*)"', page)
    assert found
    form = client.get(html.unescape(found[1])).text
    for words in ("Last 7 days", "Country is Germany", "Device is not Phone"):
        assert words in form
    [query] = re.findall(r'name="query" value="([^"]*)"', form)
    [back] = re.findall(r'name="query".*?name="back" value="([^"]*)"', form, re.DOTALL)
    data = {"name": "From Germany", "query": html.unescape(query), "back": back}
    answer = client.submit(f"{at}views", data)
    assert answer.status_code == 303
    assert answer.location == f"{at}?{QUERY}"
    assert names(people) == ["From Germany"]


def test_everybody_opens_it_from_the_menu(
    client: FormClient, people: People, at: str, view: SavedView
) -> None:
    sign_in(client, people.analyst)
    page = client.get(at).text
    assert f'href="{at}?{html.escape(QUERY)}"' in page
    assert "Save this view" not in page
    opened = client.get(f"{at}?{QUERY}").text
    # Whoever stands on it reads its name.
    assert re.search(r'class="views-word">From Germany<', opened)


def test_only_the_state_of_a_board_is_kept(client: FormClient, people: People, at: str) -> None:
    odd = "country=DE&evil=%3Cscript%3E&csrf_token=x&range=30d&metric=money"
    client.submit(f"{at}views", {"name": "Odd", "query": odd})
    assert [one.query for one in list_saved_views(people.workspace)] == ["country=DE"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": ""}, "Give the view a name."),
        ({"name": "a" * 81}, "Use at most 80 characters."),
        ({"name": "from GERMANY"}, "There is a view “From Germany” already."),
        ({"name": "Long", "query": "country=DE&" * 900}, "more filters than a view can keep"),
    ],
)
def test_refused_name_is_told_and_nothing_typed_is_lost(
    client: FormClient,
    people: People,
    at: str,
    view: SavedView,
    data: dict[str, str],
    sentence: str,
) -> None:
    answer = client.submit(f"{at}views", {"query": "country=DE", **data})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{data["name"]}"' in answer.text
    assert names(people) == ["From Germany"]


def test_workspace_keeps_so_many(
    client: FormClient, people: People, at: str, view: SavedView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_OF_A_WORKSPACE", 1)
    answer = client.submit(f"{at}views", {"name": "Another", "query": ""})
    assert answer.status_code == 422
    assert "keeps 1 views at most" in answer.text


def test_is_renamed_and_deleted(
    client: FormClient, people: People, at: str, view: SavedView
) -> None:
    number = view.id
    assert client.submit(f"{at}views/{number}", {"name": "from germany"}).status_code == 303
    assert names(people) == ["from germany"]
    assert client.submit(f"{at}views/{number}", {"name": ""}).status_code == 422
    asked = client.get(f"{at}views/{number}/delete").text
    assert "gone for everybody" in asked
    assert client.submit(f"{at}views/{number}/deletion").status_code == 303
    assert names(people) == []
    actions = [one.action for one in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-3:] == ["saved_view.created", "saved_view.renamed", "saved_view.deleted"]


def test_list_says_what_each_shows(
    client: FormClient, people: People, at: str, view: SavedView
) -> None:
    save_view(people.workspace, SYSTEM, name="Of later", query="from=2026-11-10&to=2026-11-01")
    page = client.get(f"{at}views").text
    assert "Last 7 days · Country is Germany · Device is not Phone" in page
    assert "Nothing that this version can read" in page


@pytest.mark.parametrize("act", ["", "/deletion"])
def test_view_of_another_workspace_is_not_found(
    client: FormClient, people: People, at: str, act: str
) -> None:
    foreign = save_view(people.elsewhere, SYSTEM, name="Theirs", query="")
    db.session.commit()
    number = foreign.id
    assert client.submit(f"{at}views/{number}{act}", {"name": "Mine"}).status_code == 404
    assert client.get(f"{at}views/{2**70}/edit").status_code == 404


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example/", "/w/other/", "\\\\evil.example", "javascript:x"],
)
def test_form_leads_back_within_the_workspace_only(client: FormClient, at: str, back: str) -> None:
    answer = client.submit(f"{at}views", {"name": "Any", "query": "", "back": back})
    assert answer.location == at
