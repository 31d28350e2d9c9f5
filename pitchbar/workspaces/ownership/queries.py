from pitchbar.accounts.models import Person
from pitchbar.extensions import db
from pitchbar.workspaces.models import (
    OwnershipOffer,
    Workspace,
)


def find_offer(workspace: Workspace) -> OwnershipOffer | None:
    return db.session.get(OwnershipOffer, workspace.id)


def find_offer_to(person: Person, workspace: Workspace) -> OwnershipOffer | None:
    offer = find_offer(workspace)
    return offer if offer and offer.membership.person_id == person.id else None
