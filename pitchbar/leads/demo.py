"""The demo's leads: of whatever forms its conversations have."""

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.chat.models import Conversation
from pitchbar.chat.models import Lead as SentForm
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.leads.capturing import find_of_conversation, keep_person
from pitchbar.leads.models import CONTACTED, NEW, QUALIFIED, WON
from pitchbar.leads.services import add_note, set_owner, set_status
from pitchbar.workspaces.models import Workspace

# In turn.
_STATUSES = (NEW, CONTACTED, NEW, QUALIFIED, NEW, WON)
_NOTE = "Wants to hear from us on a weekday, in the morning."


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Nobody is mailed."""
    forms = select(SentForm, Conversation).join(
        Conversation, Conversation.id == SentForm.conversation_id
    )
    mine = forms.where(SentForm.workspace_id == workspace.id).order_by(SentForm.created_at)
    for number, (form, conversation) in enumerate(db.session.execute(mine).all()):
        if find_of_conversation(conversation.id) is not None:
            continue
        lead, _ = keep_person(conversation, form)
        status = _STATUSES[number % len(_STATUSES)]
        set_status([lead], status, SYSTEM)
        if status != NEW:
            set_owner(workspace, [lead], owner.id, SYSTEM)
            add_note(lead, owner, _NOTE, SYSTEM)
        lead.created_at = lead.updated_at = lead.last_at = form.created_at
    db.session.flush()
