"""Who is in a workspace, and as what."""

from datetime import timedelta

from sqlalchemy import delete, update

from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.live import recheck_access
from pitchbar.workspaces.errors import ConcurrentChange, OwnerCannotLeave, RoleNotAssignable
from pitchbar.workspaces.invitations.services import revoke_invitations_by
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Membership
from pitchbar.workspaces.roles import OWNER, assignable_roles, role_may
from pitchbar.workspaces.tokens.services import revoke_tokens_of

# Somebody who works in the workspace would otherwise cost a write for each page.
_LAST_SEEN_RESOLUTION = timedelta(minutes=15)


def change_role(member: Membership, role: str, by: Actor, *, by_role: str) -> None:
    """Raises RoleNotAssignable, or ConcurrentChange when somebody else was faster."""
    reach = assignable_roles(by_role)
    if member.role not in reach or role not in reach:
        raise RoleNotAssignable
    before = member.role
    if role == before:
        return
    lock_workspace(member.workspace_id)
    as_seen = (Membership.id == member.id, Membership.role == before)
    if not changed_rows(db.session, update(Membership).where(*as_seen).values(role=role)):
        raise ConcurrentChange
    record_event(
        "member.role_changed", member, by=by, before={"role": before}, after={"role": role}
    )
    end_access(member, by, role)


def remove_member(member: Membership, by: Actor, *, by_role: str) -> None:
    """Takes the person's access away at once, that of their tokens and of those whom they have
    invited included; what they made stays.

    Raises:
        RoleNotAssignable, ConcurrentChange
    """
    if member.role not in assignable_roles(by_role):
        raise RoleNotAssignable
    _end(member, by, "member.removed")


def leave_workspace(member: Membership, by: Actor) -> None:
    """Raises OwnerCannotLeave: a workspace has an owner at all times."""
    if member.role == OWNER:
        raise OwnerCannotLeave
    _end(member, by, "member.left")


def touch_membership(member: Membership) -> bool:
    """Remembers when the person was last here, to the quarter of an hour; True when there is a
    commit to do.
    """
    now = clock.now()
    if member.last_seen_at and now - member.last_seen_at < _LAST_SEEN_RESOLUTION:
        return False
    member.last_seen_at = now
    return True


def end_access(member: Membership, by: Actor, role: str | None) -> None:
    """What somebody could still reach by other ways goes with the right to it: tokens that they
    made, invitations that they sent, pages that stand open. `role` is what they are from now on.
    """
    if not role_may(role, "manage_tokens"):
        revoke_tokens_of(member.person_id, by, member.workspace_id)
    if not role_may(role, "manage_members"):
        revoke_invitations_by(member.person_id, member.workspace_id, by)
    recheck_access(member.person_id)


def _end(member: Membership, by: Actor, what: str) -> None:
    # Told first: afterwards there is nobody to name.
    before = {"email": member.person.email, "role": member.role}
    lock_workspace(member.workspace_id)
    record_event(what, member, by=by, before=before)
    end_access(member, by, None)
    as_seen = (Membership.id == member.id, Membership.role == member.role)
    if not changed_rows(db.session, delete(Membership).where(*as_seen)):
        raise ConcurrentChange
