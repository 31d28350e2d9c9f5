import re
import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.codes.models import Code
from pitchbar.codes.services import delete_code
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases

FORM = {"name": "Menu", "destination_url": "https://shop.example/"}
TAKEN = "“menu” is taken. Choose another, or leave it empty for a random one."


def count_codes() -> int:
    return db.session.scalar(select(func.count()).select_from(Code)) or 0


def create(client: FormClient, people: People, short_code: str) -> tuple[int, str]:
    response = client.submit(
        f"/w/{people.workspace.slug}/codes", {**FORM, "short_code": short_code}
    )
    error = response.text.partition('id="short_code-error"')[2].partition("</p>")[0]
    return response.status_code, error


def test_random_one_is_easy_to_read(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    for _ in range(5):
        assert create(client, people, "")[0] == 303
    for short_code in db.session.scalars(select(Code.short_code)):
        assert re.fullmatch(r"[23456789bcdfghjkmnpqrstvwxyz]{7}", short_code)


@pytest.mark.parametrize(
    ("typed", "kept"), [("Menu", "menu"), ("  spring_24-a ", "spring_24-a"), ("a" * 64, "a" * 64)]
)
def test_chosen_one_is_kept_in_lower_case(
    client: FormClient, people: People, typed: str, kept: str
) -> None:
    sign_in(client, people.editor)
    assert create(client, people, typed)[0] == 303
    assert db.session.scalars(select(Code.short_code)).one() == kept


@pytest.mark.parametrize(
    "typed",
    [
        "ab",
        "a b c",
        "menü",
        "a/b",
        "a.b",
        "../x",
        "a%2fb",
        "menu?",
        "menu#",
        "м\u0435nu",
        "a\nb\nc",
    ],
)
def test_one_that_would_break_an_address_is_refused(
    client: FormClient, people: People, typed: str
) -> None:
    sign_in(client, people.editor)
    status, error = create(client, people, typed)
    assert status == 422
    assert "Use 3 to 64 letters, digits, hyphens or underscores." in error
    assert count_codes() == 0


def test_one_that_is_too_long_is_refused(client: FormClient, people: People) -> None:
    sign_in(client, people.editor)
    status, error = create(client, people, "a" * 65)
    assert status == 422
    assert "Use at most 64 characters." in error


@on_both_databases
def test_taken_one_is_refused_in_any_case_and_workspace_for_ever(
    client: FormClient, people: People
) -> None:
    sign_in(client, people.editor)
    taken = make_code(people.elsewhere, short_code="menu", name="Gone")
    for typed in ("menu", "MENU", " Menu "):
        status, error = create(client, people, typed)
        assert (status, TAKEN in error) == (422, True)
    delete_code(taken, SYSTEM, "Gone")
    db.session.commit()
    assert create(client, people, "menu")[0] == 422
    assert count_codes() == 1


@on_both_databases
def test_two_who_choose_one_at_once_get_one_code(app: Flask, people: People) -> None:
    ready = threading.Barrier(2)
    url = f"/w/{people.workspace.slug}/codes"
    statuses: list[int] = []

    def send(client: FormClient, token: str) -> None:
        data = {**FORM, "short_code": "menu", "csrf_token": token}
        ready.wait()
        statuses.append(client.post(url, data=data).status_code)

    threads = []
    for person in (people.owner, people.editor):
        client = app.test_client()
        assert isinstance(client, FormClient)
        sign_in(client, person)
        threads.append(threading.Thread(target=send, args=(client, client.csrf_token())))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [303, 422]
    assert count_codes() == 1
