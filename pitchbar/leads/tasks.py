from pitchbar.chat.settings import ChatSettings
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import Queue, enqueue, every, task
from pitchbar.leads.forgetting import forget_old_leads
from pitchbar.leads.mail import mail_lead
from pitchbar.leads.models import Lead
from pitchbar.leads.rating import rate_lead
from pitchbar.settings import current_settings


@task(queue=Queue.DEFAULT, tries=8)
def mail_captured(lead_id: int) -> None:
    """Tells owners and admins; a lead that is gone by then is not told."""
    lead = db.session.get(Lead, lead_id)
    if lead is not None:
        mail_lead(lead)
        db.session.commit()


@task(queue=Queue.ANALYTICS, tries=5)
def score_lead(lead_id: int) -> None:
    """By what is known now; a repeat changes nothing."""
    lead = db.session.get(Lead, lead_id, with_for_update=True)
    if lead is not None:
        rate_lead(lead)
        db.session.commit()


@task(queue=Queue.DEFAULT, tries=3, timeout=300, schedule=every.day_at("03:52"))
def purge_leads() -> None:
    """Those of whom nothing was heard for CHAT_RETENTION_DAYS, until none is left."""
    days = current_settings()[ChatSettings].chat_retention_days
    if forget_old_leads(clock.now(), days):
        enqueue(purge_leads)
        db.session.commit()
