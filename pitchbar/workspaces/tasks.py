from pitchbar.api.idempotency import purge_stored_responses
from pitchbar.core import clock
from pitchbar.events.services import purge_audit
from pitchbar.events.settings import AuditSettings
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task
from pitchbar.mailing.services import trim_mail_log
from pitchbar.settings import current_settings
from pitchbar.workspaces.deletion.services import purge_deleted_workspaces


@task(queue=Queue.DEFAULT, tries=3, timeout=900, schedule=every.day_at("02:40"))
def purge_old() -> None:
    """Audit entries and mail records past their time, and workspaces whose undo is over."""
    settings = current_settings()
    now = clock.now()
    purge_audit(now, settings[AuditSettings].audit_retention_days)
    trim_mail_log(now)
    db.session.commit()
    purge_deleted_workspaces(now)


@task(queue=Queue.DEFAULT, tries=3, timeout=120, schedule=every.hour_at(10))
def forget_answers() -> None:
    """Answers that were kept for repeated requests, past their time."""
    purge_stored_responses(current_settings())
    db.session.commit()
