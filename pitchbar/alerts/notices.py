"""What is sent of an alert: mail, and notices into chats. In the transaction of the alert, so that
it is told if and only if it stands.
"""

from pitchbar.alerts.messages import alert_link, headline, notice_text, raised_words
from pitchbar.alerts.models import Alert, AlertRule
from pitchbar.alerts.notice_tasks import send_alert_notice
from pitchbar.alerts.recipients import list_recipients
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.workspaces.mailing_lists.services import queue_list_mail
from pitchbar.workspaces.models import Workspace


def notify(rule: AlertRule, alert: Alert) -> None:
    """That it was raised, or that it is over."""
    workspace = db.session.get_one(Workspace, rule.workspace_id)
    is_over = alert.recovered_at is not None
    queue_list_mail(
        "alerts/alert",
        workspace_id=workspace.id,
        list_key=rule.list_key,
        to=list_recipients(rule),
        subject=headline(alert, is_over=is_over),
        text=notice_text(alert, is_over=is_over),
        is_over=is_over,
        workspace_name=workspace.name,
        raised=raised_words(alert, workspace.time_zone),
        link=alert_link(workspace, alert),
    )
    for channel in rule.channels:
        enqueue(send_alert_notice, channel.id, alert.id, is_over=is_over)
