"""What is done to several codes at once: each by itself, and each in the audit log."""

from collections.abc import Sequence

from pitchbar.codes.models import ACTIVE, ARCHIVED, Code
from pitchbar.codes.queries import list_chosen_codes
from pitchbar.codes.services import archive_code, restore_code
from pitchbar.events.actors import Actor
from pitchbar.workspaces.models import Workspace


def archive_codes(workspace: Workspace, code_ids: Sequence[int], by: Actor) -> list[Code]:
    """Those that were active until now."""
    codes = [one for one in list_chosen_codes(workspace, code_ids) if one.status == ACTIVE]
    for code in codes:
        archive_code(code, by)
    return codes


def restore_codes(workspace: Workspace, code_ids: Sequence[int], by: Actor) -> list[Code]:
    """Those that were archived until now. Raises PlanLimitReached, and then none shall be."""
    codes = [one for one in list_chosen_codes(workspace, code_ids) if one.status == ARCHIVED]
    for code in codes:
        restore_code(code, by)
    return codes
