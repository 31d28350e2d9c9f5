"""Who of a workspace answers visitors, and who is mailed when one asks for a person."""

from collections.abc import Sequence

from sqlalchemy import Exists, exists, select

from pitchbar.accounts.models import Person
from pitchbar.core.database import insert_into
from pitchbar.extensions import db
from pitchbar.inbox.models import OnCall
from pitchbar.workspaces.models import Membership
from pitchbar.workspaces.roles import ADMIN, OWNER, RIGHTS

RIGHT = "answer_conversations"
# Who is on call unless they say otherwise.
_BY_DEFAULT = (OWNER, ADMIN)


def may_answer(workspace_id: int, person_id: int) -> Exists:
    """As a condition, so that it holds in the moment of the change itself."""
    return exists().where(
        Membership.workspace_id == workspace_id,
        Membership.person_id == person_id,
        Membership.role.in_(RIGHTS[RIGHT]),
    )


def list_answering(workspace_id: int) -> Sequence[Person]:
    """Members whose role answers, by name."""
    found = (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.workspace_id == workspace_id, Membership.role.in_(RIGHTS[RIGHT]))
    )
    return db.session.scalars(found.order_by(Person.name, Person.id).limit(200)).all()


def is_on_call(workspace_id: int, person_id: int, role: str | None) -> bool:
    chosen = db.session.get(OnCall, (workspace_id, person_id))
    return chosen.is_on_call if chosen else role in _BY_DEFAULT


def choose_on_call(workspace_id: int, person_id: int, chosen: bool) -> None:
    row = {"workspace_id": workspace_id, "person_id": person_id, "is_on_call": chosen}
    making = insert_into(db.session.connection(), OnCall).values(row)
    db.session.execute(
        making.on_conflict_do_update(
            index_elements=["workspace_id", "person_id"], set_={"is_on_call": chosen}
        )
    )


def list_on_call(workspace_id: int) -> Sequence[str]:
    """Addresses. Whose address is not proven gets no mail: it may be a stranger's."""
    chosen = (OnCall.workspace_id == Membership.workspace_id) & (
        OnCall.person_id == Membership.person_id
    )
    found = (
        select(Person.email, Membership.role, OnCall.is_on_call)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(OnCall, chosen)
        .where(Membership.workspace_id == workspace_id, Membership.role.in_(RIGHTS[RIGHT]))
        .where(Person.verified_at.is_not(None))
        .order_by(Membership.id)
    )
    rows = db.session.execute(found).all()
    return [
        row.email
        for row in rows
        if (row.role in _BY_DEFAULT if row.is_on_call is None else row.is_on_call)
    ]
