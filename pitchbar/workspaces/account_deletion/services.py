"""Deleting an account. It stands with the workspaces, as it ends what the person is in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import normalise_email
from pitchbar.accounts.security_mail import send_security_mail
from pitchbar.accounts.sessions.services import end_sessions
from pitchbar.events.actors import Actor
from pitchbar.events.services import delete_account_log, record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.workspaces.errors import OwnsWorkspaces, WrongAddress
from pitchbar.workspaces.members.services import leave_workspace
from pitchbar.workspaces.models import Membership, Workspace
from pitchbar.workspaces.queries import list_memberships
from pitchbar.workspaces.roles import OWNER
from pitchbar.workspaces.tokens.queries import list_tokens_made_by
from pitchbar.workspaces.tokens.services import revoke_tokens_of

# How operators see that there was an account: not by whose.
NOBODY = "A deleted account"


@dataclass(frozen=True)
class Consequences:
    """What goes with an account.

    Attributes:
        owned: has to be given away or deleted first.
        going: owned, and to be deleted within the week anyway.
        left: those in which the person is no owner.
        tokens: how many stop working.
    """

    owned: Sequence[Workspace]
    going: Sequence[Workspace]
    left: Sequence[Workspace]
    tokens: int


def load_consequences(person: Person) -> Consequences:
    members = list_memberships(person)
    mine = [one.workspace for one in members if one.role == OWNER]
    return Consequences(
        owned=[one for one in mine if not one.deletion_asked_at],
        going=[one for one in mine if one.deletion_asked_at],
        left=[one.workspace for one in members if one.role != OWNER],
        tokens=len(list_tokens_made_by(person.id)),
    )


def delete_account(person: Person, by: Actor, *, confirmation: str) -> None:
    """All that is the person's goes at once; what they made in workspaces stays there.

    Raises:
        WrongAddress: unless `confirmation` is the account's address.
        OwnsWorkspaces: those that have nobody else to look after them.
        ConcurrentChange: they became an owner in this moment.
    """
    if normalise_email(confirmation) != person.email:
        raise WrongAddress
    owned = load_consequences(person).owned
    if owned:
        raise OwnsWorkspaces([one.name for one in owned])
    _leave_workspaces(list_memberships(person), by)
    revoke_tokens_of(person.id, by)
    end_sessions(person)
    sentence = "Your Pitchbar account is deleted, and with it all that we kept of you there."
    subject = "Your account is deleted"
    send_security_mail(person.email, by, subject, sentence, can_reset=False)
    delete_account_log(person.id)
    record_event("account.deleted", Subject("person", person.id, NOBODY), by=_nobody(person, by))
    db.session.delete(person)
    db.session.flush()


def _leave_workspaces(memberships: Sequence[Membership], by: Actor) -> None:
    for member in memberships:
        if member.role != OWNER:
            leave_workspace(member, by)


def _nobody(person: Person, by: Actor) -> Actor:
    """The person themselves without their name, or the operator who did it."""
    return Actor(by.kind, by.id, NOBODY) if (by.kind, by.id) == ("person", person.id) else by
