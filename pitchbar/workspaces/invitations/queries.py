from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.workspaces.errors import InvitationNotFound
from pitchbar.workspaces.models import (
    Invitation,
    Membership,
    Workspace,
)

_HISTORY_DAYS = 30


def count_seats(workspace: Workspace) -> int:
    """Members and open invitations."""
    return count_seats_of([workspace.id]).get(workspace.id, 0)


def count_seats_of(workspace_ids: Sequence[int]) -> dict[int, int]:
    """By workspace."""
    members = (
        select(Membership.workspace_id, func.count())
        .where(Membership.workspace_id.in_(workspace_ids))
        .group_by(Membership.workspace_id)
    )
    invited = (
        select(Invitation.workspace_id, func.count())
        .where(
            Invitation.workspace_id.in_(workspace_ids),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > clock.now(),
        )
        .group_by(Invitation.workspace_id)
    )
    seats: Counter[int] = Counter()
    for query in (members, invited):
        seats.update({row[0]: row[1] for row in db.session.execute(query)})
    return dict(seats)


def find_unanswered_invitation(workspace: Workspace, email: str) -> Invitation | None:
    """Open or expired; at the most one."""
    return db.session.scalar(
        select(Invitation).where(*_unanswered(workspace), Invitation.email == email)
    )


def get_invitation(workspace: Workspace, invitation_id: int) -> Invitation:
    """Raises InvitationNotFound, also for one of another workspace."""
    own = (Invitation.workspace_id == workspace.id, Invitation.id == min(invitation_id, MAX_ID))
    invitation = db.session.scalar(select(Invitation).where(*own))
    if invitation is None:
        raise InvitationNotFound
    return invitation


def find_invitation(invitation_id: int, key: str) -> Invitation | None:
    """By what its signed link says."""
    invitation = db.session.get(Invitation, invitation_id)
    return invitation if invitation and invitation.key == key else None


def list_open_invitations_by(person_id: int, workspace_id: int) -> Sequence[Invitation]:
    """Those that the person sent and nobody has answered, expired ones included."""
    return db.session.scalars(
        select(Invitation).where(
            Invitation.workspace_id == workspace_id,
            Invitation.invited_by_id == person_id,
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
    ).all()


def list_invitations(workspace: Workspace) -> Sequence[Invitation]:
    """Unanswered ones, and those that were answered in the last 30 days; newest first."""
    since = clock.now() - timedelta(days=_HISTORY_DAYS)
    answered = or_(Invitation.accepted_at > since, Invitation.revoked_at > since)
    unanswered = _unanswered(workspace)
    return db.session.scalars(
        select(Invitation)
        .where(
            Invitation.workspace_id == workspace.id,
            or_(answered, unanswered[1] & unanswered[2]),
        )
        .options(joinedload(Invitation.invited_by))
        .order_by(Invitation.id.desc())
        .limit(200)
    ).all()


def _unanswered(workspace: Workspace) -> list[ColumnElement[bool]]:
    return [
        Invitation.workspace_id == workspace.id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
    ]
