"""What owners are told by mail, each thing once, and what operators are alarmed of."""

from datetime import datetime

from babel.dates import format_date
from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.billing.models import BillingNotice
from pitchbar.core import clock
from pitchbar.core.database import insert_into
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Membership, Workspace
from pitchbar.workspaces.plans import find_plan
from pitchbar.workspaces.roles import OWNER

ALARM = "billing.alarm"


def tell_plan_changed(workspace: Workspace, before: str, reason: str) -> None:
    """Said by whoever changed it, in that transaction, and so once."""
    plan, old = find_plan(workspace.plan), find_plan(before)
    _mail(
        workspace,
        f"{workspace.name} is on the plan {plan.name}",
        [
            f"The plan of {workspace.name} was {old.name} and is {plan.name} now: {reason}.",
            "Nothing was deleted, and every code keeps leading on. What is beyond the limits of "
            "the plan stays; only more of it cannot be added.",
        ],
    )


def tell_past_due(workspace: Workspace, since: datetime, until: datetime, plan: str) -> None:
    if _is_first(workspace, f"past_due:{since:%Y-%m-%d}"):
        name = find_plan(plan).name
        _mail(
            workspace,
            f"A payment for {workspace.name} did not go through",
            [
                f"The last payment for {workspace.name} was not made. It keeps the plan {name} "
                f"until {_day(workspace, until)}.",
                "Choose another card, or pay the open invoice, and all goes on as before. After "
                "that day the workspace is on the plan Free: nothing is deleted, and every code "
                "keeps leading on.",
            ],
        )


def tell_trial_ends(workspace: Workspace, ends_at: datetime, plan: str) -> None:
    if _is_first(workspace, f"trial_ends:{ends_at:%Y-%m-%d}"):
        name = find_plan(plan).name
        _mail(
            workspace,
            f"Your trial of {name} ends on {_day(workspace, ends_at)}",
            [
                f"{workspace.name} tries the plan {name} until {_day(workspace, ends_at)}.",
                "With a card it goes on by itself. Without one the workspace is on the plan Free "
                "from then on: nothing is deleted, and every code keeps leading on.",
            ],
        )


def tell_ending(workspace: Workspace, ends_at: datetime, plan: str) -> None:
    if _is_first(workspace, f"ends:{ends_at:%Y-%m-%d}"):
        name = find_plan(plan).name
        _mail(
            workspace,
            f"The plan {name} of {workspace.name} ends on {_day(workspace, ends_at)}",
            [
                f"{workspace.name} keeps the plan {name} until {_day(workspace, ends_at)}, and is "
                "on the plan Free from then on. Until that day this can be undone by one click.",
                "Nothing is deleted, and every code keeps leading on.",
            ],
        )


def alarm_operators(workspace: Workspace, key: str, sentence: str) -> None:
    """Once for each key. The entry is the operators': it stands in no workspace's log."""
    if _is_first(workspace, f"alarm:{key}"):
        subject = Subject("billing", workspace.id, workspace.slug)
        record_event(ALARM, subject, by=SYSTEM, after={"sentence": sentence})


def find_owner(workspace: Workspace) -> Person | None:
    query = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.workspace_id == workspace.id, Membership.role == OWNER)
    )
    return db.session.scalar(query)


def mail_reference(workspace_id: int) -> str:
    """Under which the mail log keeps what was told of a workspace's plan."""
    return f"billing:{workspace_id}"


def _is_first(workspace: Workspace, notice: str) -> bool:
    row = {"workspace_id": workspace.id, "notice": notice[:160], "told_at": clock.now()}
    statement = insert_into(db.session.connection(), BillingNotice).values(row)
    first = statement.on_conflict_do_nothing().returning(BillingNotice.notice)
    return db.session.execute(first).first() is not None


def _mail(workspace: Workspace, subject: str, paragraphs: list[str]) -> None:
    owner = find_owner(workspace)
    if owner is None or workspace.purged_at:
        return
    queue_mail(
        "billing/notice",
        to=owner.email,
        subject=subject,
        reference=mail_reference(workspace.id),
        person_name=owner.name,
        workspace_name=workspace.name,
        paragraphs=paragraphs,
        link=f"{current_settings().app_url}/w/{workspace.slug}/billing",
        link_label="Open billing",
    )


def _day(workspace: Workspace, at: datetime) -> str:
    return str(format_date(clock.local_date(at, workspace.time_zone), "d MMMM", locale="en"))
