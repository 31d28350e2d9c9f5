"""Leads as CSV, streamed; what a spreadsheet would carry out is defused."""

from collections.abc import Iterator

from pitchbar.core.csv_export import csv_portions
from pitchbar.leads.listing import Listing
from pitchbar.leads.models import Lead
from pitchbar.leads.queries import Names, each_lead, names_for
from pitchbar.leads.scoring import worded
from pitchbar.workspaces.models import Workspace

COLUMNS = (
    *("id", "email", "name", "phone", "status", "owner", "score", "reasons"),
    *("agent", "code", "captured_at", "last_at", "fields"),
)
# A mark by which spreadsheets know the encoding.
_MARK = "\ufeff"


def csv_of(workspace: Workspace, listing: Listing) -> Iterator[str]:
    yield _MARK
    yield from csv_portions(COLUMNS, _rows(workspace, listing))


def _rows(workspace: Workspace, listing: Listing) -> Iterator[tuple[object, ...]]:
    for leads in each_lead(workspace, listing):
        names = names_for(workspace, leads)
        for lead in leads:
            yield _row(lead, names)


def _row(lead: Lead, names: Names) -> tuple[object, ...]:
    return (
        lead.id,
        lead.email,
        lead.name,
        lead.phone,
        lead.status,
        names.owners.get(lead.owner_id or 0, ""),
        lead.score,
        "; ".join(f"{one['text']} ({one['points']})" for one in worded(lead.reasons)),
        names.agents.get(lead.agent_id, ""),
        names.codes.get(lead.code_id or 0, ""),
        lead.created_at.isoformat(),
        lead.last_at.isoformat(),
        "; ".join(f"{name}: {value}" for name, value in lead.fields.items()),
    )
