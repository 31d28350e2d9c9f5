import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from pitchbar.accounts.models import Person
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import PASSWORD, People, make_person
from tests.support.servers import on_both_databases

WRONG = "The e-mail address or the password is not right."


@pytest.fixture
def person(app: Flask) -> Person:
    return make_person(email="ada@pitchbar.example")


def try_sign_in(
    client: FormClient,
    email: str = "ada@pitchbar.example",
    password: str = PASSWORD,
    **more: str,
) -> TestResponse:
    return client.submit("/login", {"email": email, "password": password, **more})


def without_token(response: TestResponse) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", response.text)


def is_signed_in(client: FormClient) -> bool:
    return client.get("/workspaces/new").status_code == 200


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("email", ["ada@pitchbar.example", " ADA@pitchbar.EXAMPLE "])
def test_right_password_signs_in_with_the_address_in_any_case(
    client: FormClient, email: str
) -> None:
    response = try_sign_in(client, email)
    assert (response.status_code, response.location) == (303, "/")
    assert is_signed_in(client)


@pytest.mark.usefixtures("person")
def test_unknown_account_cannot_be_told_from_a_wrong_password(client: FormClient) -> None:
    wrong = try_sign_in(client, password="not the password")
    unknown = try_sign_in(client, email="eve@pitchbar.example")
    assert wrong.status_code == unknown.status_code == 422
    assert WRONG in wrong.text
    assert without_token(wrong) == without_token(unknown).replace("eve@", "ada@")
    assert not is_signed_in(client)


@on_both_databases
@pytest.mark.parametrize(
    "email", ["\x00", "a\x00@pitchbar.example", "'; DROP TABLE people; --", "a" * 5000]
)
def test_nonsense_for_an_address_is_a_wrong_address(client: FormClient, email: str) -> None:
    assert try_sign_in(client, email).status_code == 422


def test_empty_form_names_both_fields(client: FormClient) -> None:
    response = try_sign_in(client, "", "")
    assert response.status_code == 422
    assert "Enter your e-mail address." in response.text
    assert "Enter your password." in response.text


@pytest.mark.usefixtures("person")
def test_address_stays_and_password_goes_after_a_mistake(client: FormClient) -> None:
    page = try_sign_in(client, password="guessed-it").text
    assert 'value="ada@pitchbar.example"' in page
    assert "guessed-it" not in page


@pytest.mark.usefixtures("person")
def test_fragment_request_is_led_on_by_htmx(client: FormClient) -> None:
    response = client.submit(
        "/login", {"email": "ada@pitchbar.example", "password": PASSWORD}, headers=FRAGMENT
    )
    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/")


def test_signed_in_person_does_not_see_the_forms(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    assert client.get("/login").status_code == 303
    assert client.get("/signup").location == "/"
    assert client.get("/login?next=/workspaces/new").location == "/workspaces/new"
    assert client.get("/login?next=//evil.example").location == "/"


class TestWayBack:
    def test_page_that_was_asked_for_comes_after_the_sign_in(
        self, client: FormClient, people: People
    ) -> None:
        asked = f"/w/{people.workspace.slug}/codes?q=menu&status=all"
        to_login = client.get(asked)
        assert to_login.status_code == 302
        form = client.get(to_login.location).text
        wanted = asked.replace("&", "&amp;")
        assert f'name="next" value="{wanted}"' in form
        response = try_sign_in(client, people.member.email, next=asked)
        assert response.location == asked

    def test_way_back_outlives_a_wrong_password(self, client: FormClient, person: Person) -> None:
        page = try_sign_in(client, person.email, "not it", next="/workspaces/new").text
        assert 'name="next" value="/workspaces/new"' in page

    def test_post_that_needs_a_sign_in_does_not_come_back_to_itself(
        self, client: FormClient, people: People
    ) -> None:
        response = client.submit(f"/w/{people.workspace.slug}/codes", {"name": "Menu"})
        assert (response.status_code, response.location) == (302, "/login")

    @pytest.mark.parametrize(
        "url",
        [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "\t//evil.example",
            " //evil.example",
            "/\x00/evil.example",
            "https://evil.example",
            "https:evil.example",
            "http:///evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.example",
            "/\x7f/evil.example",
        ],
    )
    def test_other_sites_are_no_way_back(
        self, client: FormClient, person: Person, url: str
    ) -> None:
        assert 'name="next"' not in client.get("/login", query_string={"next": url}).text
        response = try_sign_in(client, person.email, next=url)
        assert (response.status_code, response.location) == (303, "/")

    @pytest.mark.parametrize("url", ["/%2f%2fevil.example", "/%5cevil.example", "/.//evil.example"])
    def test_encoded_tricks_stay_on_this_site(
        self, client: FormClient, person: Person, url: str
    ) -> None:
        location = try_sign_in(client, person.email, next=url).location
        assert location is not None
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


class TestThrottle:
    pytestmark = pytest.mark.settings(ratelimit_enabled=True)

    @pytest.mark.usefixtures("person")
    def test_sixth_try_from_one_address_waits(self, client: FormClient) -> None:
        for number in range(5):
            assert try_sign_in(client, f"a{number}@pitchbar.example").status_code == 422
        refused = try_sign_in(client)
        assert refused.status_code == 429
        assert "Too many tries" in refused.text
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert not is_signed_in(client)

    @pytest.mark.settings(ratelimit_login_account="6/minute")
    def test_seventh_try_at_one_account_waits_from_everywhere(
        self, client: FormClient, person: Person
    ) -> None:
        for number in range(6):
            client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
            assert try_sign_in(client, person.email.upper(), "not it").status_code == 422
        client.environ_base["REMOTE_ADDR"] = "203.0.113.99"
        assert try_sign_in(client, person.email).status_code == 429
        assert try_sign_in(client, "other@pitchbar.example").status_code == 422

    def test_forged_forwarding_header_is_no_new_address(self, client: FormClient) -> None:
        statuses = [
            client.submit(
                "/login",
                {"email": f"a{number}@pitchbar.example", "password": "not it"},
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            ).status_code
            for number in range(6)
        ]
        assert statuses == [422] * 5 + [429]

    def test_looking_at_the_form_is_not_a_try(self, client: FormClient) -> None:
        assert {client.get("/login").status_code for _ in range(8)} == {200}

    def test_fragment_request_gets_a_toast(self, client: FormClient) -> None:
        answers = [
            client.submit("/login", {"email": "a@b.example"}, fragment=True) for _ in range(6)
        ]
        assert answers[-1].status_code == 429
        assert "<html" not in answers[-1].text
        assert "data-toast" in answers[-1].text


def test_password_stays_where_only_the_address_is_missing(client: FormClient) -> None:
    page = client.submit("/login", {"email": "", "password": "nine quiet horses"})
    assert page.status_code == 422
    assert 'value="nine quiet horses"' in page.text
    page = client.submit("/login", {"email": "a@b.example", "password": "nine quiet horses"})
    assert page.status_code == 422
    assert "nine quiet horses" not in page.text
