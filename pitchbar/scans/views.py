from typing import Any

from flask import Blueprint, g, render_template, request

from pitchbar.codes.queries import get_code
from pitchbar.errors import NotFound
from pitchbar.live import LiveView
from pitchbar.scans.figures import load_dashboard
from pitchbar.scans.guide import load_guide
from pitchbar.scans.ingestion import TOPIC
from pitchbar.scans.panels import list_board_panels
from pitchbar.scans.queries import list_top_codes
from pitchbar.scans.ranges import Range, find_range
from pitchbar.scans.set_apart import SET_APART_LABELS
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("scans", __name__, url_prefix="/w/<slug>/live")


@bp.app_template_filter()
def set_apart_label(reason: str) -> str:
    """Why a scan counts as no person, as the beginning of a sentence."""
    label = SET_APART_LABELS.get(reason, reason)
    return label[:1].upper() + label[1:]


def _open_dashboard() -> LiveView:
    """The figures of one code, or of all in the workspace."""
    workspace_id, code_id = g.workspace.id, _code_id(g.workspace)
    span = find_range(request.args.get("range"))

    def concerns(message: dict[str, Any]) -> bool:
        return code_id in message["codes"] if code_id else workspace_id in message["workspaces"]

    further = tuple(panel.topic for panel in list_board_panels())
    return LiveView(lambda: _render_dashboard(g.workspace, code_id, span), TOPIC, concerns, further)


add_workspace_panel(bp, "view", _open_dashboard)


def _render_dashboard(workspace: Workspace, code_id: int | None, span: Range) -> str:
    dashboard = load_dashboard(workspace, code_id, span)
    parts, more = ["figures", "chart", "recent"], dict[str, Any]()
    if code_id is None:
        more = {"guide": load_guide(workspace), "top_codes": list_top_codes(workspace, span)}
        parts += ["top_codes", *(["guide"] if more["guide"] else [])]
    drawn = [
        render_template(f"scans/_{part}.html", range=span, **more, **vars(dashboard))
        for part in parts
    ]
    drawn += [panel.render(workspace, code_id, span) for panel in list_board_panels()]
    return "".join(drawn)


def _code_id(workspace: Workspace) -> int | None:
    raw = request.args.get("code", "")
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
        raise NotFound
    return get_code(workspace, int(raw)).id
