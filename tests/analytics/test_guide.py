"""The first minutes: a code, its image, the first scan."""

import orjson
import pytest
from flask import Flask

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code, delete_code
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.scans.factories import make_ingestion
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari"
ROBOT = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"


def scan(app: Flask, code: Code, agent: str = PHONE) -> None:
    line = [f"{id(agent):032x}", int(clock.now().timestamp() * 1000), code.id, code.workspace_id]
    line += ["UTC", [""] * 5, "GET", "203.0.113.9", agent, "en", "", ""]
    ingestion = make_ingestion(app.extensions["settings"], db.engine, Bus())
    assert ingestion.ingest_scans(orjson.dumps(line) + b"\n") == 1


def see(client: FormClient, people: People) -> str:
    return client.get(f"/w/{people.workspace.slug}/").text


def fragments(client: FormClient, people: People) -> str:
    """What the socket sends too."""
    return client.get(f"/w/{people.workspace.slug}/live/fragments").text


def test_empty_workspace_asks_for_a_code(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    page = see(client, people)
    assert "Three steps to your first scan" in page
    assert f'href="/w/{people.workspace.slug}/codes/new"' in page
    assert "Waiting for the first scan" not in page


def test_who_may_not_create_is_told_who_does(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    page = see(client, people)
    assert "Somebody who edits codes makes the first one." in page
    assert "/codes/new" not in page


def test_first_code_is_shown_to_be_scanned(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    make_code(people.workspace)
    sign_in(client, people.owner)
    page = see(client, people)
    assert f"/codes/{code.id}/qr.svg" in page
    assert f"http://pitchbar.test/t/{code.short_code}" in page
    assert "Waiting for the first scan" in page
    assert 'id="figures"' in page


def test_first_scan_flips_the_last_step_by_the_socket(
    app: Flask, client: FormClient, people: People
) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.owner)
    assert "Waiting for the first scan" in fragments(client, people)
    scan(app, code)
    live = fragments(client, people)
    assert 'id="guide"' in live
    assert "Your first scan is in" in live
    assert "iOS" in live
    assert "Waiting" not in live


def test_robot_is_no_first_scan(app: Flask, client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    scan(app, code, ROBOT)
    sign_in(client, people.owner)
    assert "Waiting for the first scan" in see(client, people)


@pytest.mark.parametrize("has_scan", [True, False])
def test_closed_it_does_not_come_back(
    app: Flask, client: FormClient, people: People, has_scan: bool
) -> None:
    code = make_code(people.workspace)
    if has_scan:
        scan(app, code)
    sign_in(client, people.editor)
    assert client.submit(f"/w/{people.workspace.slug}/guide/dismissal").status_code == 303
    assert 'id="guide"' not in see(client, people)
    assert 'id="guide"' not in fragments(client, people)
    assert 'id="figures"' in see(client, people)


def test_closed_without_codes_leaves_the_button(client: FormClient, people: People) -> None:
    people.workspace.guide_closed_at = clock.now()
    sign_in(client, people.owner)
    assert "Create your first code" in see(client, people)


def test_code_out_of_use_is_not_shown(client: FormClient, people: People) -> None:
    archived, deleted = make_code(people.workspace), make_code(people.workspace)
    archive_code(archived, SYSTEM)
    delete_code(deleted, SYSTEM, deleted.name)
    sign_in(client, people.owner)
    assert "Waiting for the first scan" not in see(client, people)
    third = make_code(people.workspace)
    assert f"/codes/{third.id}/qr.svg" in see(client, people)


def test_page_of_one_code_has_no_guide(client: FormClient, people: People) -> None:
    code = make_code(people.workspace)
    sign_in(client, people.owner)
    url = f"/w/{people.workspace.slug}/live/fragments?of={code.id}"
    assert 'id="guide"' not in client.get(url).text


def test_first_scan_names_the_code_that_was_scanned(
    app: Flask, client: FormClient, people: People
) -> None:
    make_code(people.workspace, name="Table card")
    scanned = make_code(people.workspace, name="Window poster")
    scan(app, scanned)
    sign_in(client, people.owner)
    guide = see(client, people).partition('id="guide"')[2].partition("</section>")[0]
    assert "Window poster" in guide
    assert "Table card" not in guide
    delete_code(scanned, SYSTEM, scanned.name)
    db.session.commit()
    guide = see(client, people).partition('id="guide"')[2].partition("</section>")[0]
    assert "Window poster" in guide
    assert f"/codes/{scanned.id}" not in guide
