"""A file becomes codes: all of them or none, once, and with all that a code made by hand has."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from pitchbar.codes.labels.queries import labels_of
from pitchbar.codes.models import Code, CodeAddress, CodeDestination
from pitchbar.codes.queries import find_code_by_short_code
from pitchbar.codes.services import delete_code
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.studio.designs import design_of
from pitchbar.symbols.design import Design
from pitchbar.transfers import working
from pitchbar.transfers.errors import ImportNotReady, InvalidMapping
from pitchbar.transfers.models import CHECKED, DONE, FAILED, RUNNING, CodeImport, ImportedCode
from pitchbar.transfers.queries import list_errors
from pitchbar.transfers.reading.plans import Options
from pitchbar.transfers.receiving import files
from pitchbar.transfers.services import bring_in, look_through
from pitchbar.transfers.tasks import work_on_import
from pitchbar.transfers.working import work_on
from pitchbar.transfers.writing import write_codes
from tests.studio.factories import PRETTY, make_template
from tests.support.domains import make_domain
from tests.support.factories import People, make_code
from tests.support.servers import on_both_databases
from tests.transfers.factories import ROWS, carry_out, csv_of, draft, make_import, owner_of


def count_codes() -> int:
    return db.session.scalar(select(func.count()).select_from(Code)) or 0


def wrong(an_import: CodeImport) -> list[tuple[int, str, str]]:
    found = list_errors(an_import, 0, 100)
    return [(one.row_number, one.column_name, one.message) for one in found]


@on_both_databases
def test_rows_become_codes(people: People) -> None:
    head = ("name", "destination", "short code", "labels", "utm source", "ends at", "archived")
    rows = [
        ("Spring", "harbour.example/menu", "Spring", "Print, tables", "poster", "2030-01-01", ""),
        ("", "https://harbour.example/book?a=1", "", "print", "", "", "yes"),
    ]
    by = owner_of(people)
    one = make_import(people.workspace, by, csv_of(rows, head))
    assert (one.state, one.to_create, one.error_count, one.rows) == (CHECKED, 2, 0, 2)
    assert count_codes() == 0
    one = carry_out(one, by)
    assert (one.state, one.created) == (DONE, 2)
    first, second = db.session.scalars(select(Code).order_by(Code.id)).all()
    assert (first.name, first.short_code, first.utm_source) == ("Spring", "spring", "poster")
    assert first.destination_url == "https://harbour.example/menu"
    assert first.created_by_id == people.owner.id
    assert first.ends_at
    assert first.ends_at.isoformat() == "2030-01-02T00:00:00+00:00"
    assert [label.name for label in labels_of(first)] == ["Print", "tables"]
    assert (second.name, second.status) == ("harbour.example/book?a=1", "archived")
    assert len(second.short_code) == 7
    assert [label.name for label in labels_of(second)] == ["Print"]
    traces = db.session.scalars(select(CodeDestination)).all()
    assert {(one.code_id, one.set_by_id) for one in traces} == {
        (first.id, people.owner.id),
        (second.id, people.owner.id),
    }
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    told = [entry.action for entry in entries if entry.action.startswith("code")]
    assert told == ["codes.import_begun", "codes.imported"]
    assert files().list_keys("transfers") == []


@pytest.mark.parametrize("has_template", [False, True])
def test_code_of_an_import_is_as_one_made_by_hand(people: People, has_template: bool) -> None:
    by = owner_of(people)
    if has_template:
        make_template(people.workspace, is_default=True)
    carry_out(make_import(people.workspace, by), by)
    mine = find_code_by_short_code("spring")
    made = make_code(people.workspace, name="Spring menu", destination_url=ROWS[0][1])
    assert mine is not None
    other = {"id", "short_code", "created_at", "updated_at", "created_by_id"}
    for column in set(Code.__table__.columns.keys()) - other:
        assert getattr(mine, column) == getattr(made, column), column


@on_both_databases
def test_imported_codes_start_as_the_codes_of_the_workspace(people: People) -> None:
    people.workspace.default_error_correction = "Q"
    people.workspace.default_utm_source = "print"
    make_template(people.elsewhere, design=Design(module_shape="dot"), is_default=True)
    make_template(people.workspace, design=Design(module_shape="bars"))
    make_template(people.workspace, is_default=True)
    rows = [("Own", ROWS[0][1], "own", "h"), *((name, ROWS[0][1], name, "") for name in "xyz" * 2)]
    rows = [(name, url, f"{code}-{n}", level) for n, (name, url, code, level) in enumerate(rows)]
    by = owner_of(people)
    head = ("name", "destination", "short code", "error correction")
    one = make_import(people.workspace, by, csv_of(rows, head))
    told: list[str] = []

    def hear(*args: Any) -> None:
        told.append(args[2])

    event.listen(db.engine, "before_cursor_execute", hear)
    carry_out(one, by)
    event.remove(db.engine, "before_cursor_execute", hear)
    # One look at the default for each level of correction, however many rows there are.
    assert sum("design_templates" in statement for statement in told) == 2
    codes = db.session.scalars(select(Code).order_by(Code.id)).all()
    assert [code.error_correction for code in codes] == ["H", *"QQQQQQ"]
    for code in codes:
        assert design_of(code) == PRETTY.model_copy(
            update={"error_correction": code.error_correction}
        )
        assert code.utm_source == ""


def test_each_wrong_cell_is_named_and_nothing_comes(people: People) -> None:
    make_code(people.workspace, short_code="taken")
    gone = make_code(people.workspace, short_code="gone", name="Gone")
    delete_code(gone, SYSTEM, "Gone")
    db.session.commit()
    url = "https://harbour.example/"
    head = ("name", "destination", "short code", "starts at", "ends at", "scan limit", "campaign")
    rows: list[tuple[Any, ...]] = [
        ("x" * 201, "ftp://harbour.example", "", "", "", "-1", "c" * 101),
        ("Loop", current_settings().app_url + "/t/menu", "", "", "", "", ""),
        ("A", url, "taken", "", "", "", ""),
        ("B", url, "gone", "", "", "", ""),
        ("C", url, "same", "", "", "", ""),
        ("D", url, "SAME", "", "", "", ""),
        ("E", url, "a b/!", "", "", "", ""),
        ("F", url, "", "2030-01-02", "2030-01-01 00:00", "", ""),
        ("G\x00\x07", url, "", "", "", "", ""),
        ("", "", "", "", "", "", "alone"),
        ("H", url, "", "", "", "", "", "too many"),
    ]
    one = make_import(people.workspace, owner_of(people), csv_of(rows, head))
    found = wrong(one)
    places = [(row, column) for row, column, _message in found]
    assert places == [
        (2, "name"),
        (2, "destination"),
        (2, "scan limit"),
        (2, "campaign"),
        (3, "destination"),
        (4, "short code"),
        (5, "short code"),
        (7, "short code"),
        (8, "short code"),
        (9, "ends at"),
        (10, "name"),
        (11, "destination"),
        (12, ""),
    ]
    messages = {(row, column): message for row, column, message in found}
    assert "201" in messages[2, "name"]
    assert "loop" in messages[3, "destination"]
    assert "“taken” is taken." in messages[4, "short code"]
    assert "deleted" in messages[5, "short code"]
    assert "row 6" in messages[7, "short code"]
    assert one.error_count == len(found) == 13
    assert not one.can_run
    with pytest.raises(ImportNotReady):
        bring_in(one, owner_of(people))
    assert count_codes() == 2


def test_names_of_every_script_may_have_200_letters(people: People) -> None:
    names = ["\u00e9" * 200, "漢" * 200, "א" * 200, "🍋" * 200, "ก" * 200]
    rows = [(name, ROWS[0][1], "") for name in names]
    by = owner_of(people)
    carry_out(make_import(people.workspace, by, csv_of(rows)), by)
    assert set(db.session.scalars(select(Code.name))) == set(names)


def test_taken_short_codes_may_be_drawn_anew(people: People) -> None:
    make_code(people.workspace, short_code="taken")
    rows = [("A", ROWS[0][1], "taken"), ("B", ROWS[0][1], "x"), ("C", ROWS[0][1], "free")]
    by = owner_of(people)
    one = carry_out(make_import(people.workspace, by, csv_of(rows), taken="random"), by)
    assert one.created == 3
    codes = {code.name: code.short_code for code in db.session.scalars(select(Code))}
    assert codes["C"] == "free"
    assert len(codes["A"]) == len(codes["B"]) == 7


def test_rows_that_are_there_may_be_left_out(people: People) -> None:
    by = owner_of(people)
    carry_out(make_import(people.workspace, by), by)
    more = [*ROWS, ("New", ROWS[0][1], "")]
    one = make_import(people.workspace, by, csv_of(more), skip_same=True)
    assert (one.skipped, one.to_create, one.error_count) == (2, 1, 0)
    assert carry_out(one, by).created == 1
    assert count_codes() == 3


@on_both_databases
def test_codes_may_be_on_an_own_domain(people: People) -> None:
    domain = make_domain(people.workspace)
    make_code(people.workspace, short_code="spring")
    by = owner_of(people)
    one = carry_out(make_import(people.workspace, by, domain=domain.host), by)
    assert one.created == 2
    code = db.session.scalar(select(Code).where(Code.domain_short_code == "spring"))
    assert code is not None
    assert code.domain_id == domain.id
    assert code.short_code != "spring"
    addresses = db.session.scalars(select(CodeAddress)).all()
    assert len(addresses) == 2
    assert {one.domain_id for one in addresses} == {domain.id}
    again = make_import(people.workspace, by, domain=domain.host)
    assert wrong(again)[0][2] == "“spring” is taken."


def test_plan_is_asked_before(people: People) -> None:
    people.workspace.plan = "free"
    db.session.commit()
    rows = [(f"Code {n}", ROWS[0][1], "") for n in range(6)]
    one = make_import(people.workspace, owner_of(people), csv_of(rows))
    assert "has 5 active codes" in one.problem
    assert "brings 6" in one.problem
    assert not one.can_run


def test_more_labels_than_a_workspace_has_are_refused(people: People) -> None:
    rows = [
        ("A", ROWS[0][1], ", ".join(f"label {n * 20 + m}" for m in range(20))) for n in range(11)
    ]
    one = make_import(people.workspace, owner_of(people), csv_of(rows, ("name", "url", "labels")))
    assert "220 new labels" in one.problem


def test_destination_column_is_needed(people: People) -> None:
    one = draft(people.workspace, owner_of(people), csv_of([("A", "B")], ("name", "other")))
    with pytest.raises(InvalidMapping) as refused:
        look_through(people.workspace, one, one.mapping, Options())
    assert set(refused.value.fields) == {"destination_url"}


@on_both_databases
def test_worker_killed_in_the_middle_leaves_nothing(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.workspace.plan = "scale"
    by = owner_of(people)
    rows = [(f"Code {n}", ROWS[0][1], f"code-{n}") for n in range(2500)]
    one = make_import(people.workspace, by, csv_of(rows))
    bring_in(one, by)
    db.session.commit()
    import_id = one.id
    with monkeypatch.context() as patched:
        patched.setattr(working, "record_event", _die)
        with pytest.raises(KeyboardInterrupt):
            work_on(import_id, current_settings())
    db.session.rollback()
    assert count_codes() == 0
    assert db.session.get_one(CodeImport, import_id).state == RUNNING
    for _ in range(2):
        work_on(import_id, current_settings())
        assert count_codes() == 2500
    one = db.session.get_one(CodeImport, import_id)
    assert (one.state, one.created) == (DONE, 2500)
    assert db.session.scalar(select(func.count()).select_from(ImportedCode)) == 2500


def _die(*_args: Any, **_more: Any) -> None:
    assert count_codes() == 2500
    raise KeyboardInterrupt


def test_short_code_that_is_taken_meanwhile_is_said(people: People, monkeypatch: Any) -> None:
    by = owner_of(people)
    one = make_import(people.workspace, by)
    bring_in(one, by)
    db.session.commit()
    real = write_codes

    def slow(*args: Any) -> None:
        monkeypatch.setattr(working, "write_codes", real)
        make_code(people.elsewhere, short_code="spring")
        real(*args)

    monkeypatch.setattr(working, "write_codes", slow)
    work_on(one.id, current_settings())
    one = db.session.get_one(CodeImport, one.id)
    assert one.state == CHECKED
    assert wrong(one) == [(2, "short code", "“spring” is taken.")]
    assert (
        db.session.scalar(select(func.count()).where(Code.workspace_id == people.workspace.id)) == 0
    )


def test_job_that_gives_up_says_so(people: People, app: Flask) -> None:
    by = owner_of(people)
    one = draft(people.workspace, by)
    look_through(people.workspace, one, one.mapping, Options())
    db.session.commit()
    working.fail(one.id, "This could not be done.")
    one = db.session.get_one(CodeImport, one.id)
    assert (one.state, one.problem) == (FAILED, "This could not be done.")


def test_job_of_an_import_that_is_gone_does_nothing(people: People) -> None:
    work_on_import(4711)
    assert count_codes() == 0
