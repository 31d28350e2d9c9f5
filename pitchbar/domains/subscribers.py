from sqlalchemy import delete, select

from pitchbar.domains.models import Domain
from pitchbar.domains.services import tell
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.mailing.services import delete_mail


def register() -> None:
    subscribe("workspace.purged", delete_domains)


def delete_domains(event: Event) -> None:
    """All domains of the workspace, and the messages about them; their hosts are free again."""
    mine = Domain.workspace_id == int(event.subject.id)
    domains = db.session.scalars(select(Domain).where(mine)).all()
    for domain in domains:
        tell(domain)
    delete_mail([domain.mail_reference for domain in domains])
    db.session.execute(delete(Domain).where(mine))
