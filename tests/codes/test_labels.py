"""Labels: their page, and what becomes of codes that carry them."""

import re
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.codes.labels.errors import TooManyLabels
from pitchbar.codes.labels.models import CodeLabel, Label
from pitchbar.codes.labels.queries import labels_of
from pitchbar.codes.labels.services import MOST_OF_A_WORKSPACE, create_label, ensure_labels
from pitchbar.codes.services import delete_code, update_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.members import audit_entries_of
from tests.support.servers import on_both_databases


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/labels"


def make_label(workspace: Workspace, name: str) -> Label:
    label = create_label(workspace, SYSTEM, name=name)
    db.session.commit()
    return label


def names_in(workspace: Workspace) -> list[str]:
    own = Label.workspace_id == workspace.id
    return list(db.session.scalars(select(Label.name).where(own).order_by(Label.name_key)))


def rows(page: str) -> list[tuple[str, str]]:
    names = re.findall(
        r'label-chip" data-colour="\w+"><span class="truncate" dir="auto">([^<]*)', page
    )
    counts = re.findall(r'aria-label="([\w ]+) with', page)
    return list(zip(names, counts, strict=True))


def test_page_lists_them_with_how_many_codes_carry_each(
    client: FormClient, people: People, at: str
) -> None:
    assert "No labels yet" in client.get(at).text
    make_code(people.workspace, labels=["print", "Tables"])
    make_code(people.workspace, labels=["PRINT"])
    delete_code(make_code(people.workspace, name="x", labels=["Print"]), SYSTEM, "x")
    make_code(people.elsewhere, labels=["Theirs"])
    make_label(people.workspace, "<Zero>")
    db.session.commit()
    assert rows(client.get(at).text) == [
        ("&lt;Zero&gt;", "no code"),
        ("print", "2 codes"),
        ("Tables", "1 code"),
    ]


def test_label_is_made_renamed_and_recoloured(client: FormClient, people: People, at: str) -> None:
    code = make_code(people.workspace, labels=["Print"])
    assert client.submit(at, {"name": "Season", "colour": "amber"}).location == at
    label = labels_of(code)[0]
    answer = client.submit(f"{at}/{label.id}", {"name": "PRINT", "colour": "blue"})
    assert answer.status_code == 303
    assert (label.name, label.colour) == ("PRINT", "blue")
    assert [one.action for one in audit_entries_of(people.workspace)][:2] == [
        "label.updated",
        "label.created",
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Give the label a name."),
        ({"name": "a" * 51}, "Use at most 50 characters."),
        ({"name": "a,b"}, "A label has no comma"),
        ({"name": "a\x00"}, "This contains characters that cannot be stored."),
        (
            {"name": "print"},
            "There is a label “Print” already. To make one",
        ),
        ({"name": "Fresh", "colour": "octarine"}, "Not a valid choice"),
    ],
)
def test_wrong_label_is_said_at_the_field(
    client: FormClient, people: People, at: str, typed: dict[str, str], sentence: str
) -> None:
    make_label(people.workspace, "Print")
    tables = make_label(people.workspace, "Tables")
    for url in (at, f"{at}/{tables.id}"):
        answer = client.submit(url, {"colour": "blue", **typed})
        assert answer.status_code == 422
        assert sentence in answer.text
    assert names_in(people.workspace) == ["Print", "Tables"]


def test_merged_label_is_gone_and_its_codes_have_the_other_once(
    client: FormClient, people: People, at: str
) -> None:
    both = make_code(people.workspace, labels=["Print", "Paper"])
    one = make_code(people.workspace, labels=["Paper"])
    paper, printed = labels_of(both)
    assert "The 2 codes with" in client.get(f"{at}/{paper.id}/merge").text
    client.submit(f"{at}/{paper.id}/merger", {"into": printed.id})
    assert [label.name for label in labels_of(both)] == ["Print"]
    assert [label.name for label in labels_of(one)] == ["Print"]
    assert names_in(people.workspace) == ["Print"]
    entry = audit_entries_of(people.workspace)[0]
    assert (entry.action, entry.after) == ("label.merged", {"merged_into": "Print", "codes": 2})


@pytest.mark.parametrize("into", ["", "0", "self", "999", "theirs", "x"])
def test_label_is_merged_into_another_of_the_workspace_only(
    client: FormClient, people: People, at: str, into: str
) -> None:
    label, theirs = make_label(people.workspace, "Print"), make_label(people.elsewhere, "Theirs")
    given = {"self": label.id, "theirs": theirs.id}.get(into, into)
    answer = client.submit(f"{at}/{label.id}/merger", {"into": given})
    assert answer.status_code == 422
    assert "Choose the label that its codes get instead." in answer.text
    assert names_in(people.workspace) == ["Print"]


def test_deleted_label_comes_off_its_codes(client: FormClient, people: People, at: str) -> None:
    code = make_code(people.workspace, labels=["Print", "Tables"])
    printed = labels_of(code)[0].id
    page = client.get(f"{at}/{printed}/delete").text
    assert "comes off 1 code" in page
    client.submit(f"{at}/{printed}/deletion")
    assert [label.name for label in labels_of(code)] == ["Tables"]
    assert client.submit(f"{at}/{printed}/deletion").status_code == 404


def test_labels_of_others_are_not_there(client: FormClient, people: People, at: str) -> None:
    theirs = make_label(people.elsewhere, "Theirs")
    for path in ("edit", "merge", "delete"):
        assert client.get(f"{at}/{theirs.id}/{path}").status_code == 404
        assert client.get(f"{at}/{9**30}/{path}").status_code == 404
    for path in ("", "/merger", "/deletion"):
        assert client.submit(f"{at}/{theirs.id}{path}", {"name": "x"}).status_code == 404


def test_whoever_only_reads_sees_them_and_changes_nothing(
    client: FormClient, people: People, at: str
) -> None:
    label = make_label(people.workspace, "Print")
    sign_in(client, people.analyst)
    page = client.get(at).text
    assert "Print" in page
    assert "New label" not in page
    assert client.submit(at, {"name": "x"}).status_code == 403
    assert client.submit(f"{at}/{label.id}/deletion").status_code == 403


def test_workspace_has_a_limit_that_is_said_at_the_field(
    client: FormClient, people: People, at: str
) -> None:
    db.session.add_all(
        Label(workspace_id=people.workspace.id, name=f"n{n}", name_key=f"n{n}")
        for n in range(MOST_OF_A_WORKSPACE - 1)
    )
    db.session.commit()
    with pytest.raises(TooManyLabels):
        make_code(people.workspace, labels=["One", "more"])
    db.session.rollback()
    assert client.submit(at, {"name": "Last"}).status_code == 303
    answer = client.submit(at, {"name": "Over"})
    assert answer.status_code == 422
    assert "A workspace has 200 labels at most." in answer.text
    typed = {"name": "Menu", "destination_url": "https://x.example", "labels": "n1, Over"}
    page = client.submit(f"/w/{people.workspace.slug}/codes", typed).text
    assert "A workspace has 200 labels at most." in page.partition('id="labels-error"')[2]
    assert 'id="name-error"' not in page
    assert client.get(f"{at}?page=8").text.count('id="label-') > 20


@on_both_databases
def test_two_people_make_the_same_label_at_once(app: Flask, people: People) -> None:
    """Both codes get it, and there is one."""
    ids = [make_code(people.workspace).id for _ in range(2)]
    workspace_id = people.workspace.id
    failures: list[BaseException] = []
    gate = threading.Barrier(2)

    def run(code_id: int, name: str) -> None:
        with app.app_context():
            try:
                workspace = db.session.get_one(Workspace, workspace_id)
                gate.wait(5)
                labels = ensure_labels(workspace, [name, f"{name} 2"], SYSTEM)
                rows = [
                    CodeLabel(code_id=code_id, label_id=one.id, workspace_id=workspace_id)
                    for one in labels
                ]
                db.session.add_all(rows)
                db.session.commit()
            except BaseException as error:
                failures.append(error)

    _at_once(lambda: run(ids[0], "Print"), lambda: run(ids[1], "PRINT"))
    assert failures == []
    assert len(names_in(people.workspace)) == 2
    assert len(db.session.scalars(select(CodeLabel)).all()) == 4


@on_both_databases
def test_change_of_labels_is_a_change_of_the_code(app: Flask, people: People) -> None:
    code = make_code(people.workspace, labels=["Print"])
    before = code.updated_at
    update_code(code, SYSTEM, current_settings(), labels=["print"])
    db.session.commit()
    assert code.updated_at == before
    update_code(code, SYSTEM, current_settings(), labels=["Print", "Tables"])
    db.session.commit()
    assert code.updated_at > before
    entry = audit_entries_of(people.workspace)[0]
    assert (entry.before, entry.after) == ({"labels": ["Print"]}, {"labels": ["Print", "Tables"]})


def _at_once(*acts: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
