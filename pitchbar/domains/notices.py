"""What owners and admins are told by e-mail of their domains."""

from pitchbar.domains.models import Domain
from pitchbar.domains.queries import list_managers
from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def tell_broken(domain: Domain) -> None:
    _tell(domain, "domains/broken", f"The record of {domain.name} is gone")


def tell_lost(domain: Domain) -> None:
    _tell(domain, "domains/lost", f"{domain.name} is no longer yours at Pitchbar")


def _tell(domain: Domain, template: str, subject: str) -> None:
    workspace = db.session.get_one(Workspace, domain.workspace_id)
    for person in list_managers(workspace.id):
        queue_mail(
            template,
            to=person.email,
            subject=subject,
            reference=domain.mail_reference,
            person_name=person.name,
            workspace_name=workspace.name,
            domain=domain,
            link=_page_of(domain, workspace),
        )


def _page_of(domain: Domain, workspace: Workspace) -> str:
    """Jobs have no request to build addresses from."""
    return f"{current_settings().app_url}/w/{workspace.slug}/domains/{domain.id}"
