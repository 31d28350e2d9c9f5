"""Who did what in the workspace, to read and to take along."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, request, stream_with_context

from pitchbar.core.csv_export import csv_portions
from pitchbar.core.htmx import render
from pitchbar.events.models import AuditEntry
from pitchbar.events.queries import AuditFilter, each_entry, list_actions, list_entries
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.audit.forms import AuditFilterForm
from pitchbar.workspaces.models import Workspace

bp = Blueprint("audit", __name__, url_prefix="/w/<slug>")

_COLUMNS = (
    "at",
    "actor_kind",
    "actor_name",
    "action",
    "subject_kind",
    "subject_id",
    "subject_name",
    "before",
    "after",
    "ip",
    "user_agent",
)


@bp.get("/audit")
@requires("view_audit")
def index(workspace: Workspace) -> Response:
    form = AuditFilterForm(request.args)
    page = list_entries(
        workspace.id, _filter(form, workspace), request.args.get("page", 1, type=int)
    )
    return render(
        "workspaces/audit.html",
        "workspaces/_audit.html",
        form=form,
        page=page,
        actions=list_actions(workspace.id),
        filtered={name: request.args[name] for name in form.data if request.args.get(name)},
    )


@bp.get("/audit.csv")
@requires("view_audit")
def export(workspace: Workspace) -> Response:
    """All that the filter lets through, of any size: it is read and sent in portions."""
    entries = each_entry(workspace.id, _filter(AuditFilterForm(request.args), workspace))
    portions = csv_portions(_COLUMNS, (_row(entry) for entry in entries))
    response = make_response(stream_with_context(portions))
    response.mimetype = "text/csv"
    name = f"{workspace.slug}-audit.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.app_template_filter("changes")
def changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """(field, before, after) of what changed, as words; empty where there was nothing."""
    names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    all_three = [
        (name.replace("_", " "), _label(entry.before.get(name)), _label(entry.after.get(name)))
        for name in names
    ]
    return [one for one in all_three if one[1] != one[2]]


@bp.app_template_filter("action_label")
def action_label(action: str) -> str:
    """ "member.role_changed" as "Member role changed"."""
    return action.replace(".", " ").replace("_", " ").capitalize()


def _filter(form: AuditFilterForm, workspace: Workspace) -> AuditFilter:
    """Whole days of the workspace's zone; what cannot be read holds nothing back."""
    form.validate()
    first, last = form.day("since"), form.day("until")
    return AuditFilter(
        action=form.text("action"),
        actor=form.text("actor"),
        since=_start(first, workspace) if first else None,
        until=_start(last + timedelta(days=1), workspace) - timedelta(microseconds=1)
        if last
        else None,
    )


def _start(day: date, workspace: Workspace) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(workspace.time_zone))


def _row(entry: AuditEntry) -> list[object]:
    values: dict[str, Any] = {name: getattr(entry, name) for name in _COLUMNS}
    values["at"] = entry.at.isoformat()
    for side in ("before", "after"):
        values[side] = json.dumps(values[side], ensure_ascii=False) if values[side] else ""
    return list(values.values())


def _label(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
