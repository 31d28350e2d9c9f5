"""Webhooks in the command palette."""

from collections.abc import Iterator

from flask import url_for

from pitchbar.core.features import Offer
from pitchbar.webhooks.models import Endpoint
from pitchbar.webhooks.queries import list_endpoints
from pitchbar.workspaces.models import Workspace

_MOST = 4


def find_webhooks(workspace: Workspace, words: str) -> Iterator[Offer]:
    """By address or description; without words none, as codes are looked for more often."""
    wanted = words.strip().lower()
    found = [one for one in list_endpoints(workspace) if wanted in _told(one).lower()]
    for endpoint in found[:_MOST] if wanted else ():
        url = url_for("webhooks.show", slug=workspace.slug, webhook_id=endpoint.id)
        yield Offer("Webhooks", "webhook", endpoint.url, url, note=endpoint.description)


def _told(endpoint: Endpoint) -> str:
    return f"{endpoint.url} {endpoint.description}"
