from datetime import timedelta

from pitchbar.alerts.evaluation import evaluate_rules
from pitchbar.alerts.minutes import trim_minutes
from pitchbar.alerts.quota import raise_quota_marks, raise_standing_marks
from pitchbar.alerts.settings import AlertSettings
from pitchbar.alerts.stored_lag import is_all_stored
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task
from pitchbar.settings import current_settings


@task(queue=Queue.DEFAULT, tries=1, timeout=300, schedule=every.minutes(1), missed="skip")
def evaluate_alerts() -> None:
    """Judges the rules of all workspaces."""
    settings = current_settings()
    cooldown = timedelta(minutes=settings[AlertSettings].alert_cooldown_minutes)
    evaluate_rules(clock.now(), is_stored=is_all_stored(), cooldown=cooldown)


@task(queue=Queue.DEFAULT, tries=1, timeout=120, schedule=every.minutes(5), missed="skip")
def look_at_quotas() -> None:
    """Tells, once in a month, that a workspace has used 75, 90 or 100 % of what its plan has of
    that month.
    """
    raise_quota_marks(clock.now())


@task(queue=Queue.DEFAULT, tries=1, timeout=300, schedule=every.minutes(15), missed="skip")
def look_at_standing_limits() -> None:
    """Tells the same of what is there at a time, such as codes and members."""
    raise_standing_marks(clock.now())


@task(queue=Queue.DEFAULT, schedule=every.hour_at(25))
def trim_scan_minutes() -> None:
    trim_minutes(clock.now())
    db.session.commit()
