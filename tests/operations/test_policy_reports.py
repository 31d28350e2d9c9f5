"""Reports of the content security policy: taken from browsers, bounded, and of nobody."""

import json
from datetime import timedelta
from typing import Any

import pytest

from pitchbar.core import clock
from pitchbar.core.figures import POLICY_REPORTS
from pitchbar.extensions import db
from pitchbar.operations import policy_reports
from pitchbar.operations.models import PolicyReport
from pitchbar.operations.policy_reports import trim_reports
from tests.support.browsing import SITE, FormClient, sign_in
from tests.support.factories import make_person
from tests.support.servers import on_both_databases

OLD_FORM = {
    "csp-report": {
        "document-uri": f"{SITE}/password/reset?token=SECRETSECRET",
        "referrer": "https://mail.example/of-ada",
        "blocked-uri": "https://evil.example/spy.js?user=ada",
        "violated-directive": "script-src-elem",
        "script-sample": "secret()",
    }
}
NEW_FORM = [
    {
        "type": "csp-violation",
        "user_agent": "Mozilla/5.0",
        "body": {
            "documentURL": f"{SITE}/w/corner-cafe/codes",
            "blockedURL": "inline",
            "effectiveDirective": "style-src-attr",
        },
    },
    {"type": "deprecation", "body": {}},
]


def report(client: FormClient, body: Any, **more: Any) -> int:
    kind = "application/reports+json" if isinstance(body, list) else "application/csp-report"
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post("/csp-report", data=data, content_type=kind, **more).status_code


@on_both_databases
@pytest.mark.settings(ops_email_allowlist="ops@pitchbar.example")
def test_both_forms_are_counted_by_what_they_are(client: FormClient) -> None:
    sign_in(client, make_person(email="ops@pitchbar.example"))
    assert report(client, OLD_FORM) == 204
    assert report(client, OLD_FORM) == 204
    assert report(client, NEW_FORM) == 204
    found = {
        (one.directive, one.blocked, one.page): one.count for one in db.session.query(PolicyReport)
    }
    assert found == {
        ("script-src-elem", "https://evil.example", "/password/reset"): 2,
        ("style-src-attr", "inline", "/w/<slug>/codes"): 1,
    }
    page = client.get("/ops/policy").text
    assert "https://evil.example" in page
    assert "spy.js" not in page
    assert "SECRET" not in page


@pytest.mark.parametrize(
    "body", [b"", b"no json", {}, [], {"csp-report": 7}, {"csp-report": {"blocked-uri": "x"}}]
)
def test_what_is_none_is_refused(client: FormClient, body: Any) -> None:
    assert report(client, body) == 422


def test_large_ones_and_many_are_refused(client: FormClient) -> None:
    assert report(client, b"[" + b" " * 20_000 + b"]") == 413


@pytest.mark.settings(ratelimit_enabled=True)
def test_an_address_is_limited(client: FormClient) -> None:
    answers = [report(client, OLD_FORM) for _ in range(31)]
    assert (answers[0], answers[-1]) == (204, 429)


def test_kinds_are_bounded_and_still_counted(
    client: FormClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_reports, "MOST_KINDS", 3)
    before = POLICY_REPORTS.read().get(("img-src",), 0)
    for number in range(6):
        body = {"blocked-uri": f"https://h{number}.example/", "violated-directive": "img-src"}
        assert report(client, {"csp-report": body}) == 204
    assert db.session.query(PolicyReport).count() == 3
    assert POLICY_REPORTS.read()["img-src",] == before + 6
    # One that is known counts on.
    report(
        client,
        {"csp-report": {"blocked-uri": "https://h0.example/", "violated-directive": "img-src"}},
    )
    assert (
        db.session.get_one(PolicyReport, ("img-src", "https://h0.example", "(another)")).count == 2
    )


def test_they_go_after_thirty_days(client: FormClient) -> None:
    report(client, OLD_FORM)
    trim_reports(clock.now() + timedelta(days=29))
    assert db.session.query(PolicyReport).count() == 1
    trim_reports(clock.now() + timedelta(days=31))
    assert db.session.query(PolicyReport).count() == 0


def test_there_is_no_security_txt_without_a_contact(client: FormClient) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.settings(
    security_contact="mailto:security@pitchbar.example, https://pitchbar.example/holes",
    security_policy_url="https://pitchbar.example/policy",
)
def test_security_txt_is_as_the_standard_says(
    client: FormClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert lines[:2] == [
        "Contact: mailto:security@pitchbar.example",
        "Contact: https://pitchbar.example/holes",
    ]
    assert f"Canonical: {SITE}/.well-known/security.txt" in lines
    assert "Policy: https://pitchbar.example/policy" in lines
    for years in (0, 10):
        later = clock.now() + timedelta(days=365 * years)
        with monkeypatch.context() as moved:
            moved.setattr(clock, "now", lambda at=later: at)
            lines = client.get("/.well-known/security.txt").text.splitlines()
        [expires] = [one.removeprefix("Expires: ") for one in lines if one.startswith("Expires")]
        assert f"{later:%Y-%m-%d}" < expires < f"{later + timedelta(days=365):%Y-%m-%d}"
