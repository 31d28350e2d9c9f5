"""Leads go with the person, with their time, and with the workspace."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from pitchbar.chat.models import Conversation
from pitchbar.chat.personal_data import find_visitors
from pitchbar.core.database import changed_rows
from pitchbar.core.personal_data import Whom, register_holding
from pitchbar.extensions import db
from pitchbar.leads.models import Lead, LeadConversation, LeadNote

_AT_ONCE = 200


def forget_old_leads(now: datetime, days: int) -> bool:
    """Some at a time; commits, and returns whether there may be more."""
    if not days:
        return False
    old = select(Lead.id).where(Lead.last_at < now - timedelta(days=days)).limit(_AT_ONCE)
    ids = db.session.scalars(old).all()
    delete_by_ids(db.session(), ids)
    db.session.commit()
    return len(ids) == _AT_ONCE


def delete_by_ids(session: Session, ids: Sequence[int]) -> int:
    """With what hangs on them; returns how many leads."""
    for model in (LeadNote, LeadConversation):
        hanging = delete(model).where(model.lead_id.in_(ids))
        session.execute(hanging.execution_options(synchronize_session=False))
    mine = delete(Lead).where(Lead.id.in_(ids))
    return changed_rows(session, mine.execution_options(synchronize_session=False))


class LeadsHolding:
    """Rows of one of the tables that belong to leads who are this person: by the address, or by
    the conversations in which they left it.
    """

    def __init__(self, model: Any, label: str, hidden: frozenset[str] = frozenset()) -> None:
        self._model = model
        self._hidden = hidden | {"workspace_id"}
        self.label = label

    @property
    def table(self) -> str:
        return str(self._model.__tablename__)

    def count(self, session: Session, workspace_id: int, whom: Whom) -> int:
        counting = select(func.count()).select_from(self._model)
        return session.scalar(counting.where(self._of(session, workspace_id, whom))) or 0

    def list_rows(
        self, session: Session, workspace_id: int, whom: Whom
    ) -> Iterator[Mapping[str, Any]]:
        table = self._model.__table__
        columns = [column for column in table.columns if column.key not in self._hidden]
        mine = select(*columns).where(self._of(session, workspace_id, whom))
        for row in session.execute(mine.order_by(*table.primary_key)).mappings():
            yield {str(name): value for name, value in row.items()}

    def erase(self, session: Session, workspace_id: int, whom: Whom) -> int:
        mine = delete(self._model).where(self._of(session, workspace_id, whom))
        return changed_rows(session, mine.execution_options(synchronize_session=False))

    def _of(self, session: Session, workspace_id: int, whom: Whom) -> ColumnElement[bool]:
        visitors = find_visitors(session, workspace_id, whom)
        spoken = select(Conversation.id).where(Conversation.visitor_id.in_(visitors))
        linked = select(LeadConversation.lead_id).where(
            LeadConversation.conversation_id.in_(spoken)
        )
        ways: list[ColumnElement[bool]] = [Lead.id.in_(linked)]
        if whom.email:
            ways.append(Lead.email == whom.email)
        mine = select(Lead.id).where(Lead.workspace_id == workspace_id, or_(*ways))
        key = self._model.id if self._model is Lead else self._model.lead_id
        found: ColumnElement[bool] = key.in_(mine)
        return found


def register_holdings() -> None:
    """After those of the chat, through which they are found, and so erased before them; of these,
    what leads to the others is erased last.
    """
    register_holding(LeadsHolding(LeadConversation, "Where they left their address"))
    register_holding(LeadsHolding(Lead, "Leads", frozenset({"owner_id"})))
    register_holding(LeadsHolding(LeadNote, "Notes about them", frozenset({"author_id"})))
