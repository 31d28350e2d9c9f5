"""How far the reading has come, drawn anew while one waits for it."""

from flask import Blueprint, g, render_template, request

from pitchbar.extensions import db
from pitchbar.hosted.models import TalkingCode
from pitchbar.hosted.talking import get_draft
from pitchbar.hosted.talking_views import progress_of
from pitchbar.live import LiveView
from pitchbar.sources.showing import list_view
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint(
    "talking_progress", __name__, url_prefix="/w/<slug>/talking-code/<int:draft_id>/progress"
)


def _open() -> LiveView:
    workspace: Workspace = g.workspace
    draft_id = get_draft(workspace, (request.view_args or {})["draft_id"]).id
    return list_view(workspace, lambda: _draw(workspace.id, draft_id))


def _draw(workspace_id: int, draft_id: int) -> str:
    workspace = db.session.get_one(Workspace, workspace_id)
    draft = db.session.get_one(TalkingCode, draft_id)
    db.session.refresh(draft)
    shown = progress_of(workspace, draft)
    if shown["source"] is not None:
        # What another process wrote since the page was opened.
        db.session.refresh(shown["source"])
        shown = progress_of(workspace, draft)
    return render_template("hosted/_progress.html", workspace=workspace, **shown)


add_workspace_panel(bp, "edit_codes", _open)
