"""The demo's webhook: nobody receives it, so it is switched off before anything is sent."""

from pitchbar.accounts.models import Person
from pitchbar.events.actors import Actor
from pitchbar.settings import current_settings
from pitchbar.webhooks.services import create_endpoint, pause_endpoint
from pitchbar.workspaces.models import Workspace


def make_demo(workspace: Workspace, owner: Person) -> None:
    by = Actor("person", owner.id, owner.name)
    endpoint, _secret = create_endpoint(
        workspace,
        by,
        current_settings(),
        url="https://harbour-kitchen.example.com/hooks/pitchbar",
        description="Orders and reservations",
        events=["conversion.recorded", "scan.recorded"],
    )
    pause_endpoint(endpoint, by)
