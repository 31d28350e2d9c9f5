from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.core.pagination import Page, paginate
from pitchbar.extensions import db
from pitchbar.webhooks.errors import DeliveryNotFound, EndpointNotFound
from pitchbar.webhooks.models import FAILED, Attempt, Delivery, Endpoint, Message
from pitchbar.workspaces.models import Membership, Workspace
from pitchbar.workspaces.roles import RIGHTS

_FIGURES_OVER = timedelta(days=7)


@dataclass(frozen=True)
class DeliveryFilter:
    """What of the log is looked for; empty parts hold nothing back. `words` are looked for in the
    message: its id, that of the request which caused it, and what it says.
    """

    state: str = ""
    event: str = ""
    words: str = ""

    def apply(self, query: Select[Any]) -> Select[Any]:
        if self.state:
            query = query.where(Delivery.state == self.state)
        if self.event:
            query = query.where(Delivery.event == self.event)
        if self.words:
            query = query.join(Message, Message.id == Delivery.message_id)
            query = query.where(_says(self.words))
        return query

    def __bool__(self) -> bool:
        return bool(self.state or self.event or self.words)


def get_endpoint(workspace: Workspace, endpoint_id: int) -> Endpoint:
    """Raises EndpointNotFound for one that is removed or another workspace's."""
    found = None
    if endpoint_id <= MAX_ID:
        found = db.session.scalar(_endpoints_of(workspace).where(Endpoint.id == endpoint_id))
    if found is None:
        raise EndpointNotFound
    return found


def list_endpoints(workspace: Workspace) -> Sequence[Endpoint]:
    """The oldest first; there may be few."""
    return db.session.scalars(_endpoints_of(workspace).order_by(Endpoint.id)).all()


def count_endpoints(workspace: Workspace) -> int:
    return db.session.scalar(_endpoints_of(workspace).with_only_columns(func.count())) or 0


def get_delivery(endpoint: Endpoint, delivery_id: int) -> Delivery:
    """Raises DeliveryNotFound."""
    found = None
    if delivery_id <= MAX_ID:
        mine = select(Delivery).where(Delivery.endpoint_id == endpoint.id)
        found = db.session.scalar(mine.where(Delivery.id == delivery_id))
    if found is None:
        raise DeliveryNotFound
    return found


def list_deliveries(endpoint: Endpoint, which: DeliveryFilter, number: int) -> Page[Delivery]:
    """A page of the log, newest first."""
    mine = which.apply(select(Delivery).where(Delivery.endpoint_id == endpoint.id))
    return paginate(db.session, mine.order_by(Delivery.id.desc()), number, per_page=25)


def list_deliveries_before(
    endpoint: Endpoint, which: DeliveryFilter, before: int | None, count: int
) -> Sequence[Delivery]:
    """For programs: newest first, those with a smaller id."""
    mine = which.apply(select(Delivery).where(Delivery.endpoint_id == endpoint.id))
    if before is not None:
        mine = mine.where(Delivery.id < before)
    return db.session.scalars(mine.order_by(Delivery.id.desc()).limit(count)).all()


def list_attempts(delivery: Delivery) -> Sequence[Attempt]:
    """The latest first."""
    mine = select(Attempt).where(Attempt.delivery_id == delivery.id)
    return db.session.scalars(mine.order_by(Attempt.id.desc())).all()


def count_failed_since(endpoint: Endpoint, since: datetime | None = None) -> int:
    failed = select(func.count()).where(
        Delivery.endpoint_id == endpoint.id, Delivery.state == FAILED
    )
    if since is not None:
        failed = failed.where(Delivery.created_at >= since)
    return db.session.scalar(failed) or 0


def count_by_state(workspace: Workspace) -> Mapping[int, Mapping[str, int]]:
    """Of each endpoint, what became of the deliveries of the last seven days."""
    since = clock.now() - _FIGURES_OVER
    counts = (
        select(Delivery.endpoint_id, Delivery.state, func.count().label("count"))
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .where(Endpoint.workspace_id == workspace.id, Delivery.created_at >= since)
        .group_by(Delivery.endpoint_id, Delivery.state)
    )
    found: dict[int, dict[str, int]] = {}
    for row in db.session.execute(counts):
        found.setdefault(row.endpoint_id, {})[row.state] = row[2]
    return found


def list_managers(workspace_id: int) -> Sequence[Person]:
    """Who is told what becomes of an endpoint."""
    return db.session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.workspace_id == workspace_id,
            Membership.role.in_(RIGHTS["manage_webhooks"]),
            Person.verified_at.is_not(None),
        )
        .order_by(Person.id)
    ).all()


def _endpoints_of(workspace: Workspace) -> Select[Endpoint]:
    return select(Endpoint).where(Endpoint.workspace_id == workspace.id)


def _says(words: str) -> ColumnElement[bool]:
    exact = or_(Message.id == words, Message.request_id == words)
    return or_(exact, Message.body.icontains(words, autoescape=True))
