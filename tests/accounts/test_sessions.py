import pytest
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import PASSWORD, People, make_code

COOKIE = "pitchbar_session"


def cookie_of(response: TestResponse) -> tuple[str, set[str]]:
    """The session cookie's value, and its attributes in lower case."""
    headers = [h for h in response.headers.getlist("Set-Cookie") if h.startswith(COOKIE)]
    assert len(headers) == 1
    value, *attributes = headers[0].split("; ")
    return value.removeprefix(f"{COOKIE}="), {one.lower() for one in attributes}


def test_cookie_is_hidden_from_scripts_and_other_sites(client: FormClient) -> None:
    _, attributes = cookie_of(client.get("/login"))
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert "secure" not in attributes


@pytest.mark.settings(app_url="https://pitchbar.test")
def test_cookie_travels_over_tls_only_when_the_site_has_it(client: FormClient) -> None:
    response = client.get("/login", base_url="https://pitchbar.test")
    assert "secure" in cookie_of(response)[1]
    assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_strict_transport_is_not_promised_without_tls(client: FormClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/login").headers


def test_session_from_before_the_sign_in_ends(client: FormClient, people: People) -> None:
    """Somebody may have planted it, and would know its token."""
    planted_token = client.csrf_token()
    planted = client.get_cookie(COOKIE, domain="pitchbar.test")
    assert planted is not None
    client.submit("/login", {"email": people.owner.email, "password": PASSWORD})
    new = client.get_cookie(COOKIE, domain="pitchbar.test")
    assert new is not None
    assert new.value != planted.value
    response = client.post("/workspaces", data={"name": "X", "csrf_token": planted_token})
    assert response.status_code == 419
    client.set_cookie(COOKIE, planted.value, domain="pitchbar.test")
    assert client.get("/workspaces/new").status_code == 302


def test_cookie_tells_nothing_of_the_password(client: FormClient, people: People) -> None:
    response = client.submit("/login", {"email": people.owner.email, "password": PASSWORD})
    assert PASSWORD not in str(parse_cookie(response.headers["Set-Cookie"]))


def test_forged_cookie_is_nobody(client: FormClient) -> None:
    client.set_cookie(COOKIE, "eyJfdXNlcl9pZCI6IjEifQ.aaaaaa.forged", domain="pitchbar.test")
    assert client.get("/workspaces/new").status_code == 302


def test_account_that_is_gone_is_nobody(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    with client.session_transaction(base_url="http://pitchbar.test") as session:
        session["_user_id"] = "999999"
    assert client.get("/workspaces/new").status_code == 302


def test_sign_out_ends_the_session(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    response = client.submit("/logout")
    assert (response.status_code, response.location) == (303, "/login")
    assert "You are signed out." in client.get("/login").text
    assert client.get(f"/w/{people.workspace.slug}/").status_code == 302


def test_sign_out_by_a_link_does_nothing(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    assert client.get("/logout").headers["Location"] == "/"
    assert client.get("/workspaces/new").status_code == 200


class TestForgedForms:
    @pytest.mark.parametrize("token", [None, "", "wrong", "a" * 100])
    def test_form_without_the_right_token_changes_nothing(
        self, client: FormClient, people: People, token: str | None
    ) -> None:
        code = make_code(people.workspace, name="Menu")
        sign_in(client, people.owner)
        at = f"/w/{people.workspace.slug}/codes/{code.id}"
        data = {"csrf_token": token} if token is not None else {}
        for action in ("/archival", "/deletion", ""):
            response = client.post(at + action, data={**data, "confirmation": "Menu", "name": "X"})
            assert response.status_code == 419
            assert "This page has expired" in response.text
        assert client.post("/logout", data=data).status_code == 419
        assert (code.status, code.name, code.deleted_at) == ("active", "Menu", None)
        assert client.get("/workspaces/new").status_code == 200

    def test_fragment_request_gets_a_toast(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        response = client.post(f"/w/{people.workspace.slug}/codes", headers=FRAGMENT)
        assert response.status_code == 419
        assert "<html" not in response.text
        assert "data-toast" in response.text

    def test_token_of_another_session_is_refused(self, client: FormClient, people: People) -> None:
        other = client.application.test_client()
        assert isinstance(other, FormClient)
        token = other.csrf_token()
        sign_in(client, people.owner)
        response = client.post("/workspaces", data={"name": "X", "csrf_token": token})
        assert response.status_code == 419

    def test_sign_in_itself_needs_the_token(self, client: FormClient, people: People) -> None:
        """Else another site could sign its visitors in to an account that it reads."""
        data = {"email": people.owner.email, "password": PASSWORD}
        assert client.post("/login", data=data).status_code == 419
        assert client.get("/workspaces/new").status_code == 302
