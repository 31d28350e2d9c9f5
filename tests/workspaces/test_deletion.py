from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.codes.models import Code
from pitchbar.core import clock
from pitchbar.core.bus import Bus
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.models import Scan, ScanDay, ScanHour, ScanVisitor, VisitorSalt
from pitchbar.workspaces.deletion.services import purge_deleted_workspaces, undo_deletion
from pitchbar.workspaces.errors import ConcurrentChange
from pitchbar.workspaces.models import ApiToken, Invitation, Membership, OldSlug, Workspace
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token, make_workspace
from tests.support.members import audit_entries_of, make_invitation, make_offer
from tests.support.servers import on_both_databases

WEEK = timedelta(days=7)


def ask(client: FormClient, people: People, typed: str = "") -> int:
    data = {"confirmation": typed or people.workspace.name}
    return client.submit(f"/w/{people.workspace.slug}/deletion", data).status_code


def count(model: Any, workspace_id: int) -> int:
    of_workspace = model.workspace_id == workspace_id
    return db.session.scalar(select(func.count()).select_from(model).where(of_workspace)) or 0


def scan(app: Flask, code: Code) -> None:
    """One stored scan with all its sums."""
    line = [f"{code.id:032x}", int(clock.now().timestamp() * 1000), code.id, code.workspace_id]
    line += ["UTC", [""] * 5, "GET", "203.0.113.9", "Mozilla/5.0 Firefox/139.0", "en", "", ""]
    ingestion = make_ingestion(app.extensions["settings"], db.engine, Bus())
    assert ingestion.ingest_scans(orjson.dumps(line) + b"\n") == 1


class TestAsking:
    def test_takes_the_name_typed(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        assert ask(client, people, "corner café") == 422
        assert people.workspace.deletion_asked_at is None
        assert ask(client, people) == 303
        assert people.workspace.deletion_asked_at is not None
        assert audit_entries_of(people.workspace)[0].action == "workspace.deletion_asked"

    @pytest.mark.parametrize("role", ["admin", "editor", "analyst", "member"])
    def test_only_the_owner_may(self, client: FormClient, people: People, role: str) -> None:
        sign_in(client, getattr(people, role))
        assert ask(client, people) == 403
        assert people.workspace.deletion_asked_at is None

    def test_page_says_what_goes_and_what_goes_on(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        page = client.get(f"/w/{people.workspace.slug}/delete").text
        assert "Every printed code stops redirecting" in page
        assert "Until that moment they all go on" in page

    def test_second_time_changes_nothing(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        ask(client, people)
        first = people.workspace.deletion_asked_at
        assert ask(client, people) == 409
        assert people.workspace.deletion_asked_at == first


class TestWeek:
    @pytest.fixture(autouse=True)
    def _going(self, people: People) -> None:
        people.workspace.deletion_asked_at = clock.now()

    def test_everybody_sees_it_and_may_still_look(self, client: FormClient, people: People) -> None:
        for role in ("owner", "admin", "editor", "analyst", "member"):
            sign_in(client, getattr(people, role))
            page = client.get(f"/w/{people.workspace.slug}/")
            assert page.status_code == 200
            assert "This workspace will be deleted on" in page.text
            assert ("Keep the workspace" in page.text) is (role == "owner")
        sign_in(client, people.analyst)
        assert client.get(f"/w/{people.workspace.slug}/leave").status_code == 200

    def test_nothing_can_be_changed(self, client: FormClient, people: People) -> None:
        code = make_code(people.workspace)
        sign_in(client, people.owner)
        at = f"/w/{people.workspace.slug}"
        for path in (f"/codes/{code.id}/archival", "/codes", "/settings", "/invitations"):
            answer = client.submit(at + path)
            assert answer.status_code == 403
            assert "is being deleted" in answer.text
        page = client.get(f"{at}/codes/{code.id}").text
        assert "/edit" not in page

    def test_programs_may_read_only(self, client: FormClient, people: People) -> None:
        headers = bearer(make_token(people.workspace))
        url = f"/api/v1/workspaces/{people.workspace.slug}/codes"
        assert client.get(url, headers=headers).status_code == 200
        data = {"name": "X", "destination_url": "https://x.example"}
        assert client.post(url, json=data, headers=headers).status_code == 403

    def test_owner_can_undo_it(self, client: FormClient, people: People) -> None:
        sign_in(client, people.admin)
        assert client.submit(f"/w/{people.workspace.slug}/restoration").status_code == 403
        sign_in(client, people.owner)
        assert client.submit(f"/w/{people.workspace.slug}/restoration").status_code == 303
        assert people.workspace.deletion_asked_at is None
        assert client.get(f"/w/{people.workspace.slug}/settings").status_code == 200
        assert client.submit(f"/w/{people.workspace.slug}/restoration").status_code == 409
        assert audit_entries_of(people.workspace)[0].action == "workspace.deletion_undone"


class TestPurge:
    @pytest.fixture
    def now(self, people: People) -> datetime:
        people.workspace.deletion_asked_at = clock.now() - WEEK
        db.session.commit()
        return clock.now()

    @on_both_databases
    def test_everything_goes_but_the_short_codes(
        self, app: Flask, client: FormClient, people: People, now: datetime
    ) -> None:
        people.workspace.deletion_asked_at = None
        code = make_code(people.workspace, name="Secret plan", short_code="plan", notes="n")
        kept = make_code(people.elsewhere)
        make_token(people.workspace)
        make_invitation(people.workspace)
        make_offer(people.workspace, people.admin)
        for each in (code, kept):
            scan(app, each)
        people.workspace.deletion_asked_at = now - WEEK
        gone, stays, code_id = people.workspace.id, people.elsewhere.id, code.id
        db.session.commit()

        assert purge_deleted_workspaces(now) == 1

        scan_models = (Scan, ScanHour, ScanDay, ScanVisitor, VisitorSalt)
        for model in (Membership, Invitation, ApiToken, OldSlug, AuditEntry, *scan_models):
            assert count(model, gone) == 0, model
        for model in scan_models:
            assert count(model, stays) > 0, model
        db.session.expire_all()
        left = db.session.get_one(Code, code_id)
        assert (left.name, left.destination_url, left.notes) == ("", "", "")
        assert (left.short_code, left.deleted_at is not None) == ("plan", True)
        empty = db.session.get_one(Workspace, gone)
        assert (empty.name, empty.slug, empty.purged_at) == ("", f"~{gone}", now)
        sign_in(client, people.owner)
        assert client.get("/w/corner-cafe/").status_code == 404
        assert client.get("/", follow_redirects=True).status_code == 200
        sign_in(client, people.outsider)
        data = {"name": "Mine", "destination_url": "https://x.example", "short_code": "plan"}
        answer = client.submit(f"/w/{people.elsewhere.slug}/codes", data)
        assert "is taken" in answer.text

    def test_entry_for_the_operators_stays(self, people: People, now: datetime) -> None:
        purge_deleted_workspaces(now)
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.workspace_id.is_(None))
        ).one()
        assert (entry.action, entry.subject_name) == ("workspace.purged", "Corner Café")

    def test_slug_is_free_again(self, people: People, now: datetime) -> None:
        purge_deleted_workspaces(now)
        assert make_workspace(name="Corner Café").slug == "corner-cafe"

    @pytest.mark.parametrize("back", [timedelta(days=6, hours=23, minutes=59), timedelta(0), None])
    def test_nothing_goes_before_its_time(self, people: People, back: timedelta | None) -> None:
        now = clock.now()
        people.workspace.deletion_asked_at = None if back is None else now - back
        db.session.commit()
        assert purge_deleted_workspaces(now) == 0
        assert count(Membership, people.workspace.id) == 5

    def test_second_run_finds_nothing(self, people: People, now: datetime) -> None:
        assert purge_deleted_workspaces(now) == 1
        assert purge_deleted_workspaces(now) == 0

    def test_undo_after_it_is_too_late(self, people: People, now: datetime) -> None:
        purge_deleted_workspaces(now)
        with pytest.raises(ConcurrentChange):
            undo_deletion(people.workspace, SYSTEM)
