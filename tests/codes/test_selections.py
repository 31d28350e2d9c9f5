"""Several codes at once: archived and restored from their list."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from pitchbar.codes.models import Code
from pitchbar.codes.services import archive_code
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/codes"


@pytest.fixture
def codes(people: People) -> list[Code]:
    return [make_code(people.workspace, name=name) for name in ("Menu", "Poster", "Card")]


def ids(codes: list[Code]) -> dict[str, Any]:
    return {"code_id": [code.id for code in codes]}


def states(codes: list[Code]) -> list[str]:
    return [code.status for code in codes]


def toast_of(client: FormClient, url: str) -> str:
    return client.get(url).text.split('id="toasts"')[1]


def test_chosen_codes_are_archived_and_each_is_on_record(
    client: FormClient, people: People, at: str, codes: list[Code]
) -> None:
    listed = "q=a&status=all&sort=name&order=asc"
    answer = client.submit(f"{at}/archivals?{listed}", ids(codes[:2]))
    assert (answer.status_code, answer.location) == (303, f"{at}?{listed}")
    assert states(codes) == ["archived", "archived", "active"]
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "code.archived"))
    assert [(one.subject_name, one.actor_name) for one in entries] == [
        ("Menu", "The editor"),
        ("Poster", "The editor"),
    ]


def test_undo_brings_back_just_those(
    client: FormClient, people: People, at: str, codes: list[Code]
) -> None:
    archive_code(codes[2], SYSTEM)
    client.submit(f"{at}/archivals?status=all", ids(codes))
    toast = toast_of(client, f"{at}?status=all")
    assert "2 codes are archived." in toast
    undo = re.search(r'<form method="post" action="([^"]*)"', toast)
    assert undo
    answer = client.submit(undo[1].replace("&amp;", "&"))
    assert answer.location == f"{at}?status=all"
    assert states(codes) == ["active", "active", "archived"]


def test_one_code_is_named(client: FormClient, at: str, codes: list[Code]) -> None:
    client.submit(f"{at}/archivals", ids(codes[:1]))
    assert "“Menu” is archived." in toast_of(client, at)
    client.submit(f"{at}/restorations", ids(codes[:1]))
    assert "“Menu” is active again." in toast_of(client, at)


def test_codes_that_do_not_fit_the_plan_stay_archived_together(
    client: FormClient, people: People, at: str, codes: list[Code]
) -> None:
    for code in codes:
        archive_code(code, SYSTEM)
    people.workspace.plan = "free"
    for _ in range(4):
        make_code(people.workspace)
    answer = client.submit(f"{at}/restorations?status=archived", ids(codes))
    assert answer.location == f"{at}?status=archived"
    assert states(codes) == ["archived"] * 3
    toast = toast_of(client, at)
    assert "All 3 stay archived. All 5 active codes of the Free plan are in use." in toast
    client.submit(f"{at}/restorations", ids(codes[:1]))
    assert states(codes) == ["active", "archived", "archived"]


@pytest.mark.parametrize("typed", [[], ["0"], ["-1"], ["x"], ["9" * 30], ["1' OR 1=1"]])
def test_nothing_that_is_a_code_changes_nothing(
    client: FormClient, at: str, codes: list[Code], typed: list[str]
) -> None:
    answer = client.submit(f"{at}/archivals", {"code_id": typed})
    assert answer.status_code == 303
    assert states(codes) == ["active"] * 3
    assert "choose codes in the list first" in toast_of(client, at)


def test_codes_of_others_stay_as_they_are(
    client: FormClient, people: People, at: str, codes: list[Code]
) -> None:
    theirs = make_code(people.elsewhere)
    client.submit(f"{at}/archivals", ids([theirs, codes[0]]))
    assert (theirs.status, codes[0].status) == ("active", "archived")


def test_who_may_not_edit_sees_no_boxes_and_changes_nothing(
    client: FormClient, people: People, at: str, codes: list[Code]
) -> None:
    sign_in(client, people.analyst)
    page = client.get(at).text
    assert 'type="checkbox"' not in page
    assert "Archive" not in page.split('id="code-list"')[1]
    assert "Delete" not in page.split('id="code-list"')[1]
    assert client.submit(f"{at}/archivals", ids(codes)).status_code == 403
    assert states(codes) == ["active"] * 3
