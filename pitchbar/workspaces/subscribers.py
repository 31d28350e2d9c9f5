"""What workspaces hear of people's accounts."""

from pitchbar.events.services import Event, subscribe
from pitchbar.workspaces.personal_data import register_holdings
from pitchbar.workspaces.tokens.services import revoke_tokens_of


def register() -> None:
    register_holdings()
    subscribe("account.address_proven", _revoke_planted_tokens)


def _revoke_planted_tokens(event: Event) -> None:
    """Whoever made them before the address was proven may not be its owner."""
    revoke_tokens_of(int(event.subject.id), event.by)
