from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from pitchbar.accounts.models import Person
from pitchbar.core.database import MAX_ID
from pitchbar.domains.errors import DomainNotFound
from pitchbar.domains.models import BROKEN, SERVED, VERIFIED, Domain
from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership, Workspace
from pitchbar.workspaces.roles import ADMIN, OWNER


def get_domain(workspace: Workspace, domain_id: int) -> Domain:
    """Raises DomainNotFound for one that is removed or another workspace's."""
    found = None
    if domain_id <= MAX_ID:
        found = db.session.scalar(_domains_of(workspace).where(Domain.id == domain_id))
    if found is None:
        raise DomainNotFound
    return found


def list_domains(workspace: Workspace) -> Sequence[Domain]:
    """By name; a plan allows few."""
    return db.session.scalars(_domains_of(workspace).order_by(Domain.host)).all()


def list_served_domains(workspace: Workspace) -> Sequence[Domain]:
    """Those that codes can be on."""
    served = _domains_of(workspace).where(Domain.state.in_(SERVED))
    return db.session.scalars(served.order_by(Domain.host)).all()


def find_domain(workspace: Workspace, host: str) -> Domain | None:
    return db.session.scalar(_domains_of(workspace).where(Domain.host == host))


def count_domains(workspace: Workspace) -> int:
    return count_domains_of([workspace.id]).get(workspace.id, 0)


def count_domains_of(workspace_ids: Sequence[int]) -> dict[int, int]:
    """By workspace."""
    query = select(Domain.workspace_id, func.count()).where(Domain.workspace_id.in_(workspace_ids))
    rows = db.session.execute(query.group_by(Domain.workspace_id))
    return {row[0]: row[1] for row in rows}


def list_broken_elsewhere(domain: Domain) -> Sequence[Domain]:
    """Of other workspaces that had proven the same host, and lost their record."""
    others = select(Domain).where(
        Domain.host == domain.host, Domain.state == BROKEN, Domain.id != domain.id
    )
    return db.session.scalars(others).all()


def is_held_elsewhere(domain: Domain) -> bool:
    """Whether another workspace has proven the host."""
    held = select(Domain.id).where(
        Domain.host == domain.host, Domain.state == VERIFIED, Domain.id != domain.id
    )
    return db.session.scalar(held.limit(1)) is not None


def is_served_host(host: str) -> bool:
    """Whether codes lead on there: certificates are made for such hosts alone."""
    served = select(Domain.id).where(Domain.host == host, Domain.state.in_(SERVED))
    return db.session.scalar(served.limit(1)) is not None


def list_due(now: datetime, count: int) -> list[tuple[int, str]]:
    """Id and host of what waits for a look at its records, the longest first."""
    due = select(Domain.id, Domain.host).where(Domain.next_check_at <= now)
    rows = db.session.execute(due.order_by(Domain.next_check_at, Domain.id).limit(count))
    return [(row.id, row.host) for row in rows]


def list_managers(workspace_id: int) -> Sequence[Person]:
    """Who is told what becomes of a domain."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.workspace_id == workspace_id,
            or_(Membership.role == OWNER, Membership.role == ADMIN),
            Person.verified_at.is_not(None),
        )
        .order_by(Person.id)
    ).all()


def _domains_of(workspace: Workspace) -> Select[Domain]:
    return select(Domain).where(Domain.workspace_id == workspace.id)
