from collections.abc import Sequence

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.workspaces.models import (
    Membership,
    OldSlug,
    Workspace,
)


def find_workspace(slug: str) -> Workspace | None:
    return db.session.scalar(select(Workspace).where(Workspace.slug == slug))


def find_membership(person: Person, slug: str) -> Membership | None:
    """The person's place in the workspace of that slug; None for an outsider."""
    return db.session.scalar(
        select(Membership)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.person_id == person.id, Workspace.slug == slug)
    )


def find_new_slug(person: Person, old_slug: str) -> str | None:
    """The present slug of a workspace of this person that had the old one before."""
    return db.session.scalar(
        select(Workspace.slug)
        .join(OldSlug, OldSlug.workspace_id == Workspace.id)
        .join(Membership, Membership.workspace_id == Workspace.id)
        .where(Membership.person_id == person.id, OldSlug.slug == old_slug)
    )


def had_slug(workspace: Workspace, old_slug: str) -> bool:
    query = select(OldSlug.slug).where(
        OldSlug.workspace_id == workspace.id, OldSlug.slug == old_slug
    )
    return db.session.scalar(query) is not None


def list_memberships(person: Person) -> Sequence[Membership]:
    """All workspaces of a person, by name."""
    return db.session.scalars(
        select(Membership)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(Membership.person_id == person.id)
        .order_by(Workspace.name, Workspace.id)
    ).all()


def find_role(workspace: Workspace, person_id: int | None) -> str | None:
    """What that person is in the workspace; None for somebody who is no member."""
    if person_id is not None and person_id > MAX_ID:
        return None
    return db.session.scalar(
        select(Membership.role).where(
            Membership.workspace_id == workspace.id, Membership.person_id == person_id
        )
    )
