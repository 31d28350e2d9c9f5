"""Who is told that a page may read, beside what the calls themselves say (`test_access.py`)."""

import pytest
from flask import Flask, Response, g
from sqlalchemy.exc import OperationalError

from pitchbar.chat import cors
from pitchbar.extensions import db
from tests.agents.factories import make_agent
from tests.chat.widget import SHOP
from tests.support.browsing import SITE
from tests.support.factories import People


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({"Origin": SHOP}, SHOP),
        ({"Origin": f"{SHOP}/cups"}, None),
        ({"Origin": "null"}, None),
        ({}, None),
        ({"Sec-Fetch-Site": "same-origin"}, SITE),
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Sec-Fetch-Site": "same-origin", "Origin": SHOP}, SHOP),
    ],
)
def test_the_page_that_asks(app: Flask, headers: dict[str, str], origin: str | None) -> None:
    with app.test_request_context(headers=headers):
        assert cors.asking_origin() == origin


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_only_a_question_beforehand_is_answered_here(app: Flask, method: str) -> None:
    with app.test_request_context(method=method, headers={"Origin": SHOP}):
        assert cors.answer_preflight() is None


def test_refusal_of_a_known_agent_tells_a_stranger_nothing(app: Flask, people: People) -> None:
    """Though another agent lets the page in."""
    make_agent(people.workspace, allowed_origins=(SHOP,))
    with app.test_request_context(headers={"Origin": SHOP}):
        cors.refuse()
        said = cors.add_headers(Response())
    assert "Access-Control-Allow-Origin" not in said.headers
    assert said.headers["Vary"] == "Origin"


def test_refusal_before_an_agent_is_known_can_be_read(app: Flask, people: People) -> None:
    make_agent(people.workspace, allowed_origins=(SHOP,))
    with app.test_request_context(headers={"Origin": SHOP}):
        said = cors.add_headers(Response())
        assert g.widget_origin == SHOP
    assert said.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Retry-After" in said.headers["Access-Control-Expose-Headers"]


def test_while_the_database_is_away_nobody_gets_leave(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_agent(people.workspace, allowed_origins=(SHOP,))

    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    with app.test_request_context(method="OPTIONS", headers={"Origin": SHOP}):
        monkeypatch.setattr(db.session, "execute", away)
        said = cors.answer_preflight()
    assert said is not None
    assert said.status_code == 204
    assert "Access-Control-Allow-Methods" not in said.headers
