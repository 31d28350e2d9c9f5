from datetime import timedelta
from uuid import UUID

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.inbox.mailing import mail_people_on_call
from pitchbar.inbox.settings import InboxSettings
from pitchbar.inbox.states import release_unanswered, wake_due
from pitchbar.jobs import Queue, enqueue, every, task
from pitchbar.settings import current_settings


@task(queue=Queue.DEFAULT, tries=3)
def mail_on_call(conversation_id: str) -> None:
    """Tells those on call that a visitor asks for a person, unless somebody has joined since."""
    mail_people_on_call(UUID(hex=conversation_id))
    db.session.commit()


@task(queue=Queue.DEFAULT, schedule=every.minutes(1))
def release_requests() -> None:
    """Those that nobody took within INBOX_RELEASE_MINUTES."""
    minutes = current_settings()[InboxSettings].inbox_release_minutes
    if release_unanswered(clock.now() - timedelta(minutes=minutes)):
        enqueue(release_requests)
        db.session.commit()


@task(queue=Queue.DEFAULT, schedule=every.minutes(1))
def wake_snoozed() -> None:
    """Conversations whose snooze is over."""
    if wake_due(clock.now()):
        enqueue(wake_snoozed)
        db.session.commit()
