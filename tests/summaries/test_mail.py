"""The mail about a week: what stands in it, who gets it, and once."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchbar.chat.models import Lead
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs.ledger.models import Job
from pitchbar.mailing.models import MailRecord
from pitchbar.settings import current_settings
from pitchbar.summaries import sending
from pitchbar.summaries.loading import load_week
from pitchbar.summaries.models import WeeklySummary
from pitchbar.summaries.sending import list_due, send_summary
from pitchbar.summaries.services import LIST
from pitchbar.summaries.tasks import begin_summaries
from pitchbar.summaries.tasks import send_summary as send_summary_job
from pitchbar.workspaces.mailing_lists.links import Subscription
from pitchbar.workspaces.mailing_lists.services import refuse_list
from pitchbar.workspaces.models import Workspace
from tests.agents.factories import make_agent
from tests.chat_analytics.factories import make_talk
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_code, make_person, make_workspace
from tests.support.mail_jobs import mail_at_once
from tests.support.mailbox import sent_mails
from tests.support.scans import store, visits
from tests.support.servers import on_both_databases

__all__ = ["mail_at_once"]

FIRST = date(2026, 11, 16)
MONDAY = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def noon(day: int) -> datetime:
    """Of so many days after the Monday of the week that is told of."""
    return datetime(2026, 11, 16, 12, tzinfo=UTC) + timedelta(days=day)


def make_week(workspace: Workspace) -> None:
    """A code whose people grow threefold on Thursday, and one that stays."""
    growing = make_code(workspace, name="Table card")
    steady = make_code(workspace, name="Poster")
    for day in range(-7, 7):
        store(*visits(growing, 30 if day >= 3 else 10, noon(day)))
        store(*visits(steady, 5, noon(day)))


def test_a_week_is_read_and_compared(people: People) -> None:
    make_week(people.workspace)
    week = load_week(people.workspace, FIRST)
    assert (week.figures.people.value, week.figures.people.previous) == (185, 105)
    assert [(day.people, day.before) for day in week.days] == [(15, 15)] * 3 + [(35, 15)] * 4
    assert [(one.name, one.people) for one in week.codes] == [("Table card", 150), ("Poster", 35)]
    assert week.devices[0].name == "Phone"
    assert week.change is not None
    assert (week.change.name, week.change.people, week.change.before) == ("Table card", 150, 70)
    assert (week.change.since, week.change.is_single) == (date(2026, 11, 19), False)


def test_a_quiet_week_has_no_news(people: People) -> None:
    steady = make_code(people.workspace)
    for day in range(-7, 7):
        store(*visits(steady, 5, noon(day)))
    assert load_week(people.workspace, FIRST).change is None


def test_a_code_that_fell_silent_is_news(people: People) -> None:
    code = make_code(people.workspace, name="Gone quiet")
    for day in range(-7, 2):
        store(*visits(code, 10, noon(day)))
    change = load_week(people.workspace, FIRST).change
    assert change is not None
    assert (change.name, change.people, change.before) == ("Gone quiet", 20, 70)
    assert change.since == date(2026, 11, 18)


@on_both_databases
def test_members_get_the_mail_once(app: Flask, people: People) -> None:
    make_week(people.workspace)
    for _ in range(2):
        send_summary_job(people.workspace.id, FIRST.isoformat())
    everybody = {people.owner.email, people.admin.email, people.editor.email}
    everybody |= {people.analyst.email, people.member.email}
    mails = sent_mails()
    assert {mail.to for mail in mails} == everybody
    assert len(mails) == 5
    summary = db.session.scalars(select(WeeklySummary)).one()
    assert (summary.first_day, summary.recipients) == (FIRST, 5)


def test_the_mail_tells_the_week_in_html_and_as_text(people: People) -> None:
    make_week(people.workspace)
    send_summary_job(people.workspace.id, FIRST.isoformat())
    mail = next(mail for mail in sent_mails() if mail.to == people.member.email)
    assert mail.subject == "185 people scanned at Corner Café last week"
    told = (
        "16 to 22 November 2026",
        "76 % more than the week before (105)",
        "“Table card” brought 150 people, 80 more than the week before, "
        "since Thursday, 19 November.",
        "Phone",
        "/unsubscribe/",
        f"/w/{people.workspace.slug}/?from=2026-11-16&",
    )
    for part in told:
        assert part in mail.text
        assert part in " ".join(mail.html.split())
    lines = mail.text.splitlines()
    at = lines.index("People: 185, 76 % more than the week before (105)")
    assert lines[at + 2 : at + 4] == ["Conversions: 0", ""]
    assert lines[at + 4].startswith("“Table card”")
    assert "Monday: 15 (15)" in lines
    assert lines[lines.index("Codes") - 1 :][:3] == ["", "Codes", "Table card: 150, 81 %"]
    assert "Monday 15 (15)" in mail.html
    assert 'src="data:image/png;base64,iVBOR' in mail.html


def test_the_picture_travels_in_the_message_and_nothing_is_fetched(people: People) -> None:
    make_week(people.workspace)
    send_summary_job(people.workspace.id, FIRST.isoformat())
    box = current_settings().data_dir / "mail"
    raw = next(iter(sorted(box.glob("*.eml")))).read_bytes()
    message = message_from_bytes(raw, policy=policy.default)
    parts = {part.get_content_type(): part for part in message.walk()}
    assert parts["image/png"]["Content-ID"] == "<week>"
    html = str(parts["text/html"].get_content())
    assert 'src="cid:week"' in html
    assert 'alt="People by day' in html
    assert 'src="http' not in html
    assert message["List-Unsubscribe"].startswith("<http")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_who_left_the_list_gets_none(people: People) -> None:
    make_week(people.workspace)
    refuse_list(Subscription(people.workspace.id, people.admin.email, LIST))
    people.editor.verified_at = None
    db.session.commit()
    send_summary_job(people.workspace.id, FIRST.isoformat())
    assert people.admin.email not in {mail.to for mail in sent_mails()}
    assert people.editor.email not in {mail.to for mail in sent_mails()}
    assert len(sent_mails()) == 3
    assert db.session.scalars(select(WeeklySummary.recipients)).one() == 3


def test_the_link_in_the_mail_ends_it_without_signing_in(
    client: FormClient, people: People
) -> None:
    make_week(people.workspace)
    send_summary_job(people.workspace.id, FIRST.isoformat())
    mail = next(mail for mail in sent_mails() if mail.to == people.member.email)
    path = "/unsubscribe/" + mail.text.rpartition("/unsubscribe/")[2].strip()
    assert "its week" in client.get(path).text
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    sign_in(client, people.member)
    page = client.get(f"/w/{people.workspace.slug}/summary").text
    assert "You do not get this mail" in page


def test_a_workspace_without_scans_gets_no_mail(people: People) -> None:
    send_summary_job(people.workspace.id, FIRST.isoformat())
    assert sent_mails() == []
    assert db.session.scalars(select(WeeklySummary.recipients)).one() == 0


def test_a_week_without_scans_after_one_with_some_is_told(people: People) -> None:
    store(*visits(make_code(people.workspace), 3, noon(-3)))
    send_summary_job(people.workspace.id, FIRST.isoformat())
    mail = sent_mails()[0]
    assert mail.subject == "No people scanned at Corner Café last week"
    assert "100 % fewer than the week before (3)" in mail.text


def test_a_name_is_no_header_and_no_markup(people: People) -> None:
    people.workspace.name = "Café\r\nBcc: all@example.com <script>alert(1)</script>"
    db.session.commit()
    store(*visits(make_code(people.workspace, name="<b>Bold</b>"), 3, noon(2)))
    send_summary_job(people.workspace.id, FIRST.isoformat())
    mail = sent_mails()[0]
    raw = sorted((current_settings().data_dir / "mail").glob("*.eml"))[0].read_bytes()
    assert message_from_bytes(raw, policy=policy.default)["Bcc"] is None
    assert "<script>" not in mail.html
    assert "<b>Bold" not in mail.html


def test_a_job_that_dies_before_its_commit_tells_nobody_and_then_everybody(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_week(people.workspace)
    with monkeypatch.context() as patch:
        patch.setattr(sending, "picture_of", _die)
        with pytest.raises(RuntimeError):
            send_summary_job(people.workspace.id, FIRST.isoformat())
    db.session.rollback()
    assert db.session.scalar(select(func.count(MailRecord.id))) == 0
    send_summary_job(people.workspace.id, FIRST.isoformat())
    assert len(sent_mails()) == 5


def _die(*_: Any) -> None:
    raise RuntimeError("killed")


def test_of_two_at_once_one_sends(people: People) -> None:
    make_week(people.workspace)
    assert send_summary(people.workspace, FIRST) == 5
    assert send_summary(people.workspace, FIRST) == 0


def test_each_workspace_is_told_in_its_own_zone(app: Flask) -> None:
    owner = make_person()
    made = {
        zone: make_workspace(owner, time_zone=zone)
        for zone in ("UTC", "Europe/Berlin", "America/New_York")
    }
    due = {workspace_id for workspace_id, _ in list_due(MONDAY, 8)}
    assert made["UTC"].id in due
    assert made["Europe/Berlin"].id in due
    assert made["America/New_York"].id not in due
    later = {workspace_id for workspace_id, _ in list_due(MONDAY + timedelta(hours=5), 8)}
    assert made["America/New_York"].id in later


@pytest.mark.parametrize("field", ["deletion_asked_at", "purged_at"])
def test_what_is_being_deleted_is_not_told(people: People, field: str) -> None:
    setattr(people.workspace, field, clock.now())
    db.session.commit()
    assert people.workspace.id not in {workspace_id for workspace_id, _ in list_due(MONDAY, 8)}


def test_two_schedulers_write_one_job_for_a_workspace(people: People) -> None:
    begin_summaries()
    begin_summaries()
    jobs = db.session.scalars(select(Job).where(Job.task == "summaries.send_summary")).all()
    mine = [job for job in jobs if job.arguments["workspace_id"] == people.workspace.id]
    assert [job.arguments["first_day"] for job in mine] == ["2026-11-16"]
    send_summary_job(people.workspace.id, "2026-11-16")
    assert people.workspace.id not in {workspace_id for workspace_id, _ in list_due(MONDAY, 8)}


def test_the_page_shows_the_mail_as_it_is_sent(client: FormClient, people: People) -> None:
    make_week(people.workspace)
    sign_in(client, people.member)
    path = f"/w/{people.workspace.slug}/summary"
    page = client.get(path).text
    assert f'src="{path}/message?week=2026-11-16"' in page
    assert "every Monday at 08:00" in page
    assert "This one was not sent." in page
    answer = client.get(f"{path}/message?week=2026-11-16")
    assert "185 people scanned" in answer.text
    assert "data:image/png;base64," in answer.text
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script" not in answer.headers["Content-Security-Policy"].replace("'none'", "")
    assert db.session.scalar(select(func.count(MailRecord.id))) == 0


def test_one_leaves_and_comes_back_on_the_page(client: FormClient, people: People) -> None:
    sign_in(client, people.member)
    path = f"/w/{people.workspace.slug}/summary"
    assert "You get this mail every Monday" in client.get(path).text
    assert client.submit(f"{path}/subscription", {"wanted": "no"}).status_code == 303
    assert "You do not get this mail" in client.get(path).text
    client.submit(f"{path}/subscription", {"wanted": "yes"})
    assert "You get this mail every Monday" in client.get(path).text


@pytest.mark.parametrize(
    ("week", "status"),
    [
        ("2026-11-16", 200),
        ("2026-11-19", 200),
        ("2025-12-01", 200),
        ("2026-11-23", 404),
        ("2020-01-06", 404),
        ("yesterday", 404),
        ("9999-12-31", 404),
        ("0001-01-01", 404),
        ("", 404),
    ],
)
def test_there_are_summaries_of_whole_weeks_of_the_last_year(
    client: FormClient, people: People, week: str, status: int
) -> None:
    sign_in(client, people.member)
    for page in ("summary", "summary/message"):
        answer = client.get(f"/w/{people.workspace.slug}/{page}?week={week}")
        assert answer.status_code == status


def test_the_mail_tells_what_agents_were_asked_in_that_week_alone(people: People) -> None:
    make_week(people.workspace)
    agent = make_agent(people.workspace)
    talk = make_talk(agent, "When?", "Where?", "How much?", at=noon(2), refused=1)
    make_talk(agent, "Too early?", at=noon(-2))
    other = make_talk(make_agent(people.elsewhere), "Elsewhere?", at=noon(2))
    strange = {"workspace_id": people.elsewhere.id, "conversation_id": other.id}
    db.session.add(Lead(email="grace@mail.example", created_at=noon(2), **strange))
    mine = {"workspace_id": people.workspace.id, "conversation_id": talk.id}
    db.session.add(Lead(email="ada@mail.example", created_at=noon(2), **mine))
    db.session.commit()
    send_summary_job(people.workspace.id, FIRST.isoformat())
    mail = next(mail for mail in sent_mails() if mail.to == people.member.email)
    told = "1 conversation with your agents: 2 of 3 questions answered, 1 lead."
    assert told in mail.text
    assert told in mail.html
