from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.chat.models import Visitor
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.visitors.thread_panel import panel
from tests.leads.factories import leave_address, make_conversation, say
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.scans import make_scans
from tests.support.servers import on_both_databases


@pytest.fixture
def base(client: FormClient, people: People) -> str:
    sign_in(client, people.member)
    return f"/w/{people.workspace.slug}"


@on_both_databases
def test_lead_shows_the_way_from_the_scan(
    app: Flask, client: FormClient, base: str, people: People
) -> None:
    code = make_code(people.workspace, name="Window poster")
    make_scans(code, 2)
    scan = db.session.scalars(select(Scan).order_by(Scan.scanned_at)).first()
    assert scan
    talk = make_conversation(
        people.workspace, scan_id=scan.id, code_id=code.id, page_url="https://shop.example/cups"
    )
    say(talk, "How <b>much</b> is it?")
    lead = leave_address(talk, "ada@mail.example", name="Ada")
    db.session.commit()
    page = client.get(f"{base}/leads/{lead.id}").text
    steps = [part.partition('"')[0] for part in page.split('data-step="')[1:]]
    assert steps == ["scan", "start", "message", "message", "form"]
    assert "Window poster" in page
    assert "shop.example/cups" in page
    assert "How &lt;b&gt;much&lt;/b&gt; is it?" in page
    with app.test_request_context():
        assert "data-step" in panel(people.workspace, talk)
    started = client.get(f"{base}/codes/{code.id}").text
    assert "What it started" in started
    assert f"/leads/{lead.id}" in started
    assert "Window poster" in client.get(f"{base}/visitors").text
    assert client.get(f"{base}/visitors?by=campaign&days=7").status_code == 200


@on_both_databases
def test_long_timeline_comes_in_pages(client: FormClient, base: str, people: People) -> None:
    now = clock.now()
    talk = make_conversation(people.workspace, at=now - timedelta(hours=2))
    for n in range(50):
        # Some in one moment.
        say(talk, f"Question {n:02}.", at=now - timedelta(minutes=60 - n // 3))
    db.session.commit()
    address, seen = f"{base}/visitors/{talk.id}", ""
    while address:
        part = client.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        seen = part.text + seen
        address = part.text.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen.count("data-step=") == 101
    assert all(seen.count(f"Question {n:02}.") == 1 for n in range(50))
    assert client.get(f"{base}/visitors/{talk.id}?before=x~y").status_code == 200


def test_same_browser_is_the_same_person(client: FormClient, base: str, people: People) -> None:
    first = make_conversation(people.workspace)
    browser = db.session.get_one(Visitor, first.visitor_id)
    say(make_conversation(people.workspace, visitor=browser), "Where are you?")
    say(make_conversation(people.workspace), "Somebody else's")
    db.session.commit()
    page = client.get(f"{base}/visitors/{first.id}").text
    assert "Where are you?" in page
    assert "Somebody else" not in page


def test_other_workspaces_are_not_there(client: FormClient, base: str, people: People) -> None:
    other = make_conversation(people.elsewhere)
    db.session.commit()
    assert client.get(f"{base}/visitors/{other.id}").status_code == 404
    assert client.get(f"{base}/visitors/{2**70}").status_code == 404
