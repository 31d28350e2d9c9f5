"""`/dev/widget`: a site that is not ours, in development alone."""

import re

import pytest

from pitchbar.agents.demo import make_demo
from pitchbar.agents.models import Agent
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.support.browsing import FormClient
from tests.support.factories import People


def policy_of(client: FormClient, path: str) -> str:
    return client.get(path).headers["Content-Security-Policy"]


def test_it_carries_the_snippet_of_the_first_published_agent(
    client: FormClient, people: People
) -> None:
    assert client.get("/dev/widget").status_code == 404
    make_agent(people.workspace, is_published=False)
    first, second = make_agent(people.workspace), make_agent(people.workspace)
    text = client.get("/dev/widget").text
    assert text.count("<script") == 1
    assert f'data-agent="{first.public_id}"' in text
    other = client.get(f"/dev/widget?agent={second.public_id}").text
    assert f'data-agent="{second.public_id}"' in other
    assert client.get("/dev/widget?agent=ag_nothing").status_code == 404


def test_nothing_of_our_own_sheets_is_on_it(client: FormClient, people: People) -> None:
    make_agent(people.workspace)
    sheets = re.findall(r'href="(/static/[^"?]+)', client.get("/dev/widget").text)
    assert sheets == ["/static/shop/shop.css"]
    hostile = re.findall(r'href="(/static/[^"?]+)', client.get("/dev/widget?hostile=1").text)
    assert hostile == ["/static/shop/shop.css", "/static/shop/hostile.css"]


def test_its_policy_is_none_or_just_what_the_install_page_says(
    client: FormClient, people: People
) -> None:
    make_agent(people.workspace)
    assert policy_of(client, "/dev/widget") == "frame-ancestors 'none'"
    strict = policy_of(client, "/dev/widget?csp=strict")
    assert "default-src 'none'" in strict
    assert "script-src http://pitchbar.test/widget/;" in strict
    assert "connect-src http://pitchbar.test/api/v1/widget/;" in strict
    assert "unsafe" not in strict


def test_with_a_nonce_the_snippet_has_it(client: FormClient, people: People) -> None:
    make_agent(people.workspace)
    answer = client.get("/dev/widget?csp=nonce")
    nonce = answer.text.partition('nonce="')[2].partition('"')[0]
    assert len(nonce) == 16
    assert (
        f"script-src 'nonce-{nonce}' 'strict-dynamic';" in answer.headers["Content-Security-Policy"]
    )
    assert nonce not in client.get("/dev/widget?csp=nonce").text


def test_it_reads_from_right_to_left(client: FormClient, people: People) -> None:
    make_agent(people.workspace)
    assert '<html lang="ar" dir="rtl">' in client.get("/dev/widget?dir=rtl").text
    assert '<html lang="en" dir="ltr">' in client.get("/dev/widget?dir=up").text


@pytest.mark.settings(app_env="preview")
def test_elsewhere_it_is_not_there(client: FormClient, people: People) -> None:
    make_agent(people.workspace)
    assert client.get("/dev/widget").status_code == 404


def test_the_demos_agent_may_be_there_under_each_name_of_this_machine(people: People) -> None:
    make_demo(people.workspace, people.owner)
    allowed = db.session.query(Agent).one().allowed_origins
    assert "http://pitchbar.test" in allowed
    assert {"http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"} <= set(allowed)
