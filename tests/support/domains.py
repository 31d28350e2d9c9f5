"""Domains of a customer, as they are once their record was found."""

from typing import Any

from pitchbar.core import clock
from pitchbar.domains.models import VERIFIED, Domain
from pitchbar.domains.services import add_domain
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace

HOST = "go.brand.example"


def make_domain(
    workspace: Workspace, host: str = HOST, state: str = VERIFIED, **fields: Any
) -> Domain:
    """Commits; a verified one, unless `state` says otherwise."""
    domain = add_domain(workspace, SYSTEM, current_settings(), host=host)
    domain.state = state
    domain.verified_at = None if state == "pending" else clock.now()
    for name, value in fields.items():
        setattr(domain, name, value)
    db.session.commit()
    return domain
