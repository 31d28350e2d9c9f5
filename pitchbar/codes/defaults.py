"""What a workspace sets for all its codes: how new ones start, and where archived ones lead."""

from typing import Any

from pitchbar.codes.fallbacks import clean_fallback
from pitchbar.events.actors import Actor
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.services import record_update

_FIELDS = ("default_utm_source", "default_utm_medium", "default_error_correction", "fallback_url")


def defaults_of(workspace: Workspace) -> dict[str, str]:
    """The first values of the form for a new code."""
    return {
        "utm_source": workspace.default_utm_source,
        "utm_medium": workspace.default_utm_medium,
        "error_correction": workspace.default_error_correction,
    }


def update_defaults(workspace: Workspace, by: Actor, settings: Settings, **fields: Any) -> None:
    """Codes that exist keep their tags; the fallback holds for them too.

    Raises:
        InvalidFallback
    """
    before = _snapshot(workspace)
    fields["fallback_url"] = clean_fallback(fields["fallback_url"], settings)
    for name in _FIELDS:
        setattr(workspace, name, fields[name])
    record_update(workspace, by, before, _snapshot(workspace))


def _snapshot(workspace: Workspace) -> dict[str, str]:
    return {name: getattr(workspace, name) for name in _FIELDS}
