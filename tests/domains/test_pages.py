"""The pages of own domains, for those who manage them and those who look."""

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.domains.models import Domain
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.conftest import MakeSettings
from tests.fakes.dns import FakeDns
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.domains import HOST, make_domain
from tests.support.factories import People, make_code


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.owner)
    return f"/w/{people.workspace.slug}/domains"


def test_page_without_a_domain_says_what_to_do(client: FormClient, at: str) -> None:
    page = client.get(at).text

    assert "No domain of your own yet" in page
    assert f"{at}/new" in page


def test_added_domain_shows_the_records_to_set(client: FormClient, at: str) -> None:
    typed = {"host": "https://Go.Brand.Example/menu", "root_url": "brand.example"}
    answer = client.submit(at, typed)
    domain = db.session.scalars(select(Domain)).one()
    page = client.get(answer.location).text

    assert (domain.host, domain.root_url) == (HOST, "https://brand.example")
    assert f'data-copy="_pitchbar.{HOST}"' in page
    assert f'data-copy="pitchbar-verification={domain.token}"' in page
    assert 'data-copy="pitchbar.test"' in page
    assert "It waits for its TXT record." in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"host": ""}, "host"),
        ({"host": "192.0.2.1"}, "host"),
        ({"host": "go_to.brand.example"}, "host"),
        ({"host": "pitchbar.test"}, "host"),
        ({"host": "taken.example"}, "host"),
        ({"host": "a\x00b.example"}, "host"),
        ({"host": HOST, "root_url": "javascript:alert(1)"}, "root_url"),
        ({"host": HOST, "unknown_url": f"{SITE}/t/menu"}, "unknown_url"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_stays_typed(
    client: FormClient, people: People, at: str, typed: dict[str, str], field: str
) -> None:
    make_domain(people.workspace, "taken.example")
    answer = client.submit(at, typed)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    if typed[field].isprintable():
        assert f'value="{typed[field]}"' in answer.text


def test_all_that_is_wrong_is_said_at_once(client: FormClient, at: str) -> None:
    page = client.submit(at, {"host": "x", "root_url": "ftp://a.example"}).text
    assert 'id="host-error"' in page
    assert 'id="root_url-error"' in page


def test_domain_cannot_lead_to_itself(client: FormClient, people: People, at: str) -> None:
    domain = make_domain(people.workspace)
    answer = client.submit(f"{at}/{domain.id}", {"root_url": f"https://{HOST}./menu"})

    assert answer.status_code == 422
    assert "that would be a loop" in answer.text
    assert domain.root_url == ""


def test_limit_of_the_plan_is_said(client: FormClient, people: People, at: str) -> None:
    people.workspace.plan = "free"
    make_domain(people.workspace)
    answer = client.submit(at, {"host": "qr.brand.example"})

    assert answer.status_code == 402
    assert "The one domain of the Free plan is in use." in answer.text


def test_where_it_leads_can_be_changed(client: FormClient, people: People, at: str) -> None:
    domain = make_domain(people.workspace)
    targets = {"root_url": "https://brand.example", "unknown_url": "brand.example/help"}
    assert client.submit(f"{at}/{domain.id}", targets).status_code == 303
    assert (domain.root_url, domain.unknown_url) == (
        "https://brand.example",
        "https://brand.example/help",
    )


def test_removal_names_what_is_on_it_and_asks_for_the_name(
    client: FormClient, people: People, at: str
) -> None:
    domain = make_domain(people.workspace)
    code = make_code(people.workspace, name="Table cards", short_code="menu", domain=HOST)
    page = client.get(f"{at}/{domain.id}/remove").text
    assert "Table cards" in page
    assert f"{HOST}/menu" in page
    refused = client.submit(f"{at}/{domain.id}/removal", {"confirmation": "brand"})
    assert refused.status_code == 422
    assert 'id="confirmation-error"' in refused.text

    answer = client.submit(f"{at}/{domain.id}/removal", {"confirmation": f" {HOST.upper()} "})
    assert answer.status_code == 303
    assert db.session.scalars(select(Domain)).all() == []
    kept = db.session.get_one(Code, code.id)
    assert (kept.domain_id, kept.present_short_code) == (None, kept.short_code)


def test_members_see_domains_and_change_none(client: FormClient, people: People) -> None:
    domain = make_domain(people.workspace)
    sign_in(client, people.editor)
    page = client.get(f"/w/{people.workspace.slug}/domains/{domain.id}").text

    assert domain.record_value in page
    for act in ("/checks", "/remove", "domain-form"):
        assert act not in page


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("verified", "Codes can be on it."),
        ("broken", "take this domain over"),
        ("pending", "waits"),
    ],
)
def test_state_is_said_in_words(
    client: FormClient, people: People, at: str, state: str, said: str
) -> None:
    domain = make_domain(people.workspace, state=state, last_answer="We found 2 TXT records.")
    page = client.get(f"{at}/{domain.id}").text

    assert said in page
    assert "We found 2 TXT records." in page


def test_panel_that_is_drawn_anew_shows_what_was_found_meanwhile(
    client: FormClient, people: People, at: str
) -> None:
    domain = make_domain(people.workspace, state="pending")
    assert "is-pending" in client.get(f"{at}/fragments?domain={domain.id}").text
    domain.state = "verified"
    assert "is-verified" in client.get(f"{at}/fragments?domain={domain.id}").text
    assert f'id="domain-{domain.id}"' in client.get(f"{at}/fragments").text
    for wrong in ("x", "0x1", "99999999999999999999", str(domain.id + 1)):
        assert client.get(f"{at}/fragments?domain={wrong}").status_code == 404


def test_name_of_another_script_is_shown_as_people_write_it(
    client: FormClient, people: People, at: str
) -> None:
    make_domain(people.workspace, "go.bücher.example")
    assert "go.bücher.example" in client.get(at).text


class TestCheckNow:
    @pytest.fixture
    def settings(self, make_settings: MakeSettings, dns: FakeDns) -> Settings:
        return make_settings(
            dns_resolvers=dns.address, ratelimit_enabled=True, ratelimit_domain_check="2/minute"
        )

    def test_it_looks_at_once_and_not_too_often(
        self, client: FormClient, people: People, at: str, dns: FakeDns
    ) -> None:
        domain = make_domain(people.workspace, state="pending", next_check_at=None)
        dns.set(domain.record_name, "TXT", domain.record_value)
        assert client.submit(f"{at}/{domain.id}/checks").status_code == 303
        assert domain.state == "verified"
        client.submit(f"{at}/{domain.id}/checks")
        assert client.submit(f"{at}/{domain.id}/checks").status_code == 429


def test_palette_finds_domains(client: FormClient, people: People) -> None:
    from pitchbar.domains.finding import find_domains

    make_domain(people.workspace)
    with client.application.test_request_context():
        assert [offer.label for offer in find_domains(people.workspace, "BRAND")] == [HOST]
        assert list(find_domains(people.workspace, "")) == []


def test_demo_has_a_domain_with_a_code_on_it(app: Flask) -> None:
    from pitchbar.demo import make_demo
    from pitchbar.domains.demo import HOST as DEMO_HOST

    make_demo()
    domain = db.session.scalars(select(Domain)).one()
    code = db.session.scalars(select(Code).where(Code.domain_id == domain.id)).one()
    assert (domain.host, domain.state, code.domain_short_code) == (DEMO_HOST, "verified", "loyal")
    assert domain.checked_at
    assert domain.checked_at <= clock.now()


# Programs and proxies


def test_program_adds_and_removes_domains(client: FormClient, people: People) -> None:
    from tests.support.factories import bearer, make_token

    headers = bearer(make_token(people.workspace))
    at = f"/api/v1/workspaces/{people.workspace.slug}/domains"
    made = client.post(at, json={"host": "Go.Brand.Example."}, headers=headers).get_json()
    assert (made["host"], made["state"]) == (HOST, "pending")
    assert made["txt_name"] == f"_pitchbar.{HOST}"
    again = client.post(at, json={"host": HOST}, headers=headers)
    assert again.get_json()["error"]["code"] == "domain_taken"

    one = f"{at}/{made['id']}"
    changed = client.patch(one, json={"unknown_url": "https://brand.example"}, headers=headers)
    assert changed.get_json()["unknown_url"] == "https://brand.example"
    assert client.post(f"{one}/checks", headers=headers).status_code == 202
    assert client.get(at, headers=headers).get_json()["data"] == [changed.get_json()]
    assert client.delete(one, headers=headers).status_code == 204
    assert client.get(one, headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (HOST, 200),
        ("GO.Brand.Example.", 200),
        ("broken.example", 200),
        ("pitchbar.test", 200),
        ("waits.example", 404),
        ("www.go.brand.example", 404),
        ("evil.example", 404),
        ("' OR 1=1 --", 404),
        ("", 400),
    ],
)
def test_certificates_are_for_domains_that_lead_on(
    client: FormClient, people: People, asked: str, status: int
) -> None:
    make_domain(people.workspace)
    make_domain(people.workspace, "broken.example", "broken")
    make_domain(people.workspace, "waits.example", "pending")

    answer = client.get("/internal/tls-ask", query_string={"domain": asked} if asked else {})
    assert answer.status_code == status
    assert answer.mimetype == "text/plain"


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_tls_ask="3/minute")
def test_questions_for_certificates_are_bounded(client: FormClient, people: People) -> None:
    statuses = [client.get("/internal/tls-ask?domain=a.example").status_code for _ in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
