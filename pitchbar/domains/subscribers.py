from sqlalchemy import delete, select

from pitchbar.domains.models import Domain
from pitchbar.domains.queries import count_domains_of
from pitchbar.domains.services import tell
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.mailing.services import delete_mail
from pitchbar.workspaces.plan_usage import declare_standing
from pitchbar.workspaces.plans import DOMAINS


def register() -> None:
    subscribe("workspace.purged", delete_domains)
    declare_standing(DOMAINS, count_domains_of)


def delete_domains(event: Event) -> None:
    """All domains of the workspace, and the messages about them; their hosts are free again."""
    mine = Domain.workspace_id == int(event.subject.id)
    domains = db.session.scalars(select(Domain).where(mine)).all()
    for domain in domains:
        tell(domain)
    delete_mail([domain.mail_reference for domain in domains])
    db.session.execute(delete(Domain).where(mine))
