"""The round of a minute: what it raises, whom it tells, and what it leaves alone."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from pitchbar.alerts.judging import Verdict
from pitchbar.alerts.kinds import find_kind
from pitchbar.alerts.minutes import count_minutes, trim_minutes
from pitchbar.alerts.models import AlertRule, AlertState, QuotaMark, ScanMinute
from pitchbar.alerts.quota import raise_quota_marks, raise_standing_marks
from pitchbar.alerts.raising import raise_measured
from pitchbar.alerts.rule_values import RuleValues
from pitchbar.alerts.services import delete_rule, pause_rule, snooze_rule, update_rule
from pitchbar.chat.monthly.models import ConversationDay
from pitchbar.codes.services import archive_code, restore_code
from pitchbar.core import clock
from pitchbar.core.clock import start_of_hour
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.mailing.models import MailBody, MailRecord
from pitchbar.scans.models import ScanDay
from pitchbar.settings import current_settings
from pitchbar.workspaces.mailing_lists.links import Subscription
from pitchbar.workspaces.mailing_lists.services import refuse_list
from tests.agents.factories import make_agent
from tests.alerts.factories import (
    COOLDOWN,
    HOUR,
    NOW,
    evaluate,
    hours_before,
    long_ago,
    make_rule,
    set_hours,
    the_alerts,
)
from tests.support.factories import People, make_code
from tests.support.mailbox import sent_mails
from tests.support.servers import on_both_databases

TOP = start_of_hour(NOW)
WEEK = timedelta(weeks=1)


@pytest.fixture
def _old(people: People) -> None:
    long_ago(people.workspace)


pytestmark = pytest.mark.usefixtures("_old")


def usual(end: datetime, hours: int, people: int) -> dict[datetime, int]:
    """The same in each of the four weeks before."""
    found: dict[datetime, int] = {}
    for week in range(1, 5):
        found |= hours_before(end - WEEK * week, hours, people)
    return found


@on_both_databases
def test_too_many_are_told_once_and_their_end_too(people: People) -> None:
    rule = make_rule(people.workspace, threshold=10, window_minutes=180)
    set_hours(people.workspace.id, 0, {TOP: 4, TOP - HOUR: 4, TOP - 2 * HOUR: 4})
    assert evaluate().raised == [rule.id]
    assert evaluate(NOW + timedelta(minutes=1)).raised == []
    [alert] = the_alerts()
    assert alert.title == "Corner Café: more than 10 scans in 3 hours"
    assert alert.detail == "12 scans in 3 hours."
    assert alert.figures["value"] == 12
    assert evaluate(NOW + 3 * HOUR).recovered == [rule.id]
    [alert] = the_alerts()
    assert alert.recovered_at == NOW + 3 * HOUR
    mails = sent_mails()
    assert [mail.subject for mail in reversed(mails)] == [alert.title, f"Over: {alert.title}"]
    assert {mail.to for mail in mails} == {people.owner.email}
    assert "after 3 h" in mails[0].text
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.actor_kind == "system"))
    assert {"alert.raised", "alert.recovered"} <= set(actions)


CASES: list[Any] = [
    ("scans_over", 10, 60, {TOP: 99}, False),  # by minutes, of which there are none
    ("scans_over", 10, 180, {TOP: 10}, False),
    ("scans_over", 10, 180, {TOP: 11}, True),
    ("scans_over", 10, 180, {TOP - 4 * HOUR: 50}, False),
    ("scans_under", 10, 180, {}, True),
    ("scans_under", 10, 180, {TOP - HOUR: 9, TOP: 90}, True),
    ("scans_under", 10, 180, {TOP - 3 * HOUR: 10}, False),
    ("scans_under", 10, 180, {TOP - 4 * HOUR: 10}, True),
    ("silence", None, 180, {}, False),  # never scanned: not silent, only new
    ("silence", None, 180, {TOP - 4 * HOUR: 1}, True),
    ("silence", None, 180, {TOP - 3 * HOUR: 1}, False),
    ("silence", None, 180, {TOP - 9 * HOUR: 1, TOP: 1}, False),
    ("spike", 100, 60, usual(TOP, 1, 20) | {TOP - HOUR: 60}, True),
    ("spike", 100, 60, usual(TOP + HOUR, 1, 20) | {TOP: 60}, True),
    ("spike", 100, 60, usual(TOP, 1, 20) | {TOP - HOUR: 39}, False),
    ("spike", 100, 60, usual(TOP, 1, 2) | {TOP - HOUR: 5}, False),  # by chance
    ("spike", 100, 60, {TOP - HOUR: 60}, True),  # nobody ever came
    ("drop", 60, 60, usual(TOP, 1, 40), True),
    ("drop", 60, 60, usual(TOP, 1, 100) | {TOP - HOUR: 40}, True),
    ("drop", 60, 60, usual(TOP, 1, 100) | {TOP - HOUR: 41}, False),
    ("drop", 60, 60, usual(TOP, 1, 3), False),  # by chance
    ("drop", 60, 60, {}, False),
]


@pytest.mark.parametrize(("kind", "threshold", "window", "people_by_hour", "is_raised"), CASES)
def test_each_kind_is_raised_by_what_it_says(
    people: People,
    kind: str,
    threshold: int | None,
    window: int,
    people_by_hour: dict[datetime, int],
    is_raised: bool,
) -> None:
    make_rule(people.workspace, kind, threshold=threshold, window_minutes=window)
    set_hours(people.workspace.id, 0, people_by_hour)
    assert bool(evaluate().raised) is is_raised


def test_a_rule_of_a_code_looks_at_its_code_alone(people: People) -> None:
    codes = [make_code(people.workspace), make_code(people.workspace)]
    rules = [make_rule(people.workspace, code_id=code.id) for code in codes]
    set_hours(people.workspace.id, codes[0].id, {TOP: 11})
    set_hours(people.workspace.id, 0, {TOP: 99})
    assert evaluate().raised == [rules[0].id]
    assert the_alerts()[0].title.startswith(codes[0].name)


@pytest.mark.parametrize("field", ["deleted_at", "archived"])
def test_a_rule_on_a_code_that_is_gone_rests(people: People, field: str) -> None:
    code = make_code(people.workspace)
    make_rule(people.workspace, code_id=code.id)
    set_hours(people.workspace.id, code.id, {TOP: 11})
    if field == "archived":
        code.status = "archived"
    else:
        code.deleted_at = clock.now()
    db.session.commit()
    assert evaluate().rules == 0


def test_nothing_is_judged_in_a_workspace_that_goes(people: People) -> None:
    make_rule(people.workspace)
    people.workspace.deletion_asked_at = clock.now()
    set_hours(people.workspace.id, 0, {TOP: 99})
    assert evaluate().rules == 0


@pytest.mark.parametrize("kind", ["scans_under", "drop"])
def test_what_is_younger_than_the_window_did_not_fall(people: People, kind: str) -> None:
    people.workspace.created_at = TOP - HOUR
    make_rule(people.workspace, kind, threshold=50, window_minutes=180)
    assert evaluate().raised == []


def test_two_weeks_are_needed_to_know_what_is_usual(people: People) -> None:
    make_rule(people.workspace, "spike", threshold=100, window_minutes=60)
    set_hours(people.workspace.id, 0, usual(TOP, 1, 20) | {TOP - HOUR: 90})
    people.workspace.created_at = TOP - HOUR - WEEK
    assert evaluate().raised == []
    people.workspace.created_at = TOP - HOUR - 2 * WEEK
    db.session.commit()
    assert len(evaluate(NOW + HOUR).raised) == 0
    set_hours(people.workspace.id, 0, {TOP + HOUR: 90})
    assert len(evaluate(NOW + HOUR + timedelta(minutes=5)).raised) == 1


def test_while_scans_wait_to_be_stored_silence_says_nothing(people: People) -> None:
    make_rule(people.workspace, "silence")
    make_rule(people.workspace, "scans_under")
    over = make_rule(people.workspace, "scans_over", window_minutes=1440)
    set_hours(people.workspace.id, 0, {TOP - 9 * HOUR: 3, TOP: 9})
    set_hours(people.workspace.id, 0, {TOP: 0, TOP - 9 * HOUR: 30})
    set_hours(people.workspace.id, 0, {TOP: 1})
    assert evaluate(is_stored=False).raised == [over.id]
    assert len(evaluate().raised) == 1


def test_an_hour_is_judged_when_its_last_scans_are_stored_and_once(people: People) -> None:
    make_rule(people.workspace, "scans_under")
    assert evaluate(TOP + timedelta(minutes=1)).raised == []
    assert len(evaluate(TOP + timedelta(minutes=2)).raised) == 1
    set_hours(people.workspace.id, 0, {TOP - HOUR: 50})
    assert evaluate(TOP + timedelta(minutes=3)).recovered == []
    assert len(evaluate(NOW + HOUR).recovered) == 1


def test_silence_is_over_with_the_first_scan(people: People) -> None:
    rule = make_rule(people.workspace, "silence")
    set_hours(people.workspace.id, 0, {TOP - 9 * HOUR: 1})
    assert evaluate().raised == [rule.id]
    set_hours(people.workspace.id, 0, {TOP: 1})
    assert evaluate(NOW + timedelta(minutes=1)).recovered == [rule.id]


def test_what_comes_and_goes_is_told_once_in_its_cooldown(people: People) -> None:
    rule = make_rule(people.workspace, "silence", window_minutes=60)
    set_hours(people.workspace.id, 0, {TOP - 9 * HOUR: 1})
    cooldown = timedelta(hours=5)
    assert evaluate(cooldown=cooldown).raised == [rule.id]
    set_hours(people.workspace.id, 0, {TOP: 1})
    evaluate(NOW + timedelta(minutes=1), cooldown=cooldown)
    assert evaluate(NOW + 3 * HOUR, cooldown=cooldown).raised == []
    assert evaluate(NOW + 5 * HOUR, cooldown=cooldown).raised == [rule.id]


def test_a_snoozed_or_paused_rule_tells_nothing(people: People) -> None:
    snoozed, paused = make_rule(people.workspace), make_rule(people.workspace)
    set_hours(people.workspace.id, 0, {TOP: 99})
    snooze_rule(snoozed, SYSTEM, NOW + timedelta(minutes=30))
    pause_rule(paused, SYSTEM)
    db.session.commit()
    assert evaluate().raised == []
    assert evaluate(NOW + timedelta(minutes=31)).raised == [snoozed.id]
    snooze_rule(snoozed, SYSTEM, NOW + 9 * HOUR)
    db.session.commit()
    assert evaluate(NOW + 4 * HOUR).recovered == [snoozed.id]
    assert len(sent_mails()) == 1


@on_both_databases
def test_two_who_find_the_same_tell_it_once(people: People, app: Flask) -> None:
    """A second round began before the first had told: both hold it for not raised."""
    rule_id = make_rule(people.workspace).id
    kind, verdict = find_kind("scans_over"), Verdict(is_over=True, value=11, expected=10)
    assert kind
    told = []
    for _ in range(2):
        with app.app_context():
            told.append(raise_measured(rule_id, kind, verdict, NOW, COOLDOWN))
            db.session.commit()
    assert told == [True, False]
    assert len(the_alerts()) == 1


def test_a_rule_that_watches_something_else_begins_anew(people: People) -> None:
    rule = make_rule(people.workspace)
    set_hours(people.workspace.id, 0, {TOP: 99})
    evaluate()
    values = RuleValues("scans_over", threshold=200, window_minutes=180)
    key = current_settings().app_key
    update_rule(
        people.workspace, db.session.get_one(AlertRule, rule.id), SYSTEM, values, app_key=key
    )
    db.session.commit()
    assert the_alerts()[0].recovered_at
    assert db.session.scalars(select(AlertState)).all() == []
    assert evaluate(NOW + timedelta(minutes=1)).raised == []


def test_the_history_outlives_its_rule(people: People) -> None:
    rule = make_rule(people.workspace)
    set_hours(people.workspace.id, 0, {TOP: 99})
    evaluate()
    delete_rule(db.session.get_one(AlertRule, rule.id), SYSTEM)
    db.session.commit()
    [alert] = the_alerts()
    assert (alert.rule_id, alert.recovered_at is not None) == (None, True)


class TestRecipients:
    def test_roles_addresses_and_refusals(self, people: People) -> None:
        emails = ("shop@brand.example", people.owner.email.upper())
        rule = make_rule(people.workspace, roles=("owner", "admin", "editor"), emails=emails)
        people.editor.verified_at = None
        refuse_list(Subscription(people.workspace.id, people.admin.email, "alerts"))
        set_hours(people.workspace.id, 0, {TOP: 99})
        evaluate()
        assert sorted(mail.to for mail in sent_mails()) == sorted(
            [people.owner.email, "shop@brand.example"]
        )
        refuse_list(Subscription(people.workspace.id, "shop@brand.example", rule.list_key))
        db.session.commit()
        evaluate(NOW + 4 * HOUR)
        assert len(sent_mails()) == 3

    def test_a_name_with_line_breaks_makes_no_header(self, people: People) -> None:
        code = make_code(people.workspace, name="Menu")
        code.name = "Menu\r\nBcc: eve@brand.example"
        make_rule(people.workspace, code_id=code.id)
        set_hours(people.workspace.id, code.id, {TOP: 99})
        evaluate()
        [mail] = sent_mails()
        assert mail.subject == "Menu Bcc: eve@brand.example: more than 10 scans in 3 hours"
        assert mail.to == people.owner.email

    @pytest.mark.settings(mail_url="smtp://127.0.0.1:1")
    def test_an_alert_stands_while_no_mail_can_be_sent(self, people: People) -> None:
        make_rule(people.workspace)
        set_hours(people.workspace.id, 0, {TOP: 99})
        evaluate()
        assert len(the_alerts()) == 1
        record = db.session.scalars(select(MailRecord)).one()
        assert record.state == "failed"
        assert db.session.get(MailBody, record.id)


class TestEvents:
    def test_a_destination_that_died_is_told_until_it_is_well(self, people: People) -> None:
        one, other = make_code(people.workspace), make_code(people.workspace)
        make_rule(people.workspace, "destination_dead")
        make_rule(people.workspace, "destination_dead", code_id=other.id)
        for _ in range(2):
            after = {"said": "It answered 404.", "destination_url": "https://gone.example/"}
            record_event("destination.died", one, by=SYSTEM, after=after)
        db.session.commit()
        [alert] = the_alerts()
        assert alert.title == f"{one.name}: the destination does not answer"
        assert (alert.detail, alert.code_id) == (
            "It answered 404. It leads to https://gone.example/",
            one.id,
        )
        record_event("destination.died", other, by=SYSTEM, after={})
        record_event("destination.recovered", one, by=SYSTEM)
        db.session.commit()
        assert [bool(each.recovered_at) for each in the_alerts()] == [True, False, False]

    @on_both_databases
    def test_a_quota_is_told_at_each_level_once_in_a_month(self, people: People) -> None:
        people.workspace.plan = "free"
        for level in (75, 100):
            make_rule(people.workspace, "quota", threshold=level)
        use_scans(people.workspace.id, 740)
        assert raise_quota_marks(NOW) == 0
        use_scans(people.workspace.id, 910)
        assert raise_quota_marks(NOW) == 2
        assert raise_quota_marks(NOW) == 0
        [alert] = the_alerts()
        assert alert.title == "Corner Café: 75 % of this month's scans are used"
        assert alert.detail == "910 of the 1,000 scans that the plan records this month."
        use_scans(people.workspace.id, 1000)
        assert raise_quota_marks(NOW) == 1
        assert len(the_alerts()) == 2
        assert raise_quota_marks(NOW + timedelta(days=31)) == 0
        levels = db.session.scalars(select(QuotaMark.level).order_by(QuotaMark.level)).all()
        assert levels == [75, 90, 100]
        told = select(AuditEntry).where(AuditEntry.action == "quota.reached")
        assert [entry.after["level"] for entry in db.session.scalars(told)] == [75, 90, 100]

    @on_both_databases
    def test_what_is_there_at_a_time_is_told_until_it_falls_below(self, people: People) -> None:
        workspace = people.elsewhere
        make_rule(workspace, "quota", threshold=75)
        codes = [make_code(workspace) for _ in range(3)]
        assert raise_standing_marks(NOW) == 0
        codes.append(make_code(workspace))
        assert raise_standing_marks(NOW) == 1
        assert raise_standing_marks(NOW + timedelta(days=40)) == 0
        [alert] = the_alerts()
        assert alert.title == "Elsewhere: 75 % of the plan's active codes are in use"
        assert alert.detail == "4 of the 5 active codes that the plan has."
        make_agent(workspace)
        codes.append(make_code(workspace))
        # The agent's three levels, and two of the codes.
        assert raise_standing_marks(NOW) == 5
        for code in codes[:2]:
            archive_code(code, SYSTEM)
        db.session.commit()
        assert raise_standing_marks(NOW) == 0
        marks = select(QuotaMark.level).where(QuotaMark.limit_key == "codes")
        assert db.session.scalars(marks).all() == []
        restore_code(codes[0], SYSTEM)
        db.session.commit()
        assert raise_standing_marks(NOW) == 1

    def test_conversations_are_told_as_scans_are(self, people: People) -> None:
        workspace = people.elsewhere
        make_rule(workspace, "quota", threshold=75)
        day = NOW.date().replace(day=2)
        db.session.add(ConversationDay(workspace_id=workspace.id, day=day, begun=92))
        db.session.commit()
        use_scans(workspace.id, 760)
        assert raise_quota_marks(NOW) == 3
        assert {alert.title for alert in the_alerts()} == {
            "Elsewhere: 75 % of this month's conversations are used",
            "Elsewhere: 75 % of this month's scans are used",
        }
        told = select(AuditEntry).where(AuditEntry.action == "quota.reached")
        last = db.session.scalars(told.order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert last.after == {
            "level": 90,
            "used": 92,
            "limit": 100,
            "month": "2026-07",
            "limit_name": "conversations",
        }


class TestMinutes:
    @on_both_databases
    def test_scans_are_counted_by_minute_where_a_rule_watches_so_closely(
        self, people: People
    ) -> None:
        rule = make_rule(people.workspace, threshold=3, window_minutes=5)
        store(people, [NOW - timedelta(minutes=minute) for minute in (0, 1, 4, 4, 5, 9)])
        assert evaluate().raised == [rule.id]
        assert the_alerts()[0].detail == "4 scans in 5 minutes."
        assert evaluate(NOW + timedelta(minutes=4)).recovered == [rule.id]
        assert trim_minutes(NOW + timedelta(days=1)) == 4

    def test_nobody_else_pays_for_it(self, people: People) -> None:
        make_rule(people.elsewhere, threshold=3, window_minutes=5)
        store(people, [NOW])
        assert db.session.scalars(select(ScanMinute)).all() == []
        asked = []
        event.listen(db.engine, "before_cursor_execute", lambda *parts: asked.append(parts[2]))
        store(people, [NOW])
        assert asked == []

    def test_robots_are_not_counted(self, people: People) -> None:
        make_rule(people.workspace, threshold=3, window_minutes=5)
        store(people, [NOW] * 9, set_apart="robot")
        assert evaluate().raised == []


def use_scans(workspace_id: int, hits: int) -> None:
    db.session.merge(ScanDay(workspace_id=workspace_id, code_id=0, day=date(2026, 7, 1), hits=hits))
    db.session.commit()


def store(people: People, times: list[datetime], set_apart: str | None = None) -> None:
    class Stored:
        def __init__(self, at: datetime) -> None:
            self.workspace_id, self.code_id = people.workspace.id, 7
            self.at, self.set_apart = at, set_apart

    workspace_id = people.workspace.id
    scans: Any = [Stored(at) for at in times]
    assert workspace_id
    with db.engine.connect() as connection:
        count_minutes(connection, scans)
        if connection.in_transaction():
            connection.commit()
