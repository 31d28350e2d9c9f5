from uuid import UUID

from pitchbar.chat.ending import end_silent_conversations, forget_old_conversations
from pitchbar.chat.kept_turns import put_in_place
from pitchbar.chat.settings import ChatSettings
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, enqueue, every, task
from pitchbar.settings import current_settings


@task(queue=Queue.ANALYTICS, tries=8)
def keep_turn(turn_id: str) -> None:
    """Puts a turn that is over among the messages, once however often it runs."""
    put_in_place(UUID(hex=turn_id))
    db.session.commit()


@task(queue=Queue.DEFAULT, schedule=every.minutes(10))
def end_conversations() -> None:
    """Those that have fallen silent for CHAT_IDLE_HOURS."""
    hours = current_settings()[ChatSettings].chat_idle_hours
    if end_silent_conversations(clock.now(), hours):
        enqueue(end_conversations)
        db.session.commit()


@task(queue=Queue.DEFAULT, tries=3, timeout=300, schedule=every.day_at("03:50"))
def purge_conversations() -> None:
    """Those past CHAT_RETENTION_DAYS, some at a time until none is left."""
    days = current_settings()[ChatSettings].chat_retention_days
    if forget_old_conversations(clock.now(), days):
        enqueue(purge_conversations)
        db.session.commit()
