"""An import taken back: what nobody touched goes, what is in use stays."""

from datetime import date, timedelta

import pytest
from sqlalchemy import null, select

from pitchbar.codes.models import Code, CodeAddress
from pitchbar.codes.queries import find_code_by_short_code
from pitchbar.codes.services import delete_code, update_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.scans.models import ScanDay
from pitchbar.settings import current_settings
from pitchbar.studio.models import ScanCheck
from pitchbar.studio.printing import check_code
from pitchbar.transfers.errors import ImportNotReady
from pitchbar.transfers.models import UNDONE, CodeImport, ImportedCode
from pitchbar.transfers.queries import list_imports
from pitchbar.transfers.services import tend_imports, undo_import
from pitchbar.transfers.undoing import list_kept, plan_undo
from pitchbar.transfers.working import work_on
from tests.studio.factories import make_template
from tests.support.domains import make_domain
from tests.support.factories import People
from tests.support.servers import on_both_databases
from tests.transfers.factories import carry_out, csv_of, draft, make_import, owner_of

URL = "https://harbour.example/menu"


def imported(people: People, domain: str = "") -> CodeImport:
    rows = [(name, URL, name) for name in ("scanned", "edited", "deleted", "fresh", "other")]
    by = owner_of(people)
    return carry_out(make_import(people.workspace, by, csv_of(rows), domain=domain), by)


def use_some(people: People) -> None:
    codes = {code.name: code for code in db.session.scalars(select(Code))}
    db.session.add(
        ScanDay(
            workspace_id=people.workspace.id,
            code_id=codes["scanned"].id,
            day=date(2026, 3, 1),
            hits=1,
        )
    )
    update_code(codes["edited"], SYSTEM, current_settings(), notes="Printed")
    delete_code(codes["deleted"], SYSTEM, "deleted")
    db.session.commit()


def undo(an_import: CodeImport, people: People) -> CodeImport:
    undo_import(an_import, owner_of(people))
    db.session.commit()
    work_on(an_import.id, current_settings())
    return db.session.get_one(CodeImport, an_import.id)


@on_both_databases
def test_codes_in_use_stay_and_are_named(people: People) -> None:
    one = imported(people)
    use_some(people)
    plan = plan_undo(one)
    assert (plan.removed, plan.scanned, plan.edited, plan.deleted) == (2, 1, 1, 1)
    assert [(code.name, was) for code, was in list_kept(one, 0, 10)] == [
        ("scanned", True),
        ("edited", False),
    ]
    one = undo(one, people)
    assert (one.state, one.removed) == (UNDONE, 2)
    left = db.session.scalars(select(Code.name).where(Code.deleted_at.is_(None))).all()
    assert sorted(left) == ["edited", "scanned"]
    work_on(one.id, current_settings())
    assert db.session.get_one(CodeImport, one.id).removed == 2


@on_both_databases
def test_same_file_goes_in_again(people: People) -> None:
    domain = make_domain(people.workspace)
    make_template(people.workspace, is_default=True)
    for host in ("", domain.host):
        first = imported(people, domain=host)
        code = db.session.scalars(select(Code).order_by(Code.id.desc())).first()
        assert code is not None
        assert code.design
        check_code(code)
        db.session.commit()
        undo(first, people)
        assert find_code_by_short_code("fresh") is None
        for left in (CodeAddress, ScanCheck):
            assert db.session.scalars(select(left)).all() == []
        assert db.session.scalars(select(Code.id).where(Code.design.is_not(null()))).all() == []
    again = imported(people)
    assert again.created == 5
    assert again.error_count == 0


def test_after_a_day_it_stays(people: People) -> None:
    one = imported(people)
    assert one.ended_at is not None
    one.ended_at -= timedelta(hours=25)
    db.session.commit()
    with pytest.raises(ImportNotReady):
        undo_import(one, owner_of(people))


def test_old_drafts_and_lists_are_forgotten(people: People) -> None:
    done = imported(people)
    left = draft(people.workspace, owner_of(people))
    fresh = draft(people.workspace, owner_of(people))
    left.created_at -= timedelta(hours=25)
    assert done.ended_at is not None
    done.ended_at -= timedelta(hours=25)
    db.session.commit()
    kept = {done.id, fresh.id}
    tend_imports(clock.now())
    db.session.commit()
    assert {one.id for one in list_imports(people.workspace, None, 10)} == kept
    assert db.session.scalars(select(ImportedCode)).all() == []
