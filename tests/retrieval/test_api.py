"""The search by the API."""

import pytest

from pitchbar.clients.vectors import VectorsUnavailable
from tests.api.calling import Api, make_api, wrong_fields
from tests.retrieval.factories import handbook, make_indexed
from tests.support.browsing import FormClient
from tests.support.factories import People


@pytest.fixture
def api(client: FormClient, people: People) -> Api:
    return make_api(client, people.workspace)


def test_passages_come_with_the_sentence_that_answers(api: Api, people: People) -> None:
    source = make_indexed(people.workspace.id, handbook())
    found = api.get("/search", q="How long is a voucher worth?", limit=2).get_json()
    assert found["answer"] == "A voucher is worth three years and is never paid out."
    assert len(found["data"]) == 2
    assert found["data"][0]["source_id"] == source.id
    assert found["data"][0]["score"] >= found["data"][1]["score"]


def test_sources_of_others_are_neither_found_nor_named(api: Api, people: People) -> None:
    other = make_indexed(people.elsewhere.id, handbook())
    assert api.get("/search", q="voucher").get_json() == {"answer": None, "data": []}
    assert api.get("/search", q="voucher", source_id=other.id).status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [({}, "q"), ({"q": " "}, "q"), ({"q": "x" * 2001}, "q"), ({"q": "x", "limit": 21}, "limit")],
)
def test_bad_questions_are_refused_at_their_field(
    api: Api, query: dict[str, str | int], field: str
) -> None:
    assert field in wrong_fields(api.get("/search", **query))


def test_an_index_that_is_away_is_said(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_given: object, **_more: object) -> None:
        raise VectorsUnavailable("it does not answer")

    monkeypatch.setattr("pitchbar.retrieval.api.search", away)
    answer = api.get("/search", q="voucher")
    assert answer.status_code == 503
    assert answer.get_json()["error"]["code"] == "search_unavailable"
