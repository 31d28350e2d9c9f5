"""The install page of an agent, and its check by page and by program."""

from datetime import timedelta
from typing import Any

import pytest

from pitchbar.agents.models import Agent
from pitchbar.core import clock
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.widget.addresses import widget_script
from pitchbar.widget.checking import run_check
from pitchbar.widget.models import InstallCheck
from tests.agents.factories import make_agent
from tests.retrieval.factories import run_jobs
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, bearer, make_token
from tests.support.hostile_site import HostileSite, page


@pytest.fixture
def agent(people: People) -> Agent:
    return make_agent(people.workspace)


@pytest.fixture
def at(people: People, agent: Agent) -> str:
    return f"/w/{people.workspace.slug}/agents/{agent.id}/install"


def words_of(text: str) -> str:
    return " ".join(text.split())


def kept() -> InstallCheck:
    return db.session.query(InstallCheck).one()


def allow_site(monkeypatch: pytest.MonkeyPatch, site: HostileSite) -> None:
    """As OUTBOUND_ALLOW would, which a test cannot name before the site is there."""
    from pitchbar.clients.settings import OutboundSettings

    pair = frozenset({site.pair})
    monkeypatch.setattr(OutboundSettings, "allowed", property(lambda _self: pair))


def test_page_has_the_snippet_and_the_ways(
    client: FormClient, people: People, agent: Agent, at: str
) -> None:
    sign_in(client, people.member)
    text = client.get(at).text
    assert f"data-agent=&#34;{agent.public_id}&#34;" in text
    for way in ("WordPress", "Shopify", "Google Tag Manager", "Content-Security-Policy"):
        assert way in text
    assert "https://shop.example" in text
    assert "connect-src http://pitchbar.test/api/v1/widget/;" in text
    # Who may not edit looks, and starts nothing.
    assert "/install/checks" not in text
    assert 'aria-current="page">Install' in words_of(text).replace("> Install", ">Install")


def test_what_is_typed_is_checked_and_kept_with_its_time(
    client: FormClient,
    people: People,
    agent: Agent,
    at: str,
    site: HostileSite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow_site(monkeypatch, site)
    agent.allowed_origins = [site.origin]
    site.pages = {"/cups": page(widget_script(agent.public_id))}
    sign_in(client, people.editor)
    begun = client.submit(f"{at}/checks", {"page_url": site.url("/cups")})
    assert (begun.status_code, begun.headers["Location"]) == (303, f"{at}#install-check")
    waiting = client.get(at, headers=FRAGMENT).text
    assert 'hx-trigger="every 1s"' in waiting
    assert "Looking at" in waiting
    assert run_jobs("widget.") == ["widget.check_install"]
    found = client.get(at, headers=FRAGMENT).text
    assert "It shows itself there." in found
    assert "hx-trigger" not in found
    assert found.count('class="is-ok"') == 8
    assert kept().finished_at is not None
    # And the form holds the page for the next time.
    assert f'value="{site.url("/cups")}"' in client.get(at).text


def test_what_stands_in_the_way_leads_to_where_it_is_changed(
    client: FormClient,
    people: People,
    agent: Agent,
    at: str,
    site: HostileSite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow_site(monkeypatch, site)
    agent.published_version_id = None
    site.pages = {"/cups": page("<p>Nothing &lt;here&gt;</p>")}
    sign_in(client, people.editor)
    client.submit(f"{at}/checks", {"page_url": site.url("/cups")})
    run_jobs("widget.")
    text = client.get(at).text
    assert "It does not show itself there." in text
    assert "The snippet is not in this page." in text
    assert f'href="/w/{people.workspace.slug}/agents/{agent.id}/access"' in text
    assert "This agent is a draft." in text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the address of a page"),
        ("   ", "Enter the address of a page"),
        ("http://10.0.0.1/", "public"),
        ("http://localhost:9/", "public"),
        ("ftp://shop.example/", "https:// or http://"),
        ("https://user:password@shop.example/", "password"),
        ("https://" + "x" * 3000 + ".example/", "2,048"),
        ("not an address", ""),
    ],
)
def test_an_address_that_is_none_is_said_at_its_field(
    client: FormClient, people: People, at: str, typed: str, said: str
) -> None:
    sign_in(client, people.editor)
    answer = client.submit(f"{at}/checks", {"page_url": typed})
    assert answer.status_code == 422
    assert 'id="page_url-error"' in answer.text
    assert said in answer.text
    assert db.session.query(InstallCheck).count() == 0


def test_a_bare_host_is_taken_as_https(client: FormClient, people: People, at: str) -> None:
    sign_in(client, people.editor)
    client.submit(f"{at}/checks", {"page_url": " shop.example/cups "})
    assert kept().page_url == "https://shop.example/cups"
    (entry,) = db.session.query(AuditEntry).filter_by(action="agent.install_checked")
    assert entry.after == {"page_url": "https://shop.example/cups"}


def test_a_check_that_is_started_anew_is_not_answered_by_the_old_one(
    agent: Agent, site: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow_site(monkeypatch, site)
    agent_id, workspace_id = agent.id, agent.workspace_id
    old = InstallCheck(agent_id=agent_id, workspace_id=workspace_id, page_url=site.url("/old"))
    db.session.add(old)
    db.session.commit()

    def send(*_args: Any, **_more: Any) -> Any:
        again = kept()
        again.page_url, again.started_at = site.url("/new"), clock.now() + timedelta(seconds=1)
        db.session.commit()
        from pitchbar.clients.outbound import OutboundError

        raise OutboundError("dns", "Nobody knows this name.")

    run_check(agent_id, current_settings(), send)
    assert (kept().state, kept().findings) == ("running", [])


def test_a_check_that_got_lost_says_so(
    client: FormClient, people: People, agent: Agent, at: str
) -> None:
    began = clock.now() - timedelta(seconds=91)
    url = "https://shop.example/"
    db.session.add(
        InstallCheck(
            agent_id=agent.id, workspace_id=agent.workspace_id, page_url=url, started_at=began
        )
    )
    sign_in(client, people.editor)
    text = client.get(at, headers=FRAGMENT).text
    assert "did not come to an end" in words_of(text)
    assert "hx-trigger" not in text


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_install_check="2/minute")
def test_a_workspace_checks_so_often(
    client: FormClient, people: People, agent: Agent, at: str
) -> None:
    sign_in(client, people.editor)
    form = {"page_url": "https://shop.example/"}
    statuses = [client.submit(f"{at}/checks", form).status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    api = f"/api/v1/workspaces/{people.workspace.slug}/agents/{agent.id}/check-install"
    headers = bearer(make_token(people.workspace))
    assert client.post(api, json=form, headers=headers).status_code == 429


def test_a_program_checks_too(
    client: FormClient,
    people: People,
    agent: Agent,
    site: HostileSite,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    allow_site(monkeypatch, site)
    api = f"/api/v1/workspaces/{people.workspace.slug}/agents/{agent.id}/check-install"
    headers = bearer(make_token(people.workspace))
    assert client.get(api, headers=headers).status_code == 404
    site.pages = {"/cups": page("Nothing")}
    begun = client.post(api, json={"page_url": site.url("/cups")}, headers=headers)
    assert begun.status_code == 202
    said = begun.get_json()
    assert (said["state"], said["verdict"], said["findings"]) == ("running", None, [])
    run_jobs("widget.")
    done = client.get(api, headers=headers).get_json()
    assert (done["state"], done["verdict"]) == ("done", "fails")
    levels = {one["key"]: one["level"] for one in done["findings"]}
    assert (levels["reached"], levels["snippet"], levels["origin"]) == ("ok", "bad", "bad")
    for body in ({}, {"page_url": ""}, {"page_url": "http://10.0.0.1/"}, {"page_url": 7}):
        refused = client.post(api, json=body, headers=headers)
        assert refused.status_code == 422
        assert "page_url" in refused.get_json()["error"]["fields"]


def test_what_was_found_goes_with_the_agent(
    client: FormClient, people: People, agent: Agent, at: str
) -> None:
    sign_in(client, people.owner)
    client.submit(f"{at}/checks", {"page_url": "https://shop.example/"})
    client.submit(at.replace("/install", "/deletion"))
    assert db.session.query(InstallCheck).count() == 0
    # The job that waits for it finds nothing, and says nothing.
    run_jobs("widget.")


@pytest.mark.settings(widget_url="https://cdn.example.net")
def test_every_way_names_the_host_of_the_files(client: FormClient, people: People, at: str) -> None:
    sign_in(client, people.member)
    text = client.get(at).text
    assert text.count("https://cdn.example.net/widget/") >= 3
    assert "script-src https://cdn.example.net/widget/;" in text
    assert (
        "s.setAttribute(&#34;data-api&#34;, &#34;http://pitchbar.test/api/v1/widget&#34;);" in text
    )
