"""Choosing a time zone, in a new workspace and in the settings."""

import pytest

from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People


def test_list_offers_no_retired_names(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    for url in ("/workspaces/new", f"/w/{people.workspace.slug}/settings"):
        page = client.get(url).text
        assert 'value="Europe/Kyiv"' in page
        assert 'data-retired="Europe/Kiev' in page
        for retired in ("Europe/Kiev", "US/Pacific", "Asia/Calcutta", "Etc/GMT+3"):
            assert f'value="{retired}"' not in page


@pytest.mark.parametrize("retired", ["Europe/Kiev", "US/Pacific", "Etc/GMT-3"])
def test_workspace_keeps_a_name_of_before(client: FormClient, people: People, retired: str) -> None:
    people.workspace.time_zone = retired
    sign_in(client, people.owner)
    url = f"/w/{people.workspace.slug}/settings"
    page = client.get(url).text
    assert f'<option selected value="{retired}">{retired}</option>' in page
    typed = {"name": "Renamed", "slug": people.workspace.slug, "time_zone": retired}
    assert client.submit(url, typed).status_code == 303
    kept = db.session.get_one(Workspace, people.workspace.id)
    assert (kept.name, kept.time_zone) == ("Renamed", retired)


def test_list_of_another_workspace_does_not_learn_it(client: FormClient, people: People) -> None:
    people.workspace.time_zone = "Europe/Kiev"
    sign_in(client, people.owner)
    client.get(f"/w/{people.workspace.slug}/settings")
    assert 'value="Europe/Kiev"' not in client.get("/workspaces/new").text
