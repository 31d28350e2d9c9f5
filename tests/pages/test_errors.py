"""Errors as a page, as a fragment for htmx, and never as a stack trace."""

import pytest
from flask import Flask

from tests.support.browsing import FRAGMENT, FormClient, sign_in
from tests.support.factories import People


def break_the_overview(app: Flask) -> None:
    def overview(slug: str) -> str:
        raise ZeroDivisionError("a secret of the house")

    app.view_functions["pages.overview"] = overview


def test_unknown_address_gets_a_page(client: FormClient) -> None:
    response = client.get("/no/such/page")
    assert response.status_code == 404
    assert "Page not found" in response.text
    assert 'href="/"' in response.text


def test_wrong_method_names_the_right_ones(client: FormClient) -> None:
    response = client.submit("/up")
    assert response.status_code == 405
    assert "That does not work here" in response.text
    assert "GET" in response.headers["Allow"]


def test_fault_of_ours_tells_its_number_and_nothing_else(app: Flask, client: FormClient) -> None:
    break_the_overview(app)
    response = client.get("/w/any/", headers={"X-Request-Id": "request-4711"})
    assert response.status_code == 500
    assert response.headers["X-Request-Id"] == "request-4711"
    assert "request-4711" in response.text
    assert "secret of the house" not in response.text
    assert "Traceback" not in response.text


def test_fragment_request_gets_a_toast(app: Flask, client: FormClient) -> None:
    break_the_overview(app)
    for url, status in (("/w/any/", 500), ("/no/such/page", 404)):
        response = client.get(url, headers=FRAGMENT)
        assert response.status_code == status
        assert "data-toast" in response.text
        assert "<html" not in response.text
        assert "HX-Request" in response.headers["Vary"]


def test_far_too_large_form_is_refused(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    data = {"name": "a" * 2_000_000}
    response = client.submit(f"/w/{people.workspace.slug}/codes", data)
    assert response.status_code == 413
    assert "That is too large" in response.text


@pytest.mark.parametrize("given", ["short", "a" * 65, "a b c d e f g", "<script>alert(1)</script>"])
def test_request_id_that_is_none_is_replaced(client: FormClient, given: str) -> None:
    response = client.get("/up", headers={"X-Request-Id": given})
    assert response.headers["X-Request-Id"] != given
    assert len(response.headers["X-Request-Id"]) == 32


def test_every_answer_carries_the_safe_headers(client: FormClient, people: People) -> None:
    sign_in(client, people.owner)
    for url in ("/", "/login", f"/w/{people.workspace.slug}/", "/no/such/page", "/api/v1/none"):
        headers = client.get(url).headers
        csp = headers["Content-Security-Policy"]
        assert "default-src 'self'" in csp
        assert "unsafe" not in csp
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store, private"
