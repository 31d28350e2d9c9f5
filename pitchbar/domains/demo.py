"""The demo's own domain, as it is once its records are set."""

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.domains.models import VERIFIED
from pitchbar.domains.services import add_domain
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

HOST = "go.harbour-kitchen.example"
_SITE = "https://harbour-kitchen.example"


def make_demo(workspace: Workspace, owner: Person) -> None:
    """Nobody's DNS knows it, so it is never looked at again."""
    by, settings = Actor("person", owner.id, owner.name), current_settings()
    domain = add_domain(workspace, by, settings, host=HOST, root_url=_SITE)
    domain.state, domain.verified_at = VERIFIED, clock.now()
    domain.checked_at, domain.next_check_at = clock.now(), None
    domain.last_answer = "The TXT record is there: this domain is yours."
    domain.pointing, domain.points_here = f"It leads to {settings.own_host}.", True
    db.session.flush()
