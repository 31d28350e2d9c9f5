"""Agents' pages as what codes lead to."""

from collections.abc import Sequence

from sqlalchemy import select

from pitchbar.agents.models import Agent
from pitchbar.codes.offered_destinations import Offered
from pitchbar.extensions import db
from pitchbar.hosted.visiting import page_address
from pitchbar.workspaces.models import Workspace

_MOST = 200


def list_pages(workspace: Workspace) -> Sequence[Offered]:
    """Of agents that are published and have one."""
    mine = select(Agent.public_id, Agent.name).where(
        Agent.workspace_id == workspace.id,
        Agent.published_version_id.is_not(None),
        Agent.has_page.is_(True),
    )
    rows = db.session.execute(mine.order_by(Agent.name, Agent.id).limit(_MOST))
    return [Offered(row.public_id, row.name, page_address(row.public_id)) for row in rows]
