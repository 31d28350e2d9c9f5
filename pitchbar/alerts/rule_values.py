"""What makes a rule, and whether it can be one."""

from dataclasses import dataclass

from pitchbar.alerts.errors import InvalidRule
from pitchbar.alerts.kinds import Kind, find_kind
from pitchbar.codes.models import Code
from pitchbar.core.database import MAX_ID
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace


@dataclass(frozen=True)
class RuleValues:
    kind: str
    code_id: int | None = None
    threshold: int | None = None
    window_minutes: int | None = None
    roles: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    # New ones, as they were typed; and ids of those that go.
    chats: tuple[str, ...] = ()
    dropped_channels: tuple[int, ...] = ()


def require_valid(workspace: Workspace, values: RuleValues) -> Kind:
    """Raises InvalidRule, with all that is wrong at once."""
    kind = find_kind(values.kind)
    if kind is None:
        raise InvalidRule(kind="Choose what to watch.")
    wrong = {
        "threshold": _wrong_threshold(kind, values.threshold),
        "window_minutes": _wrong_window(kind, values.window_minutes),
        "code_id": _wrong_code(workspace, kind, values.code_id),
    }
    if found := {name: sentence for name, sentence in wrong.items() if sentence}:
        raise InvalidRule(**found)
    return kind


def _wrong_threshold(kind: Kind, value: int | None) -> str:
    if kind.levels:
        return "" if value in kind.levels else "Choose one of these."
    if kind.threshold is None:
        return ""
    least, most = kind.threshold.least, kind.threshold.most
    if value is None or not least <= value <= most:
        return f"Enter a number from {least:,} to {most:,}."
    return ""


def _wrong_window(kind: Kind, minutes: int | None) -> str:
    return "" if not kind.windows or minutes in kind.windows else "Choose one of these."


def _wrong_code(workspace: Workspace, kind: Kind, code_id: int | None) -> str:
    if code_id is None:
        return ""
    if not kind.takes_code:
        return "This is watched for the workspace as a whole."
    code = db.session.get(Code, code_id) if code_id <= MAX_ID else None
    if code is None or code.workspace_id != workspace.id or code.deleted_at:
        return "This code is not there any more. Choose another."
    return ""
