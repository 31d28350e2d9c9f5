"""Figures of a code that anybody may see."""

from collections.abc import Callable

import pytest

from pitchbar.analytics.public_stats.services import find_public_stats, publish, unpublish
from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.analytics.factories import make_scan
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

Open = Callable[..., None]
WORD = "flat white"


@pytest.fixture
def code(people: People) -> Code:
    return make_code(people.workspace, name="Spring menu")


@pytest.fixture
def open_page(code: Code) -> Open:
    def open_page(*shows: str, password: str | None = None) -> None:
        publish(code, SYSTEM, shows=shows, password=password)
        db.session.commit()

    return open_page


def read(client: FormClient, code: Code, path: str = "", status: int = 200) -> str:
    answer = client.get(f"/s/{code.short_code}{path}")
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers
    return " ".join(answer.text.split())


def test_a_code_whose_page_is_not_open_has_none(client: FormClient, code: Code) -> None:
    read(client, code, status=404)
    read(client, code, "/embed", status=404)


def test_the_page_shows_what_was_chosen_and_nothing_else(
    client: FormClient, code: Code, people: People, open_page: Open
) -> None:
    make_scan(people.workspace, code_id=code.id, country="DE", browser="Firefox")
    open_page("country")
    page = read(client, code)
    assert "Spring menu" in page
    assert "Germany" in page
    assert "Firefox" not in page
    assert "open-chart" not in page
    assert "All hits" not in page
    open_page("chart", "browser", "hits")
    page = read(client, code)
    assert "Firefox" in page
    assert "open-chart" in page
    assert "Germany" not in page


def test_a_page_without_scans_says_so(client: FormClient, code: Code, open_page: Open) -> None:
    open_page("country", "chart")
    assert "Nothing known yet." in read(client, code, "?range=12m")
    read(client, code, "?range=nonsense")


def test_another_code_of_the_workspace_is_not_shown(
    client: FormClient, code: Code, people: People, open_page: Open
) -> None:
    make_scan(people.workspace, code_id=make_code(people.workspace).id, country="FR")
    open_page("country")
    assert "France" not in read(client, code)


def test_a_password_is_asked_and_no_cookie_is_set(
    client: FormClient, code: Code, people: People, open_page: Open
) -> None:
    make_scan(people.workspace, code_id=code.id, country="DE")
    open_page("country", password=WORD)
    assert "Germany" not in read(client, code)
    wrong = client.post(f"/s/{code.short_code}", data={"password": "espresso"})
    assert wrong.status_code == 422
    assert "That is not the password" in wrong.text
    right = client.post(f"/s/{code.short_code}", data={"password": WORD})
    assert right.status_code == 303
    assert "Set-Cookie" not in right.headers
    key = right.headers["Location"].partition("key=")[2]
    page = read(client, code, f"?key={key}")
    assert "Germany" in page
    assert f"key={key}" in page, "its links keep the key"
    for odd in ("", key[:-2], "x" * 200, key + "a"):
        assert "Germany" not in read(client, code, f"?key={odd}")
    open_page("country", password="another one")
    assert "Germany" not in read(client, code, f"?key={key}"), "a key goes with its password"


@pytest.mark.settings(ratelimit_enabled=True, ratelimit_code_password="3/minute")
def test_guessing_is_limited(client: FormClient, code: Code, open_page: Open) -> None:
    open_page("country", password=WORD)
    tries = [client.post(f"/s/{code.short_code}", data={"password": "x"}) for _ in range(5)]
    assert [one.status_code for one in tries] == [422, 422, 422, 429, 429]


def test_other_sites_may_frame_the_embedded_page_alone(
    client: FormClient, code: Code, open_page: Open
) -> None:
    open_page("country")
    framed = client.get(f"/s/{code.short_code}/embed")
    assert "frame-ancestors *" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    plain = client.get(f"/s/{code.short_code}")
    assert "frame-ancestors 'none'" in plain.headers["Content-Security-Policy"]
    assert plain.headers["X-Frame-Options"] == "DENY"


def test_closing_ends_it(client: FormClient, code: Code, open_page: Open) -> None:
    open_page("country")
    unpublish(code, SYSTEM)
    db.session.commit()
    read(client, code, status=404)


def test_a_deleted_code_has_no_page(client: FormClient, code: Code, open_page: Open) -> None:
    open_page("country")
    delete_code(code, SYSTEM, code.name)
    db.session.commit()
    read(client, code, status=404)


def test_editor_opens_and_closes_it_on_its_page(
    client: FormClient, code: Code, people: People
) -> None:
    sign_in(client, people.editor)
    url = f"/w/{people.workspace.slug}/codes/{code.id}/public-stats"
    assert "Open the page to everybody" in client.get(url).text
    form = {"shows_chart": "y", "shows_city": "y", "password": WORD}
    assert client.submit(url, form).status_code == 303
    stats = find_public_stats(code)
    assert stats is not None
    assert stats.shows == ["chart", "city"]
    assert stats.password_hash
    page = client.get(url).text
    assert WORD not in page
    assert f"/s/{code.short_code}/embed" in page
    client.submit(url, {"shows_hits": "y"})
    db.session.expire_all()
    stats = find_public_stats(code)
    assert stats is not None
    assert stats.shows == ["hits"]
    assert stats.password_hash, "an empty field keeps it"
    client.submit(url, {"shows_hits": "y", "drops_password": "y"})
    db.session.expire_all()
    stats = find_public_stats(code)
    assert stats is not None
    assert stats.password_hash is None
    client.submit(f"{url}/removal")
    db.session.expire_all()
    assert find_public_stats(code) is None


def test_a_password_that_nobody_could_type_is_refused(
    client: FormClient, code: Code, people: People
) -> None:
    sign_in(client, people.editor)
    url = f"/w/{people.workspace.slug}/codes/{code.id}/public-stats"
    answer = client.submit(url, {"shows_chart": "y", "password": "x" * 300})
    assert answer.status_code == 422
    assert find_public_stats(code) is None
