from pitchbar.api.idempotency import purge_kept_answers
from pitchbar.core import clock
from pitchbar.events.services import purge_audit
from pitchbar.events.settings import AuditSettings
from pitchbar.extensions import db
from pitchbar.jobs.declaration import task
from pitchbar.jobs.queues import DEFAULT
from pitchbar.jobs.rules import daily_at, hourly_at
from pitchbar.jobs.schedule import Periodic
from pitchbar.mailing.services import trim_mail_log
from pitchbar.settings import current_settings
from pitchbar.workspaces.deletion import purge_deleted_workspaces


@task(queue=DEFAULT, tries=3, timeout=900)
def purge_old() -> None:
    """Audit entries and mail records past their time, and workspaces whose undo is over."""
    settings = current_settings()
    now = clock.now()
    purge_audit(now, settings[AuditSettings].audit_retention_days)
    trim_mail_log(now)
    db.session.commit()
    purge_deleted_workspaces(now)


@task(queue=DEFAULT, tries=3, timeout=120)
def forget_answers() -> None:
    """Answers that were kept for repeated requests, past their time."""
    purge_kept_answers(current_settings())
    db.session.commit()


PERIODIC = (
    Periodic(purge_old, daily_at("02:40")),
    Periodic(forget_answers, hourly_at(10)),
)
