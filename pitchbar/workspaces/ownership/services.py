"""Ownership moves in two steps: the owner offers it, the other person accepts."""

from sqlalchemy import ColumnElement, delete, update

from pitchbar.core.database import changed_rows
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.live import recheck_access
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import Settings
from pitchbar.workspaces.errors import (
    ConcurrentChange,
    OfferNotFound,
    RoleNotAssignable,
    WrongConfirmation,
)
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.members.queries import find_owner
from pitchbar.workspaces.models import Membership, OwnershipOffer, Workspace
from pitchbar.workspaces.roles import ADMIN, OWNER
from pitchbar.workspaces.tokens.services import revoke_tokens_of


def require_confirmation(workspace: Workspace, typed: str) -> None:
    """Raises WrongConfirmation unless `typed` is the workspace's name."""
    if typed.strip() != workspace.name:
        raise WrongConfirmation


def offer_ownership(
    workspace: Workspace, to: Membership, by: Actor, settings: Settings, *, confirmation: str
) -> None:
    """Nothing changes until the person accepts; an earlier offer ends.

    Raises:
        WrongConfirmation, RoleNotAssignable: the owner has it already.
    """
    require_confirmation(workspace, confirmation)
    if to.role == OWNER:
        raise RoleNotAssignable
    _drop_offer(OwnershipOffer.workspace_id == workspace.id)
    db.session.add(OwnershipOffer(workspace_id=workspace.id, membership_id=to.id))
    db.session.flush()
    record_event("ownership.offered", to, by=by, after={"to": to.person.email})
    queue_mail(
        "workspaces/ownership_offer",
        to=to.person.email,
        subject=f"{by.name} offers you the ownership of {workspace.name}",
        reference=workspace.offer_mail_reference,
        workspace_name=workspace.name,
        owner_name=by.name,
        person_name=to.person.name,
        link=f"{settings.app_url}/w/{workspace.slug}/ownership",
    )


def withdraw_offer(workspace: Workspace, offer: OwnershipOffer, by: Actor) -> None:
    """Raises OfferNotFound: it was taken up or turned down meanwhile."""
    _end_offer(offer, by, "ownership.withdrawn")


def refuse_offer(workspace: Workspace, offer: OwnershipOffer, by: Actor) -> None:
    """Raises OfferNotFound: it was withdrawn meanwhile."""
    _end_offer(offer, by, "ownership.refused")


def accept_ownership(
    workspace: Workspace, offer: OwnershipOffer, by: Actor, *, keep_tokens: bool = False
) -> None:
    """The member of the offer is the owner now, and the old owner an admin, whose API tokens are
    revoked unless they are to be kept.

    Raises:
        OfferNotFound: it was withdrawn meanwhile. ConcurrentChange: the member is gone.
    """
    member = offer.membership
    if not _drop_offer(_same_offer(offer)):
        raise OfferNotFound
    lock_workspace(workspace.id)
    mine = Membership.workspace_id == workspace.id
    old_owner = find_owner(workspace)
    demoted = changed_rows(
        db.session, update(Membership).where(mine, Membership.role == OWNER).values(role=ADMIN)
    )
    promoted = changed_rows(
        db.session, update(Membership).where(mine, Membership.id == member.id).values(role=OWNER)
    )
    if demoted != 1 or promoted != 1:
        raise ConcurrentChange
    record_event("ownership.accepted", member, by=by, after={"owner": member.person.email})
    if old_owner and not keep_tokens:
        revoke_tokens_of(old_owner.person_id, by, workspace.id)
    recheck_access(member.person_id)
    if old_owner:
        recheck_access(old_owner.person_id)


def _end_offer(offer: OwnershipOffer, by: Actor, what: str) -> None:
    member = offer.membership
    if not _drop_offer(_same_offer(offer)):
        raise OfferNotFound
    record_event(what, member, by=by, before={"to": member.person.email})


def _same_offer(offer: OwnershipOffer) -> ColumnElement[bool]:
    return (OwnershipOffer.workspace_id == offer.workspace_id) & (
        OwnershipOffer.membership_id == offer.membership_id
    )


def _drop_offer(which: ColumnElement[bool]) -> int:
    return changed_rows(db.session, delete(OwnershipOffer).where(which))
