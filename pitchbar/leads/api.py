from collections.abc import Sequence

from flask import Blueprint
from sqlalchemy import select

from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.models import Person
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import read_id
from pitchbar.api.payloads import field_error
from pitchbar.codes.models import Code
from pitchbar.core.pagination import encode_cursor
from pitchbar.extensions import db
from pitchbar.leads.errors import InvalidLead
from pitchbar.leads.listing import Listing
from pitchbar.leads.models import Lead
from pitchbar.leads.payloads import (
    LeadChanges,
    LeadList,
    LeadQuery,
    LeadResponse,
    OriginBody,
    OwnerBody,
    ReasonBody,
)
from pitchbar.leads.queries import get_lead, list_leads
from pitchbar.leads.scoring import worded
from pitchbar.leads.services import set_owner, set_status
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import (
    require_right_of_creator,
    requires_token,
    shared_limit,
)

TOPIC = Topic(
    36,
    "Leads",
    "People who left an address with an agent: one for each address in a workspace.",
    {"lead_id": PathParameter("The lead's id.", 7)},
)

bp = Blueprint("leads_api", __name__, url_prefix="/api/v1/workspaces/<slug>/leads")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=LeadQuery, response=LeadList, errors=(422,))
def index(workspace: Workspace, query: LeadQuery) -> LeadList:
    """List leads

    The newest first.
    """
    before = query.start(read_id)
    listing = Listing(
        q=query.search or "",
        status=query.status or "",
        owner=str(query.owner_id or ""),
        agent=query.agent_id or 0,
        code=query.code_id or 0,
        score=query.min_score or 0,
        after=f"0-{before}" if before is not None else "",
    )
    page = list_leads(workspace, listing, query.per_page)
    last = encode_cursor(page.items[-1].id) if page.next else None
    return LeadList(data=_responses(page.items), next_cursor=last)


@bp.get("/<int:lead_id>")
@requires_token("read")
@endpoint(TOPIC, response=LeadResponse)
def show(workspace: Workspace, lead_id: int) -> LeadResponse:
    """Get a lead"""
    return _responses([get_lead(workspace, lead_id)])[0]


@bp.patch("/<int:lead_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=LeadChanges, response=LeadResponse, errors=(409, 413, 415, 422))
def change(workspace: Workspace, lead_id: int, payload: LeadChanges) -> LeadResponse:
    """Change status and owner"""
    require_right_of_creator("edit_leads")
    lead = get_lead(workspace, lead_id)
    if payload.status is not None:
        set_status([lead], payload.status, current_actor())
    if "owner_id" in payload.model_fields_set:
        try:
            set_owner(workspace, [lead], payload.owner_id, current_actor())
        except InvalidLead as error:
            raise field_error("owner_id", error.message) from None
    return _responses([lead])[0]


def _responses(leads: Sequence[Lead]) -> list[LeadResponse]:
    owners = {lead.owner_id for lead in leads if lead.owner_id}
    codes = {lead.code_id for lead in leads if lead.code_id}
    names = select(Person.id, Person.name).where(Person.id.in_(owners))
    people = {row.id: row.name for row in db.session.execute(names)} if owners else {}
    found = db.session.scalars(select(Code).where(Code.id.in_(codes))) if codes else ()
    shorts = {code.id: code.domain_short_code or code.short_code for code in found}
    return [_response(lead, people, shorts) for lead in leads]


def _response(lead: Lead, people: dict[int, str], shorts: dict[int, str]) -> LeadResponse:
    owner_id, code_id = lead.owner_id, lead.code_id
    same = ("id", "email", "name", "phone", "fields", "status", "score", "agent_id", "updated_at")
    scan_id = str(lead.scan_id) if lead.scan_id else None
    return LeadResponse.model_validate(
        {
            **{name: getattr(lead, name) for name in same},
            "owner": OwnerBody(id=owner_id, name=people[owner_id]) if owner_id in people else None,
            "reasons": [ReasonBody(**one) for one in worded(lead.reasons)],
            "origin": OriginBody(
                code_id=code_id, short_code=shorts.get(code_id, ""), scan_id=scan_id
            )
            if code_id
            else None,
            "captured_at": lead.created_at,
        }
    )
