"""The first minutes of a workspace: create a code, print or show it, scan it."""

from dataclasses import dataclass

from pitchbar.codes.models import Code
from pitchbar.codes.queries import find_first_code
from pitchbar.scans.models import Scan
from pitchbar.scans.queries import find_first_scan
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class Guide:
    """How far the workspace has come."""

    code: Code | None
    first_scan: Scan | None


def load_guide(workspace: Workspace) -> Guide | None:
    """None once somebody has closed it."""
    if workspace.guide_closed_at:
        return None
    return Guide(find_first_code(workspace), find_first_scan(workspace))
