"""Steps as they are drawn."""

from collections.abc import Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.chat.models import Conversation
from pitchbar.codes.queries import names_of
from pitchbar.extensions import db
from pitchbar.leads.models import Lead
from pitchbar.visitors.identities import Identity, conversations_of_lead, identify
from pitchbar.visitors.steps import Place, Steps, list_steps
from pitchbar.workspaces.models import Workspace


def timeline_of_lead(workspace: Workspace, lead: Lead, before: Place | None = None) -> Markup:
    return _timeline(workspace, conversations_of_lead(lead.id), before, lead_id=lead.id)


def timeline_of_conversation(
    workspace: Workspace, conversation_id: int, before: Place | None = None
) -> Markup:
    return _timeline(workspace, [conversation_id], before, talk_id=conversation_id)


def _timeline(
    workspace: Workspace, ids: Sequence[int], before: Place | None, **whose: int
) -> Markup:
    identity = identify(workspace, ids)
    page = render_template(
        "visitors/_steps.html",
        workspace=workspace,
        is_first=before is None,
        whose=whose,
        **drawn(workspace, identity, list_steps(workspace, identity, before)),
    )
    return Markup(page)  # noqa: S704  # a template has escaped it


def drawn(workspace: Workspace, identity: Identity, steps: Steps) -> dict[str, Any]:
    """What the template needs beside the steps."""
    scans = (*identity.scans, *identity.others)
    codes = {scan.code_id for scan in scans} | {
        one.code_id for one in identity.conversations if one.code_id
    }
    agents = {one.agent_id for one in identity.conversations}
    named = select(Agent.id, Agent.name).where(Agent.id.in_(agents))
    return {
        "steps": steps,
        "talks": {one.id: one for one in identity.conversations},
        "codes": names_of(workspace, codes),
        "agents": {row.id: row.name for row in db.session.execute(named)},
    }


def find_conversation(workspace: Workspace, conversation_id: int) -> Conversation | None:
    mine = select(Conversation).where(
        Conversation.workspace_id == workspace.id, Conversation.id == conversation_id
    )
    return db.session.scalar(mine)
