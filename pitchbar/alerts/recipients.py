"""Who is mailed: people by their role as it is now, and addresses."""

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.alerts.models import AlertRule
from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership


def list_recipients(rule: AlertRule) -> list[str]:
    """Whose address is not proven gets no mail by a role: it may be a stranger's."""
    query = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.workspace_id == rule.workspace_id,
            Membership.role.in_(rule.role_names),
            Person.verified_at.is_not(None),
        )
        .order_by(Membership.id)
    )
    return [*db.session.scalars(query), *(each.email for each in rule.addresses)]
