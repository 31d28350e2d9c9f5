from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.chat.models import Lead as SentForm
from pitchbar.codes.queries import names_of
from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.leads.errors import LeadNotFound
from pitchbar.leads.listing import BEST, NOBODY, Listing
from pitchbar.leads.models import STATUSES, Lead, LeadConversation, LeadNote
from pitchbar.workspaces.models import Membership, Workspace

PER_PAGE, PER_COLUMN, MOST_NOTES = 50, 30, 200
_PORTION = 500


@dataclass(frozen=True)
class Page:
    """`next` is where the following one starts; empty on the last."""

    items: Sequence[Lead]
    next: str


@dataclass(frozen=True)
class Names:
    """What stands in rows in place of ids."""

    owners: Mapping[int, str]
    agents: Mapping[int, str]
    codes: Mapping[int, str]


def get_lead(workspace: Workspace, lead_id: int) -> Lead:
    lead = db.session.get(Lead, lead_id) if lead_id <= MAX_ID else None
    if lead is None or lead.workspace_id != workspace.id:
        raise LeadNotFound
    return lead


def has_leads(workspace: Workspace) -> bool:
    mine = select(Lead.id).where(Lead.workspace_id == workspace.id)
    return db.session.scalar(mine.limit(1)) is not None


def list_leads(workspace: Workspace, listing: Listing, limit: int = PER_PAGE) -> Page:
    """One page, without counting what is beyond it."""
    query = _narrowed(workspace, listing)
    if place := _place(listing):
        query = query.where(_beyond(listing, place))
    found = db.session.scalars(_ordered(query, listing).limit(limit + 1)).all()
    shown = found[:limit]
    return Page(shown, place_of(shown[-1]) if len(found) > limit else "")


def list_board(workspace: Workspace, listing: Listing) -> dict[str, Page]:
    """The first leads of each status."""
    return {
        status: list_leads(workspace, listing.of_status(status), PER_COLUMN) for status in STATUSES
    }


def each_lead(workspace: Workspace, listing: Listing) -> Iterator[Sequence[Lead]]:
    """All of the list, in portions."""
    page = list_leads(workspace, listing.starting(""), _PORTION)
    yield page.items
    while page.next:
        page = list_leads(workspace, listing.starting(page.next), _PORTION)
        yield page.items


def list_chosen(workspace: Workspace, ids: Iterable[int]) -> Sequence[Lead]:
    """Those of the workspace, locked."""
    mine = select(Lead).where(Lead.workspace_id == workspace.id, Lead.id.in_(list(ids)))
    return db.session.scalars(mine.order_by(Lead.id).with_for_update()).all()


def list_notes(lead: Lead) -> Sequence[tuple[LeadNote, str | None]]:
    """The newest first, with who wrote each."""
    query = (
        select(LeadNote, Person.name)
        .outerjoin(Person, Person.id == LeadNote.author_id)
        .where(LeadNote.lead_id == lead.id)
        .order_by(LeadNote.id.desc())
        .limit(MOST_NOTES)
    )
    return [(note, name) for note, name in db.session.execute(query)]


def list_owners(workspace: Workspace) -> dict[int, str]:
    """Who can have leads: every member, by name."""
    query = (
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.workspace_id == workspace.id)
        .order_by(func.lower(Person.name), Person.id)
        .limit(500)
    )
    return {row.id: row.name for row in db.session.execute(query)}


def list_agents(workspace: Workspace) -> dict[int, str]:
    query = select(Agent.id, Agent.name).where(Agent.workspace_id == workspace.id)
    return {row.id: row.name for row in db.session.execute(query.order_by(Agent.name, Agent.id))}


def names_for(workspace: Workspace, leads: Sequence[Lead]) -> Names:
    owners = {lead.owner_id for lead in leads if lead.owner_id}
    people = select(Person.id, Person.name).where(Person.id.in_(owners))
    codes = {lead.code_id for lead in leads if lead.code_id}
    return Names(
        {row.id: row.name for row in db.session.execute(people)} if owners else {},
        list_agents(workspace),
        {key: one.name for key, one in names_of(workspace, codes).items()} if codes else {},
    )


def forms_of(lead: Lead) -> Select[Any]:
    """Ids of the forms by which they became one."""
    return (
        select(SentForm.id)
        .join(LeadConversation, LeadConversation.conversation_id == SentForm.conversation_id)
        .where(LeadConversation.lead_id == lead.id)
    )


def place_of(lead: Lead) -> str:
    return f"{lead.score}-{lead.id}"


def _place(listing: Listing) -> tuple[int, int] | None:
    """None where the address names no place."""
    score, _, number = listing.after.partition("-")
    if not (score.isascii() and score.isdigit() and number.isascii() and number.isdigit()):
        return None
    return min(int(score), 1000), min(int(number), MAX_ID)


def _beyond(listing: Listing, place: tuple[int, int]) -> ColumnElement[bool]:
    if listing.order == BEST:
        return tuple_(Lead.score, Lead.id) < place
    return Lead.id < place[1]


def _ordered(query: Select[Lead], listing: Listing) -> Select[Lead]:
    by_score = (Lead.score.desc(),) if listing.order == BEST else ()
    return query.order_by(*by_score, Lead.id.desc())


def _narrowed(workspace: Workspace, listing: Listing) -> Select[Lead]:
    query = select(Lead).where(Lead.workspace_id == workspace.id)
    if listing.status:
        query = query.where(Lead.status == listing.status)
    if listing.owner == NOBODY:
        query = query.where(Lead.owner_id.is_(None))
    elif listing.owner:
        query = query.where(Lead.owner_id == int(listing.owner))
    if listing.agent:
        query = query.where(Lead.agent_id == listing.agent)
    if listing.code:
        query = query.where(Lead.code_id == listing.code)
    if listing.score:
        query = query.where(Lead.score >= listing.score)
    if listing.q:
        words = listing.q.lower()
        looked = (Lead.email, func.lower(Lead.name), Lead.phone)
        query = query.where(or_(*(one.contains(words, autoescape=True) for one in looked)))
    return query
