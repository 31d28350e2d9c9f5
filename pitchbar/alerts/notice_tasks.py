from pitchbar.alerts.messages import alert_link, headline, notice_text
from pitchbar.alerts.models import Alert, AlertChannel
from pitchbar.clients.notices import NoticeError, send_notice
from pitchbar.clients.settings import OutboundSettings
from pitchbar.core import clock
from pitchbar.core.encryption import Unreadable, decrypt
from pitchbar.extensions import db
from pitchbar.jobs import Fail, Queue, task
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


@task(queue=Queue.DEFAULT, tries=6, first_wait=30, cap=1800, timeout=60)
def send_alert_notice(channel_id: int, alert_id: int, is_over: bool) -> None:
    """Tells one chat of an alert, and notes at its channel what became of it. Doubled where a
    worker dies after it was sent.
    """
    channel, alert = db.session.get(AlertChannel, channel_id), db.session.get(Alert, alert_id)
    if channel is None or alert is None:
        return
    title, text = headline(alert, is_over=is_over), notice_text(alert, is_over=is_over)
    link = alert_link(db.session.get_one(Workspace, alert.workspace_id), alert)
    service, address = channel.service, _address_of(channel)
    # Nothing is held while a chat takes its time.
    db.session.rollback()
    try:
        allow = current_settings()[OutboundSettings].allowed
        send_notice(service, address, title=title, text=f"{text}\n{link}", allow=allow)
    except NoticeError as error:
        _note(channel_id, str(error))
        if error.permanent:
            raise Fail(str(error)) from None
        raise
    _note(channel_id, "")


def _address_of(channel: AlertChannel) -> str:
    try:
        return decrypt(channel.encrypted, current_settings().app_keys)
    except Unreadable:
        raise Fail("the address cannot be read: APP_KEY was replaced since") from None


def _note(channel_id: int, failure: str) -> None:
    channel = db.session.get(AlertChannel, channel_id)
    if channel is not None:
        channel.failure, channel.sent_at = failure[:300], clock.now()
        db.session.commit()
