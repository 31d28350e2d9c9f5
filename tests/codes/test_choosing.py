"""Codes chosen for the pages that do something with many: edits, designs and print sheets."""

import pytest
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from pitchbar.codes.models import Code
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code

of_each_page = pytest.mark.parametrize(
    ("page", "target", "too_many"),
    [
        ("edits/new", "edits", "An edit takes 1,000 codes at most."),
        ("templates/application", "templates/application", "1,000 codes at once at most."),
        ("sheets/new", "sheets", "A sheet takes 1,000 codes at most."),
    ],
    ids=["edits", "designs", "sheets"],
)


def make_many(people: People, count: int) -> None:
    own = {"workspace_id": people.workspace.id, "destination_url": "https://harbour.example/menu"}
    rows = [{**own, "name": f"Table {n}", "short_code": f"table-{n}"} for n in range(count)]
    db.session.execute(insert(Code), rows)
    db.session.commit()


def refused(client: FormClient, answer: TestResponse, words: str) -> None:
    """Back to the list as it was, with that."""
    assert answer.status_code == 303
    assert "q=table" in answer.headers["Location"]
    assert words in client.get(answer.headers["Location"]).text


@of_each_page
def test_more_than_fit_are_refused_before_and_after(
    client: FormClient, people: People, page: str, target: str, too_many: str
) -> None:
    make_many(people, 1001)
    ids = ",".join(str(one) for one in db.session.scalars(select(Code.id)))
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes"
    refused(client, client.get(f"{at}/{page}?all=1&q=table"), too_many)
    sent = client.submit(f"{at}/{target}?q=table", {"codes": ids})
    refused(client, sent, too_many)


@of_each_page
def test_what_is_no_code_of_the_workspace_is_not_chosen(
    client: FormClient, people: People, page: str, target: str, too_many: str
) -> None:
    foreign = make_code(people.elsewhere)
    given = [str(foreign.id), "0", "-1", str(2**63), "9" * 5000, "²", "x", ""]
    sign_in(client, people.editor)
    at = f"/w/{people.workspace.slug}/codes"
    asked = client.get(f"{at}/{page}", query_string={"code_id": given, "q": "table"})
    refused(client, asked, "choose codes in the list first.")
    sent = client.submit(f"{at}/{target}?q=table", {"codes": ",".join(given)})
    refused(client, sent, "choose codes in the list first.")
