import secrets
from typing import Any

from sqlalchemy.exc import IntegrityError

from pitchbar.core import clock
from pitchbar.core.database import after_commit
from pitchbar.domains.errors import DomainTaken, WrongConfirmation
from pitchbar.domains.models import Domain
from pitchbar.domains.names import clean_host
from pitchbar.domains.queries import count_domains, find_domain
from pitchbar.domains.targets import clean_target
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import bus, db
from pitchbar.settings import Settings
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import require_room
from pitchbar.workspaces.plans import DOMAINS

TOPIC = "domains"
_EDITABLE = ("root_url", "unknown_url")


def add_domain(
    workspace: Workspace,
    by: Actor,
    settings: Settings,
    *,
    host: str,
    root_url: str = "",
    unknown_url: str = "",
) -> Domain:
    """Adds a host that waits for its proof; who else waits for it is nobody's business.

    Raises:
        InvalidHost, DomainTaken, InvalidTarget, PlanLimitReached
    """
    cleaned = require_free_host(workspace, host, settings)
    domain = Domain(workspace_id=workspace.id, host=cleaned, token=secrets.token_urlsafe(24))
    _assign(domain, settings, root_url=root_url, unknown_url=unknown_url)
    lock_workspace(workspace.id)
    require_room(workspace.plan, DOMAINS, lambda: count_domains(workspace))
    try:
        with db.session.begin_nested():
            db.session.add(domain)
    except IntegrityError:
        raise DomainTaken(cleaned) from None
    record_event("domain.added", domain, by=by, after=snapshot(domain))
    tell(domain)
    return domain


def require_free_host(workspace: Workspace, typed: str, settings: Settings) -> str:
    """The host as it would be stored.

    Raises:
        InvalidHost, DomainTaken
    """
    host = clean_host(typed, settings)
    existing = find_domain(workspace, host)
    if existing:
        raise DomainTaken(existing.name)
    return host


def update_domain(domain: Domain, by: Actor, settings: Settings, **fields: str) -> None:
    """Changes where the bare host and unknown codes lead.

    Raises:
        InvalidTarget
    """
    before = snapshot(domain)
    _assign(domain, settings, **fields)
    db.session.flush()
    record_event("domain.updated", domain, by=by, before=before, after=snapshot(domain))
    tell(domain)


def remove_domain(domain: Domain, by: Actor, *, confirmation: str) -> None:
    """Its addresses stop leading on; whoever has something on it hears of it first.

    Raises:
        WrongConfirmation: unless `confirmation` is its name, in either spelling.
    """
    if confirmation.strip().lower().rstrip(".") not in (domain.host, domain.name):
        raise WrongConfirmation
    record_event("domain.removed", domain, by=by, before=snapshot(domain))
    tell(domain)
    db.session.delete(domain)
    db.session.flush()


def check_soon(domain: Domain) -> None:
    """Its records are looked at with the next round."""
    domain.next_check_at = clock.now()


def tell(domain: Domain) -> None:
    """After the commit, every edge looks the host up anew, and open pages draw it again."""
    message = {"host": domain.host, "workspace_id": domain.workspace_id}
    after_commit(db.session(), lambda: bus.publish(TOPIC, message))


def snapshot(domain: Domain) -> dict[str, Any]:
    """What the audit log compares."""
    return {name: getattr(domain, name) for name in ("host", "state", *_EDITABLE)}


def _assign(domain: Domain, settings: Settings, **fields: str) -> None:
    for name in fields.keys() & set(_EDITABLE):
        setattr(domain, name, clean_target(name, fields[name], domain.host, settings))
