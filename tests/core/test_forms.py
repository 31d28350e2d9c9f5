import pytest
from flask import Flask
from sqlalchemy import func, select
from wtforms import StringField

from pitchbar.accounts.models import Person
from pitchbar.errors import DomainError, NotFound
from pitchbar.extensions import db
from pitchbar.forms import Form, form_errors


class NoteForm(Form):
    note = StringField("Note")


def refuse(error: DomainError) -> None:
    db.session.add(Person(email="ada@pitchbar.example", name="Ada", password_hash="!"))
    db.session.flush()
    raise error


@pytest.mark.parametrize(
    ("fields", "at_field", "on_top"),
    [
        ({}, [], ["No."]),
        ({"note": "Too long."}, ["Too long."], []),
        ({"elsewhere": "Too short."}, [], ["Too short."]),
    ],
)
def test_refused_work_is_undone_and_said(
    app: Flask, fields: dict[str, str], at_field: list[str], on_top: list[str]
) -> None:
    with app.test_request_context():
        form = NoteForm()
        with form_errors(form):
            refuse(DomainError("No.", fields=fields))
        assert (list(form.note.errors), form.form_errors) == (at_field, on_top)
        assert form.errors
        assert db.session.scalar(select(func.count()).select_from(Person)) == 0


def test_page_gets_the_status_of_the_refusal(app: Flask) -> None:
    with app.test_request_context():
        form = NoteForm()
        with form_errors(form):
            refuse(NotFound())
        assert form.http_status == 404


def test_fault_of_ours_goes_on(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(ZeroDivisionError), form_errors(NoteForm()):
        raise ZeroDivisionError
