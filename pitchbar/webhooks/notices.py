"""What owners and admins are told by e-mail of their endpoints."""

from pitchbar.extensions import db
from pitchbar.mailing.services import queue_mail
from pitchbar.settings import current_settings
from pitchbar.webhooks.models import Endpoint
from pitchbar.webhooks.queries import list_managers
from pitchbar.workspaces.models import Workspace


def tell_disabled(endpoint: Endpoint) -> None:
    workspace = db.session.get_one(Workspace, endpoint.workspace_id)
    # Jobs have no request to build addresses from.
    link = f"{current_settings().app_url}/w/{workspace.slug}/webhooks/{endpoint.id}"
    for person in list_managers(workspace.id):
        queue_mail(
            "webhooks/disabled",
            to=person.email,
            subject=f"A webhook of {workspace.name} is switched off",
            reference=endpoint.mail_reference,
            person_name=person.name,
            workspace_name=workspace.name,
            endpoint=endpoint,
            link=link,
        )
