"""What conversations hold of somebody: found by the visitor of the widget, by the visitor of the
scan that led to it, or by the address that was left.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, false, func, or_, select
from sqlalchemy.orm import Session

from pitchbar.chat.changes import tell_gone
from pitchbar.chat.models import Conversation, Lead, Message, Visitor, WaitingTurn
from pitchbar.chat.recent import recent
from pitchbar.core.database import after_commit, changed_rows
from pitchbar.core.personal_data import Whom, register_holding
from pitchbar.scans.models import Scan
from pitchbar.webhooks.personal_data import FactHolding, MessageHolding

_MEMO = "chat_visitors_to_erase"

# Which rows are theirs, by the ids of visitors and the public id that was asked for.
Condition = Callable[[Sequence[int], str], ColumnElement[bool]]


class VisitorsHolding:
    """Rows of one table that belong to visitors. Whose they are is looked up through the others, so
    the first that is erased finds out, and all after it know.
    """

    def __init__(self, model: Any, label: str, where: Condition) -> None:
        self._model = model
        self._where = where
        self.label = label

    @property
    def table(self) -> str:
        return str(self._model.__tablename__)

    def count(self, session: Session, workspace_id: int, whom: Whom) -> int:
        ids = find_visitors(session, workspace_id, whom)
        counting = select(func.count()).select_from(self._model)
        return session.scalar(counting.where(*self._of(workspace_id, whom, ids))) or 0

    def list_rows(
        self, session: Session, workspace_id: int, whom: Whom
    ) -> Iterator[Mapping[str, Any]]:
        table = self._model.__table__
        columns = [column for column in table.columns if column.key != "workspace_id"]
        ids = find_visitors(session, workspace_id, whom)
        mine = select(*columns).where(*self._of(workspace_id, whom, ids))
        for row in session.execute(mine.order_by(*table.primary_key)).mappings():
            yield {str(name): value for name, value in row.items()}

    def erase(self, session: Session, workspace_id: int, whom: Whom) -> int:
        ids = self._known(session, workspace_id, whom)
        self._forget(session, workspace_id, ids, whom.visitor)
        mine = delete(self._model).where(*self._of(workspace_id, whom, ids))
        return changed_rows(session, mine.execution_options(synchronize_session=False))

    def _forget(
        self, session: Session, workspace_id: int, ids: Sequence[int], visitor: str
    ) -> None:
        """What is known of them beside these tables; the first that is erased says so for all."""
        if self._model is not WaitingTurn:
            return
        visitors = session.scalars(select(Visitor.public_id).where(Visitor.id.in_(ids))).all()
        for one in visitors:
            for told in (MessageHolding(), FactHolding()):
                told.erase(session, workspace_id, Whom(visitor=one.hex))
        known = select(Conversation.public_id).where(Conversation.visitor_id.in_(ids))
        named = [UUID(visitor)] if visitor else []
        conversations = session.scalars(known).all()
        forget_after_commit(session, [*named, *visitors], conversations)
        for conversation in conversations:
            tell_gone(workspace_id, conversation)

    def _known(self, session: Session, workspace_id: int, whom: Whom) -> Sequence[int]:
        key = (workspace_id, whom)
        known: tuple[Any, Sequence[int]] | None = session.info.get(_MEMO)
        if self._model is WaitingTurn or known is None or known[0] != key:
            known = session.info[_MEMO] = (key, find_visitors(session, workspace_id, whom))
        if self._model is Visitor:
            session.info.pop(_MEMO)
        return known[1]

    def _of(self, workspace_id: int, whom: Whom, ids: Sequence[int]) -> Any:
        return self._model.workspace_id == workspace_id, self._where(ids, whom.visitor)


def forget_after_commit(
    session: Session, visitors: Sequence[UUID], conversations: Sequence[UUID]
) -> None:
    """Their tokens open nothing any more, and answers that are being given are not kept."""
    known = recent()
    for visitor in visitors:
        after_commit(session, partial(known.mark_erased, visitor))
    for conversation in conversations:
        after_commit(session, partial(known.forget, conversation))


def find_visitors(session: Session, workspace_id: int, whom: Whom) -> Sequence[int]:
    """Ids of the visitors who are this person."""
    ways: list[ColumnElement[bool]] = []
    if whom.visitor:
        scans = select(Scan.id).where(
            Scan.workspace_id == workspace_id, Scan.visitor == whom.visitor
        )
        led = select(Conversation.visitor_id).where(
            Conversation.workspace_id == workspace_id, Conversation.scan_id.in_(scans)
        )
        ways = [Visitor.id.in_(led), Visitor.public_id == UUID(whom.visitor)]
    elif whom.email:
        left = (
            select(Conversation.visitor_id)
            .join(Lead, Lead.conversation_id == Conversation.id)
            .where(Lead.workspace_id == workspace_id, Lead.email == whom.email)
        )
        ways = [Visitor.id.in_(left)]
    found = select(Visitor.id).where(Visitor.workspace_id == workspace_id)
    return session.scalars(found.where(or_(false(), *ways))).all()


def _visitors(ids: Sequence[int], _visitor: str) -> ColumnElement[bool]:
    return Visitor.id.in_(ids)


def _conversations(ids: Sequence[int], _visitor: str) -> ColumnElement[bool]:
    return Conversation.visitor_id.in_(ids)


def _leads(ids: Sequence[int], _visitor: str) -> ColumnElement[bool]:
    return Lead.conversation_id.in_(_conversation_ids(ids))


def _messages(ids: Sequence[int], _visitor: str) -> ColumnElement[bool]:
    return Message.conversation_id.in_(_conversation_ids(ids))


def _turns(ids: Sequence[int], visitor: str) -> ColumnElement[bool]:
    known = select(Visitor.public_id).where(Visitor.id.in_(ids))
    mine = WaitingTurn.visitor_id.in_(known)
    # Of the first turn there is no visitor among the rows yet.
    return or_(mine, WaitingTurn.visitor_id == UUID(visitor)) if visitor else mine


def _conversation_ids(ids: Sequence[int]) -> Any:
    return select(Conversation.id).where(Conversation.visitor_id.in_(ids))


def register_holdings() -> None:
    """What is found through others stands after them, and is erased before."""
    register_holding(VisitorsHolding(Visitor, "Visitors of the chat", _visitors))
    register_holding(VisitorsHolding(Conversation, "Conversations", _conversations))
    register_holding(VisitorsHolding(Lead, "Leads", _leads))
    register_holding(VisitorsHolding(Message, "What was said in them", _messages))
    register_holding(VisitorsHolding(WaitingTurn, "What was said just now", _turns))
