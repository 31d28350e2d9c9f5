"""Every error is `{"error": {"code", "message", "fields"}}`, whatever went wrong."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.calling import Api


def error_of(response: TestResponse) -> dict[str, object]:
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "fields"}
    assert body["error"]["message"].endswith((".", "…'."))
    error: dict[str, object] = body["error"]
    return error


def test_unknown_address_is_json_too(api: Api) -> None:
    for url in ("/api/v1/none", "/api/", f"{api.at}/none", f"{api.at}/codes/abc"):
        response = api.client.get(url, headers=api.headers)
        assert response.status_code == 404
        assert error_of(response)["code"] == "not_found"


def test_wrong_method_names_the_right_ones(api: Api) -> None:
    response = api.client.delete(f"{api.at}/codes", headers=api.headers)
    assert response.status_code == 405
    assert error_of(response)["code"] == "method_not_allowed"
    assert {"GET", "POST"} <= {method.strip() for method in response.headers["Allow"].split(",")}


def test_fault_of_ours_tells_nothing_of_the_inside(app: Flask, api: Api) -> None:
    def broken(slug: str) -> str:
        raise ZeroDivisionError("a secret of the house")

    app.view_functions["workspaces_api.show"] = broken
    response = api.get("")
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal"
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"name=Menu",
        b"{",
        b"null",
        b"[]",
        b'[{"name": "Menu"}]',
        b'"Menu"',
        b"12",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"name": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe{}",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_body_that_is_no_json_object_is_refused(api: Api, body: bytes) -> None:
    for method in ("POST", "PATCH"):
        path = "/codes" if method == "POST" else "/codes/1"
        response = api.client.open(
            api.at + path,
            method=method,
            data=body,
            content_type="application/json",
            headers=api.headers,
        )
        assert response.status_code == 422
        assert error_of(response)["code"] == "invalid"


def test_json_must_be_named_as_such(api: Api) -> None:
    response = api.client.post(f"{api.at}/codes", data=b'{"name": "Menu"}', headers=api.headers)
    assert response.status_code == 415
    assert "Content-Type: application/json" in str(error_of(response)["message"])


def test_body_over_a_mebibyte_is_refused(api: Api) -> None:
    response = api.post("/codes", name="a" * (1024 * 1024))
    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"


@pytest.mark.parametrize("number", ["9" * 19, "9" * 60])
def test_number_beyond_the_database_is_not_found(api: Api, number: str) -> None:
    for path in ("", "/scans", "/stats", "/qr.svg"):
        assert api.get(f"/codes/{number}{path}").status_code == 404
