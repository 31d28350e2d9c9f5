"""Forms that nobody made a person of: a process of the release before kept them, while this one
began.
"""

from sqlalchemy import select

from pitchbar.chat.models import Conversation
from pitchbar.chat.models import Lead as SentForm
from pitchbar.extensions import db
from pitchbar.jobs import Queue, every, task
from pitchbar.leads.capturing import note_lead
from pitchbar.leads.models import LeadConversation

# The newest forms of all workspaces; what is older was there when the leads were first made.
_LOOKED_AT = 500


@task(queue=Queue.DEFAULT, tries=3, schedule=every.minutes(10))
def keep_missed_leads() -> None:
    """Commits after each."""
    newest = select(SentForm.id).order_by(SentForm.id.desc()).limit(_LOOKED_AT).subquery()
    known = select(LeadConversation.conversation_id).where(
        LeadConversation.conversation_id == SentForm.conversation_id
    )
    missed = select(SentForm.id).join(newest, newest.c.id == SentForm.id).where(~known.exists())
    ids = db.session.scalars(missed.order_by(SentForm.id)).all()
    for form_id in ids:
        form = db.session.get(SentForm, form_id)
        if form is None:
            continue
        mine = select(Conversation).where(Conversation.id == form.conversation_id)
        conversation = db.session.scalar(mine.with_for_update())
        if conversation is not None:
            note_lead(conversation, form)
        db.session.commit()
