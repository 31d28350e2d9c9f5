"""Mail to owners and admins: somebody left an address."""

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.extensions import db
from pitchbar.leads.models import Lead
from pitchbar.leads.scoring import worded
from pitchbar.settings import current_settings
from pitchbar.workspaces.mailing_lists.kinds import declare_list
from pitchbar.workspaces.mailing_lists.services import queue_list_mail
from pitchbar.workspaces.models import Membership, Workspace
from pitchbar.workspaces.roles import ADMIN, OWNER

LIST_KEY = "leads"


def declare_mailing_list() -> None:
    declare_list(LIST_KEY, lambda _workspace_id, _rest: "new leads")


def mail_lead(lead: Lead) -> int:
    """Returns to how many people; whoever left the list gets none."""
    workspace = db.session.get_one(Workspace, lead.workspace_id)
    agent = db.session.get(Agent, lead.agent_id)
    return queue_list_mail(
        "leads/captured",
        workspace_id=workspace.id,
        list_key=LIST_KEY,
        to=_recipients(workspace.id),
        subject=f"New lead: {' '.join(lead.shown_name.split())}"[:150],
        lead_name=lead.name,
        email=lead.email,
        phone=lead.phone,
        score=lead.score,
        reasons=worded(lead.reasons),
        agent_name=agent.name if agent else "",
        workspace_name=workspace.name,
        link=f"{current_settings().app_url}/w/{workspace.slug}/leads/{lead.id}",
    )


def _recipients(workspace_id: int) -> list[str]:
    """Whose address is not proven gets no mail by a role: it may be a stranger's."""
    query = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.workspace_id == workspace_id,
            Membership.role.in_((OWNER, ADMIN)),
            Person.verified_at.is_not(None),
        )
        .order_by(Membership.id)
    )
    return list(db.session.scalars(query))
