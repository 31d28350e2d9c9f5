"""What workspaces hear of people's accounts."""

from pitchbar.events.services import Event, subscribe
from pitchbar.workspaces.invitations.queries import count_seats_of
from pitchbar.workspaces.personal_data import register_holdings
from pitchbar.workspaces.plan_usage import declare_standing
from pitchbar.workspaces.plans import MEMBERS
from pitchbar.workspaces.tokens.services import revoke_tokens_of


def register() -> None:
    register_holdings()
    declare_standing(MEMBERS, count_seats_of)
    subscribe("account.address_proven", _revoke_planted_tokens)


def _revoke_planted_tokens(event: Event) -> None:
    """Whoever made them before the address was proven may not be its owner."""
    revoke_tokens_of(int(event.subject.id), event.by)
