from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.link_health.models import Link, LinkSpan
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

URL = "https://www.harbour-kitchen.com/menu"


def page(client: FormClient, people: People, code_id: int) -> str:
    return client.get(f"/w/{people.workspace.slug}/codes/{code_id}").text


def make_checked(people: People, **fields: object) -> Link:
    code = make_code(people.workspace, destination_url=URL)
    link = db.session.scalars(select(Link).where(Link.code_id == code.id)).one()
    now = clock.now()
    values = {
        "state": "well",
        "said": "It answers.",
        "checked_at": now,
        "next_check_at": now + timedelta(days=1),
        **fields,
    }
    for name, value in values.items():
        setattr(link, name, value)
    db.session.commit()
    return link


def test_the_page_of_a_code_tells_whether_it_answers(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    text = page(client, people, make_checked(people).code_id)
    assert "Does it answer?" in text
    assert "It answers." in text
    assert "every 2s" not in text
    assert "Check now" not in text


def test_it_tells_of_failures_and_certificates(client: FormClient, people: People) -> None:
    link = make_checked(
        people,
        state="failing",
        failures=2,
        said="There is no such page (404).",
        tls_expires_at=clock.now() + timedelta(days=3),
    )
    for said in ("It answers.", "There is no such page (404)."):
        at = clock.now()
        db.session.add(
            LinkSpan(
                workspace_id=link.workspace_id,
                code_id=link.code_id,
                url=link.url,
                url_key=link.url_key,
                outcome="well",
                said=said,
                first_at=at,
                last_at=at,
            )
        )
    db.session.commit()
    sign_in(client, people.editor)
    text = page(client, people, link.code_id)
    assert "There is no such page (404)." in text
    assert "this was number 2" in text
    assert "Its certificate ends on" in text
    assert "What we found before" in text


def test_what_a_destination_answered_is_shown_as_text(client: FormClient, people: People) -> None:
    link = make_checked(people, final_url="https://a.com/<script>alert(1)</script>")
    sign_in(client, people.member)
    assert "<script>alert" not in page(client, people, link.code_id)


def test_an_editor_has_it_looked_at_now(client: FormClient, people: People) -> None:
    link = make_checked(people)
    code_id = link.code_id
    sign_in(client, people.editor)
    path = f"/w/{people.workspace.slug}/codes/{code_id}/link-health"
    for _ in range(2):
        answer = client.submit(f"{path}/checks")
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith(f"/codes/{code_id}#link-health")
    jobs = db.session.scalars(select(Job).where(Job.task == "link_health.check_links_of_code"))
    assert [job.arguments for job in jobs] == [{"code_id": code_id}]
    panel = client.get(path, headers={"HX-Request": "true", "HX-Request-Type": "partial"}).text
    assert "Looking…" in panel
    assert "every 2s" in panel
    assert client.get(path).status_code == 303


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_link_check="1/minute")
def test_nobody_uses_us_to_bother_others(client: FormClient, people: People) -> None:
    path = f"/w/{people.workspace.slug}/codes/{make_checked(people).code_id}/link-health/checks"
    sign_in(client, people.editor)
    assert client.submit(path).status_code == 303
    assert client.submit(path).status_code == 429
