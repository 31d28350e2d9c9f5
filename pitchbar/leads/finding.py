"""Leads in the command palette."""

from collections.abc import Iterator

from flask import url_for

from pitchbar.core.features import Offer
from pitchbar.leads.listing import Listing
from pitchbar.leads.models import STATUSES
from pitchbar.leads.queries import list_leads
from pitchbar.workspaces.models import Workspace

_MOST = 5


def find_leads(workspace: Workspace, words: str) -> Iterator[Offer]:
    for lead in list_leads(workspace, Listing(q=words[:200]), _MOST).items:
        yield Offer(
            "Leads",
            "user-round",
            lead.shown_name,
            url_for("leads.show", slug=workspace.slug, lead_id=lead.id),
            note=STATUSES.get(lead.status, lead.status),
            words=lead.email,
        )
