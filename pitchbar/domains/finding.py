"""Domains in the command palette."""

from collections.abc import Iterator

from flask import url_for

from pitchbar.core.features import Offer
from pitchbar.domains.queries import list_domains
from pitchbar.workspaces.models import Workspace

_MOST = 4


def find_domains(workspace: Workspace, words: str) -> Iterator[Offer]:
    """By name; without words none, as codes are looked for more often."""
    wanted = words.strip().lower()
    domains = [one for one in list_domains(workspace) if wanted in one.name] if wanted else []
    for domain in domains[:_MOST]:
        url = url_for("domains.show", slug=workspace.slug, domain_id=domain.id)
        yield Offer("Domains", "globe", domain.name, url)
