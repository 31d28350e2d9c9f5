"""What a workspace holds of an e-mail address that is no account's: invitations, what the audit log
says of them, and their messages.
"""

import json
from typing import Any

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from pitchbar.core.personal_data import TableHolding, Whom, register_holding
from pitchbar.events.models import AuditEntry
from pitchbar.mailing.models import MailRecord
from pitchbar.mailing.services import delete_mail
from pitchbar.workspaces.mailing_lists.models import MailRefusal
from pitchbar.workspaces.models import Invitation

ERASED = "erased"


def register_holdings() -> None:
    register_holding(InvitationHolding())
    register_holding(TableHolding(MailRefusal, "Mail they want no more", _refusals_of))
    register_holding(
        TableHolding(
            AuditEntry,
            "Audit log, about them",
            _entries_about,
            cleared={"subject_name": ERASED, "before": {}, "after": {}},
            hidden=frozenset({"workspace_id", "ip", "user_agent", "actor_id"}),
        )
    )
    register_holding(MailHolding())


class InvitationHolding(TableHolding):
    def __init__(self) -> None:
        super().__init__(
            Invitation, "Invitations", _invitations_to, hidden=frozenset({"workspace_id", "key"})
        )


class MailHolding:
    """Messages have no workspace, but a reference to what they were about."""

    table, label = "mail_log", "Messages sent"

    def count(self, session: Session, workspace_id: int, whom: Whom) -> int:
        return len(self._find(session, workspace_id, whom))

    def list_rows(self, session: Session, workspace_id: int, whom: Whom) -> Any:
        for record in self._find(session, workspace_id, whom):
            yield {"to": record.to, "template": record.template, "queued_at": record.queued_at}

    def erase(self, session: Session, workspace_id: int, whom: Whom) -> int:
        """With the messages themselves, and the jobs that would send them."""
        found = self._find(session, workspace_id, whom)
        delete_mail(sorted({record.reference for record in found}))
        return len(found)

    def _find(self, session: Session, workspace_id: int, whom: Whom) -> list[MailRecord]:
        invited = select(Invitation.id).where(Invitation.workspace_id == workspace_id)
        ids = session.scalars(invited.where(Invitation.email == whom.email)).all()
        references = [f"invitation:{each}" for each in ids]
        return list(session.scalars(select(MailRecord).where(MailRecord.reference.in_(references))))


def _invitations_to(whom: Whom) -> Any:
    return Invitation.email == whom.email if whom.email else None


def _refusals_of(whom: Whom) -> Any:
    return MailRefusal.email == whom.email if whom.email else None


def _entries_about(whom: Whom) -> Any:
    if not whom.email:
        return None
    # As it stands in JSON, between its quotation marks.
    written = json.dumps(whom.email)
    told = (
        func.lower(cast(column, Text)).contains(written, autoescape=True)
        for column in (AuditEntry.before, AuditEntry.after)
    )
    return or_(func.lower(AuditEntry.subject_name) == whom.email, *told)
