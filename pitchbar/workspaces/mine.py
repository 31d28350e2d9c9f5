"""The workspaces of who asks, read once for all that one page shows of them."""

from collections.abc import Sequence

from flask import g
from flask_login import current_user

from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership
from pitchbar.workspaces.queries import list_memberships


def my_memberships() -> Sequence[Membership]:
    """By name. Read again in another transaction: there they may be others, or not be read at
    all.
    """
    if not current_user.is_authenticated:
        return []
    person_id, transaction, found = g.get("my_memberships", (None, None, []))
    if person_id != current_user.id or transaction is not db.session().get_transaction():
        found = list_memberships(current_user)
        g.my_memberships = (current_user.id, db.session().get_transaction(), found)
    memberships: Sequence[Membership] = found
    return memberships
