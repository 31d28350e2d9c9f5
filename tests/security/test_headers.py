"""Which headers each kind of answer carries, in one table."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client

from pitchbar.settings import Settings
from tests.agents.factories import make_agent
from tests.support.browsing import FormClient, sign_in
from tests.support.edges import edge_in_this_process
from tests.support.factories import People, bearer, make_code, make_token

# Of the table below: none is there · whatever it says is right.
NONE, ANY = "", "*"

NAMES = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cache-Control",
    "Strict-Transport-Security",
)
STRICT = (
    "frame-ancestors 'none'",
    "nosniff",
    "DENY",
    "strict-origin-when-cross-origin",
    "same-origin",
    "no-store",
    "max-age=31536000",
)


def with_(base: tuple[str, ...] = STRICT, **changes: str) -> tuple[str, ...]:
    named = {name.lower().replace("_", "-"): value for name, value in changes.items()}
    return tuple(named.get(name.lower(), value) for name, value in zip(NAMES, base, strict=True))


TABLE: dict[str, tuple[str, ...]] = {
    "page": STRICT,
    "page of a person": STRICT,
    "page that is not there": STRICT,
    "page of operators": STRICT,
    "page of a mailed link": with_(referrer_policy="no-referrer"),
    "api": with_(cache_control="private"),
    "api without a token": with_(cache_control=ANY),
    "api document": with_(cache_control=ANY),
    "static file": with_(cache_control="max-age"),
    "chat page": with_(
        content_security_policy="default-src 'none'",
        cross_origin_opener_policy=ANY,
        cache_control=ANY,
        referrer_policy=ANY,
    ),
    "widget file": with_(content_security_policy=ANY, cache_control="max-age", x_frame_options=ANY),
    "security.txt": with_(cache_control="public"),
    "report of a policy": STRICT,
    # A bare answer: nothing is shown, nothing runs.
    "redirect": with_((NONE,) * 5 + ("no-store", NONE)),
    "unknown code": with_(
        content_security_policy="default-src 'none'",
        referrer_policy=ANY,
        cross_origin_opener_policy=ANY,
        strict_transport_security=ANY,
        x_frame_options=ANY,
    ),
}

Ask = Callable[[str], Any]


@pytest.fixture
def edge(app: Flask, settings: Settings) -> Iterator[Client]:
    with edge_in_this_process(settings, app) as edge:
        yield Client(edge)


@pytest.fixture
def ask(app: Flask, client: FormClient, people: People, settings: Settings, edge: Client) -> Ask:
    """What each kind of address answers."""
    code = make_code(people.workspace)
    agent = make_agent(people.workspace)
    slug, token = people.workspace.slug, make_token(people.workspace)
    paths = {
        "page": "/login",
        "page of a person": f"/w/{slug}/codes",
        "page that is not there": "/w/nobody/codes",
        "page of operators": "/ops/settings",
        "page of a mailed link": "/password/reset?token=x",
        "api": f"/api/v1/workspaces/{slug}/codes",
        "api without a token": f"/api/v1/workspaces/{slug}/members",
        "api document": "/api/v1/openapi.json",
        "static file": "/static/css/base.css",
        "chat page": f"/c/{agent.public_id}",
        "widget file": "/widget/widget.js",
        "security.txt": "/.well-known/security.txt",
        "redirect": f"/t/{code.short_code}",
        "unknown code": "/t/nothing-here",
    }

    def get(kind: str) -> Any:
        if kind == "report of a policy":
            body = {"csp-report": {"violated-directive": "img-src", "blocked-uri": "data"}}
            return client.post("/csp-report", json=body)
        if kind == "page of a person":
            sign_in(client, people.owner)
        headers = bearer(token) if kind == "api" else {}
        if kind in ("redirect", "unknown code"):
            return edge.get(paths[kind], base_url=settings.app_url)
        return client.get(paths[kind], headers=headers)

    return get


@pytest.mark.settings(
    app_url="https://pitchbar.test",
    app_env="production",
    ops_email_allowlist="person@pitchbar.example",
    security_contact="mailto:security@pitchbar.example",
)
@pytest.mark.parametrize("kind", TABLE)
def test_every_kind_of_answer_has_its_headers(ask: Ask, kind: str) -> None:
    answer = ask(kind)
    wrong = {}
    for name, wanted in zip(NAMES, TABLE[kind], strict=True):
        found = answer.headers.get(name, "")
        if (wanted == NONE and found) or (wanted not in (NONE, ANY) and wanted not in found):
            wrong[name] = found
    assert wrong == {}, answer.status
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


def test_pages_name_where_reports_go(client: FormClient) -> None:
    answer = client.get("/login")
    assert "report-uri /csp-report; report-to csp" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Reporting-Endpoints"] == 'csp="/csp-report"'
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
