"""The first minutes of a workspace: create a code, print or show it, scan it."""

from dataclasses import dataclass

from pitchbar.codes.models import Code
from pitchbar.codes.queries import CodeName, find_first_code, names_of
from pitchbar.scans.models import Scan
from pitchbar.scans.queries import find_first_scan
from pitchbar.scans.set_apart import OWN
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class FirstScan:
    """The scan, and the code that was scanned."""

    scan: Scan
    code: CodeName

    @property
    def is_own(self) -> bool:
        """Whether it was opened from our own pages: a try, which counts as no person."""
        return self.scan.set_apart == OWN


@dataclass(frozen=True)
class Guide:
    """How far the workspace has come."""

    code: Code | None
    first_scan: FirstScan | None


def load_guide(workspace: Workspace) -> Guide | None:
    """None once somebody has closed it."""
    if workspace.guide_closed_at:
        return None
    scan = find_first_scan(workspace)
    first = FirstScan(scan, names_of(workspace, {scan.code_id})[scan.code_id]) if scan else None
    return Guide(find_first_code(workspace), first)
