"""The guide: made from the description, readable without anything from outside."""

import re

import pytest
from flask import Flask

from pitchbar.api.document import openapi_document
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_person


@pytest.fixture
def page(client: FormClient) -> str:
    answer = client.get("/api/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return answer.text


def test_every_operation_is_on_the_page(app: Flask, page: str) -> None:
    for path, methods in openapi_document(app)["paths"].items():
        for operation in methods.values():
            assert f'id="{operation["operationId"].replace(".", "-")}"' in page
            assert operation["summary"] in page
        assert path in page


def test_fields_headers_and_errors_are_on_the_page(page: str) -> None:
    for word in ("destination_url", "utm.source", "Idempotency-Key", "If-Match", "per_page"):
        assert f"<code>{word}</code>" in page
    for status in ("401", "403", "404", "409", "412", "413", "415", "422", "429", "503"):
        assert f"<strong>{status}</strong>" in page


def test_every_entry_of_the_contents_leads_somewhere(page: str) -> None:
    targets = re.findall(r'href="#([^"]+)"', page)
    assert len(targets) > 15
    assert [target for target in targets if f'id="{target}"' not in page] == []


@pytest.mark.parametrize(
    ("anchor", "words"),
    [
        ("authentication", "Authentication"),
        ("openapi", "OpenAPI"),
        ("versioning", "Versioning"),
        ("rate-limits", "Rate limits"),
        ("pagination", "Pagination cursor"),
        ("idempotency", "Idempotency"),
        ("etag", "ETag If-None-Match If-Match"),
        ("errors", "Errors"),
    ],
)
def test_what_developers_search_for_is_a_heading(page: str, anchor: str, words: str) -> None:
    heading = re.search(rf'<h2 id="{anchor}">([^<]+)</h2>', page)
    assert heading
    assert [word for word in words.split() if word not in heading[1]] == []
    assert f'href="#{anchor}"' in page


def test_nothing_comes_from_another_site(page: str) -> None:
    loaded = re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']([^"']+)""", page)
    assert loaded
    assert [url for url in loaded if not url.startswith("/static/")] == []


def test_stranger_sees_a_workspace_to_fill_in(page: str) -> None:
    assert "/workspaces/your-workspace/codes" in page
    assert "/login?next=/api/docs" in page


def test_examples_name_the_workspace_of_the_reader(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    page = client.get("/api/docs").text
    assert (
        f"curl -X POST \\\n  http://pitchbar.test/api/v1/workspaces/{people.workspace.slug}/codes"
        in page
    )
    assert f"workspaces/{people.elsewhere.slug}" not in page
    assert "your-workspace" not in page


def test_person_without_a_workspace_reads_it_too(client: FormClient) -> None:
    sign_in(client, make_person())
    assert "your-workspace" in client.get("/api/docs").text
