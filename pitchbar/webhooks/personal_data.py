"""What messages say of visitors. An erased scan stays in its message with its time and code, and
loses all that came from its visitor, as it does among the scans.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pitchbar.core.personal_data import Whom, register_holding
from pitchbar.events.outward import find_outward
from pitchbar.webhooks.models import Fact, Message

_NOBODY = "-"


class MessageHolding:
    """Messages name the visitor of each of their items beside, never within."""

    table = Message.__tablename__
    label = "Messages of webhooks"

    def count(self, session: Session, workspace_id: int, whom: Whom) -> int:
        mine = self._of(workspace_id, whom).with_only_columns(func.count())
        return session.scalar(mine) or 0

    def list_rows(
        self, session: Session, workspace_id: int, whom: Whom
    ) -> Iterator[Mapping[str, Any]]:
        for message in session.scalars(self._of(workspace_id, whom).order_by(Message.created_at)):
            items, visitors = _items(message), _visitors(message)
            for item, visitor in zip(items, visitors, strict=True):
                if visitor == whom.visitor:
                    yield {"message_id": message.id, "event": message.event, **item}

    def erase(self, session: Session, workspace_id: int, whom: Whom) -> int:
        messages = session.scalars(self._of(workspace_id, whom).with_for_update()).all()
        for message in messages:
            content = orjson.loads(message.body)
            visitors = _visitors(message)
            _clear(message.event, content["data"], visitors, whom.visitor)
            message.body = orjson.dumps(content).decode()
            left = [_NOBODY if one == whom.visitor else one for one in visitors]
            message.visitors = " ".join(left)
        session.flush()
        return len(messages)

    def _of(self, workspace_id: int, whom: Whom) -> Any:
        own = select(Message).where(Message.workspace_id == workspace_id)
        if not whom.visitor:
            return own.where(Message.id.is_(None))
        return own.where(Message.visitors.contains(whom.visitor, autoescape=True))


class FactHolding(MessageHolding):
    """Facts wait for a moment before they are messages."""

    table = Fact.__tablename__
    label = "What waits to be a message"

    def list_rows(
        self, session: Session, workspace_id: int, whom: Whom
    ) -> Iterator[Mapping[str, Any]]:
        for fact in self._facts(session, workspace_id, whom):
            for item, visitor in zip(fact.items, fact.visitors, strict=True):
                if visitor == whom.visitor:
                    yield {"event": fact.event, **item}

    def count(self, session: Session, workspace_id: int, whom: Whom) -> int:
        return len(self._facts(session, workspace_id, whom))

    def erase(self, session: Session, workspace_id: int, whom: Whom) -> int:
        facts = self._facts(session, workspace_id, whom)
        for fact in facts:
            items = [dict(item) for item in fact.items]
            _clear(fact.event, {"items": items}, fact.visitors, whom.visitor)
            fact.items = items
            fact.visitors = ["" if one == whom.visitor else one for one in fact.visitors]
        session.flush()
        return len(facts)

    def _facts(self, session: Session, workspace_id: int, whom: Whom) -> list[Fact]:
        if not whom.visitor:
            return []
        own = select(Fact).where(Fact.workspace_id == workspace_id).with_for_update()
        return [one for one in session.scalars(own) if whom.visitor in one.visitors]


def register_holdings() -> None:
    register_holding(MessageHolding())
    register_holding(FactHolding())


def _items(message: Message) -> list[dict[str, Any]]:
    data = json.loads(message.body)["data"]
    found: list[dict[str, Any]] = next(iter(data.values()))
    return found


def _visitors(message: Message) -> list[str]:
    return (message.visitors or "").split()


def _clear(event: str, data: Any, visitors: list[str], visitor: str) -> None:
    outward = find_outward(event)
    personal = outward.personal if outward else ()
    for item, whose in zip(next(iter(data.values())), visitors, strict=True):
        if whose == visitor:
            item.update(dict.fromkeys(personal))
