"""What operators and load balancers ask, and what people see while the database is away."""

import pytest
from flask import Flask

from tests.conftest import MakeSettings
from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People, make_token
from tests.support.outage import take_database_away
from tests.support.servers import free_port


@pytest.fixture
def outage(app: Flask) -> None:
    take_database_away()


def test_up_means_that_the_process_answers(client: FormClient) -> None:
    response = client.get("/up")
    assert (response.status_code, response.text) == (200, "ok\n")


def test_ready_means_that_the_database_answers(client: FormClient) -> None:
    response = client.get("/up/ready")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok", "database": "ok", "spool": "ok"}


@pytest.mark.usefixtures("outage")
def test_ready_says_what_is_down(client: FormClient) -> None:
    assert client.get("/up").status_code == 200
    response = client.get("/up/ready")
    assert response.status_code == 503
    assert response.get_json() == {"status": "unavailable", "database": "down", "spool": "ok"}


def test_pages_say_that_it_passes(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    slug, token = people.workspace.slug, client.csrf_token()
    secret = make_token(people.workspace)
    take_database_away()
    for url in ("/", "/workspaces/new", f"/w/{slug}/", f"/w/{slug}/codes"):
        response = client.get(url)
        assert response.status_code == 503
        assert "Not available just now" in response.text
        assert "Codes keep redirecting" in response.text
        assert response.headers["Retry-After"] == "5"
    form = {"name": "Menu", "csrf_token": token}
    assert client.post(f"/w/{slug}/codes", data=form).status_code == 503
    fragment = client.get(f"/w/{slug}/codes", headers=FRAGMENT)
    assert fragment.status_code == 503
    assert "<html" not in fragment.text
    answer = client.get(f"/api/v1/workspaces/{slug}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 503
    assert answer.get_json()["error"]["code"] == "unavailable"


@pytest.mark.usefixtures("outage")
def test_visitor_still_reads_the_public_pages(client: FormClient) -> None:
    for url in ("/", "/login", "/signup"):
        assert client.get(url).status_code == 200


def test_postgresql_that_is_gone_is_told_the_same_way(make_settings: MakeSettings) -> None:
    from pitchbar import create_app

    settings = make_settings(database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    client = create_app(settings).test_client()
    assert client.get("/up/ready").status_code == 503
    with client.session_transaction() as session:
        session["_user_id"] = "1"
        session["session_secret"] = "any"
    assert client.get("/workspaces/new").status_code == 503


class TestStaticFiles:
    def test_file_with_its_version_may_be_kept_for_a_year(self, client: FormClient) -> None:
        url = client.get("/login").text.partition('href="/static/css/base.css')[2].partition('"')[0]
        assert url.startswith("?v=")
        response = client.get(f"/static/css/base.css{url}")
        assert response.status_code == 200
        assert response.cache_control.max_age == 31_536_000
        assert response.cache_control.public
        assert "Set-Cookie" not in response.headers
        again = client.get(
            "/static/css/base.css", headers={"If-None-Match": response.headers["ETag"]}
        )
        assert again.status_code == 304

    @pytest.mark.parametrize(
        "path", ["../pyproject.toml", "..%2fpyproject.toml", "css/none.css", "", "css/"]
    )
    def test_nothing_else_is_served(self, client: FormClient, path: str) -> None:
        response = client.get(f"/static/{path}")
        assert response.status_code == 404
        assert "max-age" not in response.headers.get("Cache-Control", "")
