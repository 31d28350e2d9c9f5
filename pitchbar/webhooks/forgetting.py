"""The log of deliveries is kept for a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from pitchbar.core import clock
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.webhooks.models import WAITING, Attempt, Delivery, Message

_BATCH = 1000


def forget_old(keep_days: int) -> int:
    """Messages that are older, with their deliveries and attempts, unless one is still under way;
    returns how many. This is an entry point: it commits, in small transactions.
    """
    before, gone = clock.now() - timedelta(days=keep_days), 0
    while count := _forget_some(before):
        gone += count
    return gone


def _forget_some(before: datetime) -> int:
    waits = select(Delivery.id).where(Delivery.message_id == Message.id, Delivery.state == WAITING)
    old = select(Message.id).where(Message.created_at < before, ~waits.exists())
    ids = db.session.scalars(old.order_by(Message.created_at).limit(_BATCH)).all()
    count = forget_messages(ids)
    db.session.commit()
    return count


def forget_messages(ids: Sequence[str]) -> int:
    if not ids:
        return 0
    deliveries = select(Delivery.id).where(Delivery.message_id.in_(ids))
    for model, condition in (
        (Attempt, Attempt.delivery_id.in_(deliveries)),
        (Delivery, Delivery.message_id.in_(ids)),
    ):
        _delete(model, condition)
    return _delete(Message, Message.id.in_(ids))


def _delete(model: Any, condition: Any) -> int:
    statement = delete(model).where(condition)
    return changed_rows(db.session, statement.execution_options(synchronize_session=False))
