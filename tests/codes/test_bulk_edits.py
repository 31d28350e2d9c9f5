"""Many codes changed at once: read back before, done as one, undone as one."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select

from pitchbar.codes.bulk_edits import BulkEditRefused, apply_edit, undo_edit
from pitchbar.codes.bulk_plans import BulkEdit
from pitchbar.codes.errors import CodeEditNotFound
from pitchbar.codes.labels.models import CodeLabel
from pitchbar.codes.labels.queries import labels_by_code, labels_of, list_labels
from pitchbar.codes.labels.services import delete_label
from pitchbar.codes.models import Code, CodeEdit
from pitchbar.codes.services import archive_code, update_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import bus, db
from pitchbar.settings import current_settings
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code
from tests.support.members import audit_entries_of
from tests.support.servers import on_both_databases

SPRING = BulkEdit(values={"campaign": "Spring"})


@pytest.fixture
def at(client: FormClient, people: People) -> str:
    people.workspace.time_zone = "Europe/Zurich"
    db.session.commit()
    sign_in(client, people.editor)
    return f"/w/{people.workspace.slug}/codes"


@pytest.fixture
def codes(people: People) -> list[Code]:
    return [make_code(people.workspace, name=name) for name in ("Menu", "Poster", "Card")]


def ids(codes: list[Code]) -> str:
    return ",".join(str(code.id) for code in codes)


def names_of(code: Code) -> list[str]:
    return [label.name for label in labels_of(code)]


def apply(people: People, codes: list[Code], edit: BulkEdit) -> CodeEdit:
    numbers = [code.id for code in codes]
    _, made = apply_edit(people.workspace, numbers, edit, SYSTEM, current_settings())
    db.session.commit()
    assert made
    return made


ALL = {
    "add_labels": "Print, tables",
    "campaign_act": "set",
    "campaign": "Spring",
    "starts_at_act": "set",
    "starts_at": "2026-12-01T09:00",
    "ends_at_act": "set",
    "ends_at": "2026-12-24T18:00",
    "fallback_url_act": "set",
    "fallback_url": "shop.example/closed",
    "attribution_act": "on",
    "status_act": "archived",
}


class TestPages:
    def test_everything_is_asked_read_back_done_and_undone(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        listed = "status=all&campaign=x"
        asked = client.get(f"{at}/edits/new?{listed}&code_id={codes[0].id}&code_id={codes[1].id}")
        assert "Edit 2 codes" in asked.text
        assert f'name="codes" value="{ids(codes[:2])}"' in asked.text
        sent: dict[str, Any] = {"codes": ids(codes[:2]), **ALL}
        page = client.submit(f"{at}/edits/review?{listed}", sent).text
        for sentence in (
            "Label “Print” is put on 2 codes.",
            "The campaign becomes “Spring” on 2 codes.",
            "The start becomes 1 December 2026, 09:00 CET on 2 codes.",
            "The fallback address becomes shop.example/closed on 2 codes.",
            "Attribution is switched on for 2 codes.",
            "2 codes are archived.",
        ):
            assert sentence in page
        assert codes[0].campaign == ""
        done = client.submit(f"{at}/edits?{listed}", sent)
        assert done.location == f"{at}?{listed}"
        for code in codes[:2]:
            assert (code.campaign, code.status, code.attribution) == ("Spring", "archived", True)
            assert code.starts_at == datetime(2026, 12, 1, 8, tzinfo=UTC)
            assert code.fallback_url == "https://shop.example/closed"
            assert names_of(code) == ["Print", "tables"]
        assert (codes[2].campaign, names_of(codes[2])) == ("", [])
        toasts = client.get(done.location).text.split('id="toasts"')[1]
        assert "2 codes changed." in toasts
        undo = re.search(r'<form method="post" action="([^"]*)"', toasts)
        assert undo
        client.submit(undo[1].replace("&amp;", "&"))
        for code in codes:
            assert (code.campaign, code.status, code.starts_at) == ("", "active", None)
            assert (code.fallback_url, code.attribution, names_of(code)) == ("", False, [])
        assert "2 codes are as before." in client.get(f"{at}?{listed}").text

    def test_one_entry_a_code_says_before_and_after(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        codes[0].campaign = "Winter"
        db.session.commit()
        sent = {"codes": ids(codes), "campaign_act": "set", "campaign": "Spring"}
        client.submit(f"{at}/edits", {**sent, "add_labels": "Print"})
        entries = [
            one for one in audit_entries_of(people.workspace) if one.action == "code.updated"
        ]
        assert sorted(one.subject_name for one in entries) == ["Card", "Menu", "Poster"]
        menu = next(one for one in entries if one.subject_name == "Menu")
        assert menu.before == {"campaign": "Winter", "labels": []}
        assert menu.after == {"campaign": "Spring", "labels": ["Print"]}
        assert menu.actor_name == "The editor"

    def test_codes_that_need_no_change_are_counted_apart_and_left_alone(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        update_code(codes[0], SYSTEM, current_settings(), campaign="Spring", labels=["print"])
        db.session.commit()
        before = codes[0].updated_at
        sent = {"codes": ids(codes), "campaign_act": "set", "campaign": "Spring"}
        page = client.submit(f"{at}/edits/review", {**sent, "add_labels": "Print"}).text
        assert "The campaign becomes “Spring” on 2 codes (1 have it so already)." in page
        assert "Label “Print” is put on 2 codes (1 have it already)." in page
        client.submit(f"{at}/edits", {**sent, "add_labels": "Print"})
        assert (codes[0].updated_at, names_of(codes[0])) == (before, ["print"])

    def test_all_that_match_the_list_are_taken(
        self, client: FormClient, people: People, at: str
    ) -> None:
        for number in range(30):
            make_code(people.workspace, name=f"Poster {number}", labels=["Print"])
        make_code(people.workspace, name="Poster without")
        label = labels_by_code([1, 2, 3])[1][0]
        listed = client.get(f"{at}?label={label.id}").text
        link = re.search(r'href="([^"]*edits/new[^"]*)"', listed)
        assert link
        assert "Edit all 30" in listed
        page = client.get(link[1].replace("&amp;", "&")).text
        assert "Edit 30 codes" in page
        chosen = re.search(r'name="codes" value="([\d,]+)"', page)
        assert chosen
        client.submit(f"{at}/edits", {"codes": chosen[1], "attribution_act": "on"})
        traced = select(func.count()).select_from(Code).where(Code.attribution)
        assert db.session.scalar(traced) == 30

    @pytest.mark.parametrize(
        ("typed", "field", "sentence"),
        [
            ({"campaign_act": "set"}, "campaign", "Type the campaign."),
            ({"campaign_act": "set", "campaign": "a" * 101}, "campaign", "at most 100"),
            ({"starts_at_act": "set"}, "starts_at", "Choose a date and a time."),
            ({"starts_at_act": "set", "starts_at": "x"}, "starts_at", "Enter a date and a time"),
            (
                {"ends_at_act": "set", "ends_at": "2027-03-28T02:30"},
                "ends_at",
                "the clocks go forward over it",
            ),
            ({**ALL, "ends_at": "2026-12-01T09:00"}, "ends_at", "The end has to come after"),
            ({"fallback_url_act": "set", "fallback_url": "ftp://x"}, "fallback_url", "Only web"),
            ({"add_labels": "a" * 51}, "add_labels", "50 characters at most"),
            ({"remove_labels": "None"}, "remove_labels", "There is no label “None”."),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
        self,
        client: FormClient,
        at: str,
        codes: list[Code],
        typed: dict[str, str],
        field: str,
        sentence: str,
    ) -> None:
        sent = {"add_labels": "Fresh", "codes": ids(codes), **typed}
        for path in ("/edits/review", "/edits"):
            answer = client.submit(f"{at}{path}", sent)
            assert answer.status_code == 422
            error = answer.text.partition(f'id="{field}-error"')[2].partition("</p>")[0]
            assert sentence in error
            assert f'value="{ids(codes)}"' in answer.text
            assert f'value="{sent["add_labels"]}"' in answer.text
        assert [code.campaign for code in codes] == ["", "", ""]
        assert db.session.scalars(select(CodeLabel)).all() == []

    def test_nothing_chosen_is_said(self, client: FormClient, at: str, codes: list[Code]) -> None:
        answer = client.submit(f"{at}/edits/review", {"codes": ids(codes)})
        assert answer.status_code == 422
        assert "Choose at least one change." in answer.text

    @pytest.mark.parametrize("chosen", ["", "0", "x", "-1", "9" * 40, ",,,"])
    def test_no_codes_leads_back_to_the_list(
        self, client: FormClient, at: str, codes: list[Code], chosen: str
    ) -> None:
        sent = {"codes": chosen, "status_act": "archived"}
        answer = client.submit(f"{at}/edits?status=all", sent)
        assert answer.location == f"{at}?status=all"
        assert "choose codes in the list first" in client.get(answer.location).text
        assert client.get(f"{at}/edits/new?code_id={chosen}").status_code == 303

    def test_codes_of_others_stay_as_they_are(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        theirs = make_code(people.elsewhere)
        client.submit(f"{at}/edits", {"codes": ids([theirs, codes[0]]), "status_act": "archived"})
        assert (theirs.status, codes[0].status) == ("active", "archived")

    def test_who_may_not_edit_may_not(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        edit = apply(people, codes, SPRING)
        sign_in(client, people.analyst)
        sent = {"codes": ids(codes), "status_act": "archived"}
        assert client.get(f"{at}/edits/new?code_id={codes[0].id}").status_code == 403
        for path in ("/edits", "/edits/review", f"/edits/{edit.id}/reversal"):
            assert client.submit(f"{at}{path}", sent).status_code == 403


class TestRefusals:
    def test_codes_that_cannot_be_changed_are_named_and_none_is(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        codes[1].starts_at = datetime(2027, 1, 1, tzinfo=UTC)
        db.session.commit()
        sent = {"codes": ids(codes), "ends_at_act": "set", "ends_at": "2026-12-01T09:00"}
        for path, status in (("/edits/review", 200), ("/edits", 422)):
            answer = client.submit(f"{at}{path}", sent)
            assert answer.status_code == status
            assert "1 code cannot be changed so, and nothing is changed yet" in answer.text
            assert "Poster</strong>: Its end would not come after its start." in answer.text
            assert "Leave those out, and change 2 codes" in answer.text
            assert f'name="codes" value="{codes[0].id},{codes[2].id}"' in answer.text
        assert [code.ends_at for code in codes] == [None, None, None]

    def test_plan_without_room_restores_none(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        for code in codes:
            archive_code(code, SYSTEM)
        people.workspace.plan = "free"
        for _ in range(3):
            make_code(people.workspace)
        sent = {"codes": ids(codes), "status_act": "active", "campaign_act": "set", "campaign": "x"}
        answer = client.submit(f"{at}/edits", sent)
        assert answer.status_code == 422
        assert "Card</strong>: All 5 active codes of the Free plan are in use." in answer.text
        assert [code.status for code in codes] == ["archived"] * 3
        assert [code.campaign for code in codes] == [""] * 3
        client.submit(f"{at}/edits", {**sent, "codes": ids(codes[:2])})
        assert [code.status for code in codes] == ["active", "active", "archived"]

    def test_code_has_20_labels_at_most(self, people: People, codes: list[Code]) -> None:
        many = [f"n{number:02}" for number in range(19)]
        update_code(codes[0], SYSTEM, current_settings(), labels=many)
        db.session.commit()
        with pytest.raises(BulkEditRefused) as caught:
            apply(people, codes, BulkEdit(add=["one", "two"]))
        db.session.rollback()
        (refusal,) = caught.value.plan.refusals
        assert refusal.code.id == codes[0].id
        assert "It would have 21 labels" in refusal.reason
        apply(people, codes, BulkEdit(add=["one", "two"], remove=["N00"]))
        assert len(names_of(codes[0])) == 20
        assert names_of(codes[1]) == ["one", "two"]


class TestUndoing:
    def test_what_was_changed_since_stays(self, people: People, codes: list[Code]) -> None:
        edit = apply(people, codes, BulkEdit(add=["Print"], values={"campaign": "Spring"}))
        update_code(codes[0], SYSTEM, current_settings(), campaign="Mine")
        db.session.commit()
        assert undo_edit(people.workspace, edit.id, SYSTEM) == (2, 1)
        db.session.commit()
        assert [code.campaign for code in codes] == ["Mine", "", ""]
        assert [names_of(code) for code in codes] == [[], [], []]

    def test_it_is_undone_once(self, people: People, codes: list[Code]) -> None:
        edit_id = apply(people, codes, SPRING).id
        undo_edit(people.workspace, edit_id, SYSTEM)
        db.session.commit()
        for number in (edit_id, 10**30):
            with pytest.raises(CodeEditNotFound):
                undo_edit(people.workspace, number, SYSTEM)

    def test_edit_of_others_is_not_there(self, people: People, codes: list[Code]) -> None:
        edit = apply(people, codes, SPRING)
        with pytest.raises(CodeEditNotFound):
            undo_edit(people.elsewhere, edit.id, SYSTEM)

    def test_label_that_is_gone_does_not_come_back(self, people: People, codes: list[Code]) -> None:
        update_code(codes[0], SYSTEM, current_settings(), labels=["Print", "Tables"])
        edit = apply(people, codes[:1], BulkEdit(remove=["Print", "Tables"]))
        printed = next(one for one in list_labels(people.workspace) if one.name == "Print")
        delete_label(people.workspace, printed, SYSTEM)
        undo_edit(people.workspace, edit.id, SYSTEM)
        db.session.commit()
        assert names_of(codes[0]) == ["Tables"]

    def test_archive_without_room_to_go_back_is_said(
        self, client: FormClient, people: People, at: str, codes: list[Code]
    ) -> None:
        edit = apply(people, codes, BulkEdit(status="archived"))
        people.workspace.plan = "free"
        for _ in range(4):
            make_code(people.workspace)
        answer = client.submit(f"{at}/edits/{edit.id}/reversal")
        assert "All 5 active codes of the Free plan" in client.get(answer.location).text
        assert [code.status for code in codes] == ["archived"] * 3

    def test_only_the_latest_are_kept(self, people: People, codes: list[Code]) -> None:
        first = apply(people, codes, SPRING)
        first.made_at = clock.now() - timedelta(days=2)
        for number in range(25):
            apply(people, codes[:1], BulkEdit(values={"campaign": f"n{number}"}))
        kept = db.session.scalars(select(CodeEdit.id)).all()
        assert len(kept) == 20
        assert first.id not in kept


@on_both_databases
def test_thousand_codes_are_changed_as_one(people: People) -> None:
    people.workspace.plan = "scale"
    workspace_id = people.workspace.id
    rows = [
        {
            "workspace_id": workspace_id,
            "name": f"Card {number}",
            "short_code": f"bulk-{number}",
            "destination_url": "https://x.example",
        }
        for number in range(1000)
    ]
    db.session.execute(insert(Code), rows)
    db.session.commit()
    codes = list(db.session.scalars(select(Code).order_by(Code.id)))
    heard: list[str] = []
    bus.subscribe("codes", lambda message: heard.append(str(message["short_code"])))
    started, statements = time.monotonic(), Statements()
    edit = apply(people, codes, BulkEdit(add=["Print"], values={"campaign": "Spring"}))
    took = time.monotonic() - started
    assert took < 15, f"1,000 codes took {took:.1f} s"
    assert statements.seen < 1100
    assert len(edit.changes) == 1000
    assert {code.campaign for code in codes} == {"Spring"}
    assert len(db.session.scalars(select(CodeLabel.code_id)).all()) == 1000
    updated = AuditEntry.action == "code.updated"
    assert db.session.scalar(select(func.count()).where(updated)) == 1000
    assert undo_edit(people.workspace, edit.id, SYSTEM) == (1000, 0)


class Statements:
    """How many went to the database since."""

    def __init__(self) -> None:
        self.seen = 0
        event.listen(db.engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self.seen += 1
