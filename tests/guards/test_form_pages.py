"""No page stands at an address that cannot be loaded anew: where only a form is sent, a browser
that asks is led to the page of the form.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.support.addresses import all_addresses, build_path, make_all_parts
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People


def only_posted(app: Flask) -> list[Rule]:
    """What takes a form and is no page."""
    found = all_addresses(app)
    pages = {rule.rule for method, rule in found if method == "GET"}
    return [
        rule
        for method, rule in found
        if method == "POST" and rule.rule not in pages and not rule.rule.startswith("/api/")
    ]


@pytest.fixture
def parts(app: Flask, people: People) -> dict[str, Any]:
    return make_all_parts(app, people)


def test_every_address_of_a_form_leads_a_browser_to_a_page(
    app: Flask, client: FormClient, people: People, parts: dict[str, Any]
) -> None:
    rules = only_posted(app)
    assert len(rules) > 20
    for rule in rules:
        sign_in(client, people.owner)
        url = build_path(app, rule, parts)
        answer = client.get(url)
        assert answer.status_code == 302, f"{rule.rule} answers {answer.status_code}"
        while answer.status_code in (302, 303):
            answer = client.get(answer.headers["Location"])
        assert answer.status_code in (200, 404), rule.rule
        assert "<h1" in answer.text, rule.rule


def test_page_that_was_refused_leads_back_to_its_form(
    app: Flask, client: FormClient, people: People, parts: dict[str, Any]
) -> None:
    """For all that answer an empty form with a page: its address leads to where the form stands."""
    seen = 0
    for rule in only_posted(app):
        sign_in(client, people.owner)
        url = build_path(app, rule, parts)
        refused = client.submit(url)
        if refused.status_code != 422 or f'action="{url}"' not in refused.text:
            continue
        seen += 1
        page = client.get(url)
        while page.status_code in (302, 303):
            page = client.get(urlsplit(page.headers["Location"])._replace(fragment="").geturl())
        assert page.status_code == 200, rule.rule
        assert f'action="{url}"' in page.text, f"say with form_on where the form of {url} stands"
    assert seen > 3


def test_programs_are_told_that_the_method_is_wrong(client: FormClient) -> None:
    assert client.get("/api/v1/internal/queue-tick").status_code == 405
