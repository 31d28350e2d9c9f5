"""Deleting a workspace: asked for, undone within a week, or carried out.

Until it is carried out, codes keep redirecting and scans are counted: an undo loses nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update

from pitchbar.api.idempotency import delete_stored_responses
from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.events.services import delete_audit_log, record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.mailing.services import delete_mail
from pitchbar.workspaces.errors import ConcurrentChange
from pitchbar.workspaces.mailing_lists.models import MailRefusal
from pitchbar.workspaces.mailing_lists.services import list_mail_reference
from pitchbar.workspaces.models import (
    UNDO_DAYS,
    ApiToken,
    Invitation,
    Membership,
    OldSlug,
    OwnershipOffer,
    Workspace,
)
from pitchbar.workspaces.ownership.services import require_confirmation

# What is left of the row says nothing. No slug that a person can choose holds a tilde.
_BLANK_VALUES = {
    "name": "",
    "time_zone": "UTC",
    "default_utm_source": "",
    "default_utm_medium": "",
    "fallback_url": "",
    "colour": "",
    "pixel_key": None,
}


def request_deletion(workspace: Workspace, by: Actor, *, confirmation: str) -> None:
    """Raises WrongConfirmation; ConcurrentChange when it was asked for already."""
    require_confirmation(workspace, confirmation)
    asked = Workspace.deletion_asked_at
    _update_deletion(workspace, asked.is_(None), deletion_asked_at=clock.now())
    after = {"purge_at": _purge_at(workspace)}
    record_event("workspace.deletion_asked", workspace, by=by, after=after)


def undo_deletion(workspace: Workspace, by: Actor) -> None:
    """Raises ConcurrentChange when it was undone already, or carried out in this moment."""
    before = {"purge_at": _purge_at(workspace)}
    asked = Workspace.deletion_asked_at
    _update_deletion(workspace, asked.is_not(None), deletion_asked_at=None)
    record_event("workspace.deletion_undone", workspace, by=by, before=before)


def list_purgeable(now: datetime) -> list[int]:
    """Ids of the workspaces whose week is over."""
    return list(db.session.scalars(select(Workspace.id).where(*_due(now))))


def purge_workspace(workspace_id: int, now: datetime) -> bool:
    """Removes all that is in it; False when it was undone or purged meanwhile.

    Codes, scans and whatever else features keep go by their subscribers to "workspace.purged".
    """
    workspace = db.session.get_one(Workspace, workspace_id)
    due = (Workspace.id == workspace_id, *_due(now))
    values = {**_BLANK_VALUES, "slug": f"~{workspace_id}", "purged_at": now}
    name = workspace.name
    if not changed_rows(db.session, update(Workspace).where(*due).values(values)):
        return False
    _delete_traces(workspace)
    for model in (OwnershipOffer, Invitation, ApiToken, OldSlug, MailRefusal, Membership):
        db.session.execute(delete(model).where(model.workspace_id == workspace_id))
    delete_audit_log(workspace_id)
    # Without a workspace: an entry for the operators, there is nobody else left to read it.
    record_event("workspace.purged", Subject("workspace", workspace_id, name), by=SYSTEM)
    return True


def _delete_traces(workspace: Workspace) -> None:
    """What others keep under the ids of the workspace's tokens and invitations."""
    tokens = select(ApiToken.id).where(ApiToken.workspace_id == workspace.id)
    delete_stored_responses(db.session.scalars(tokens).all())
    invitations = select(Invitation).where(Invitation.workspace_id == workspace.id)
    references = [each.mail_reference for each in db.session.scalars(invitations)]
    lists = list_mail_reference(workspace.id)
    delete_mail([workspace.offer_mail_reference, lists, *references])


def purge_deleted_workspaces(now: datetime) -> int:
    """Carries out the deletions that are due, each in a transaction of its own; returns how many.

    This is an entry point, for the schedule and for `pitchbar purge`: it commits.
    """
    purged = 0
    for workspace_id in list_purgeable(now):
        purged += purge_workspace(workspace_id, now)
        db.session.commit()
    return purged


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    asked_before = now - timedelta(days=UNDO_DAYS)
    return Workspace.purged_at.is_(None), Workspace.deletion_asked_at <= asked_before


def _update_deletion(
    workspace: Workspace, condition: ColumnElement[bool], **values: datetime | None
) -> None:
    mine = (Workspace.id == workspace.id, Workspace.purged_at.is_(None), condition)
    if not changed_rows(db.session, update(Workspace).where(*mine).values(**values)):
        raise ConcurrentChange


def _purge_at(workspace: Workspace) -> str:
    return workspace.purge_at.isoformat() if workspace.purge_at else ""
