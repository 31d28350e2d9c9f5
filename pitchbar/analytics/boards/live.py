"""What moves on an open board, under its filters too."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, render_template, request, url_for

from pitchbar.analytics.boards.annotations.services import TOPIC as NOTES
from pitchbar.analytics.boards.guide import load_guide
from pitchbar.analytics.boards.loading import load_summary, question_of
from pitchbar.analytics.boards.pages import State, board_path, frame, read_state
from pitchbar.analytics.boards.recent import load_recent
from pitchbar.analytics.boards.views import board_parts, render_conversions
from pitchbar.analytics.engine import EngineUnavailable
from pitchbar.analytics.filters import Filter
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.errors import NotFound
from pitchbar.live import LiveView
from pitchbar.scans.ingestion import TOPIC
from pitchbar.scans.panels import list_board_panels
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("board_live", __name__, url_prefix="/w/<slug>/live")


def _open_board() -> LiveView:
    """The board of one code (`of`), or of the workspace; `part=summary` for a code's page."""
    code = _find_code(g.workspace)
    draw = _draw_summary if code and request.args.get("part") == "summary" else _draw_board
    state = _read(g.workspace, code)
    if state.refused:
        raise NotFound
    code_ids = _codes_of(code, state.address.filters)
    workspace_id = g.workspace.id

    def concerns(message: dict[str, Any]) -> bool:
        if workspace_id not in message["workspaces"]:
            return False
        return code_ids is None or not code_ids.isdisjoint(message.get("codes") or code_ids)

    further = (*(panel.topic for panel in list_board_panels()), NOTES)
    first = None if state.address.filters else lambda: _draw(_draw_first, g.workspace, code)
    return LiveView(
        lambda: _draw(draw, g.workspace, code), TOPIC, concerns, further, draw_first=first
    )


add_workspace_panel(bp, "view", _open_board)


def _draw(
    draw: Callable[[Workspace, Code | None, State], str], workspace: Workspace, code: Code | None
) -> str:
    """Reads the address anew each time: "today" is another day after midnight. What cannot be read
    just now stays as it was.
    """
    code = get_code(workspace, code.id) if code else None
    try:
        return draw(workspace, code, _read(workspace, code))
    except EngineUnavailable:
        return ""


def _read(workspace: Workspace, code: Code | None) -> State:
    path = board_path(workspace, code)
    if code and request.args.get("part") == "summary":
        path = url_for("codes.show", slug=workspace.slug, code_id=code.id)
    return read_state(workspace, path)


def _draw_board(workspace: Workspace, code: Code | None, state: State) -> str:
    parts = board_parts(workspace, code, state)
    board = parts["board"]
    context = frame(workspace, code, state) | parts | {"guide": load_guide(workspace)}
    context |= {"figures": board.figures, "chart": board.chart}
    context |= {"week": board.week, "world": board.world, "notice": board.notice}
    names = ["figures", "chart", "week", "recent"]
    names += ["guide"] if context["guide"] and code is None else []
    drawn = [render_template(f"analytics/_{name}.html", **context) for name in names]
    drawn += [render_template("analytics/_card.html", card=card, **context) for card in board.cards]
    return "".join([*drawn, parts["conversions"]])


def _draw_first(workspace: Workspace, code: Code | None, state: State) -> str:
    """The figures, which come from rollups."""
    board = load_summary(workspace, code.id if code else None, state.address, state.shown)
    context = frame(workspace, code, state) | vars_of(board)
    return render_template("analytics/_figures.html", **context)


def _draw_summary(workspace: Workspace, code: Code | None, state: State) -> str:
    code_id = code.id if code else None
    board = load_summary(workspace, code_id, state.address, state.shown)
    recent = load_recent(workspace, question_of(workspace, code_id, state.address, state.shown))
    context = frame(workspace, code, state) | vars_of(board) | {"recent": recent}
    drawn = [
        render_template(f"analytics/_{name}.html", **context)
        for name in ("figures", "chart", "recent")
    ]
    return "".join([*drawn, render_conversions(workspace, code_id, state)])


def vars_of(board: Any) -> dict[str, Any]:
    return {"figures": board.figures, "chart": board.chart, "notice": board.notice}


def _codes_of(code: Code | None, filters: tuple[Filter, ...]) -> set[int] | None:
    """Of which codes a scan can change the board; None: of any."""
    if code is not None:
        return {code.id}
    for one in filters:
        if one.dimension.key == "code" and one.included:
            return {int(value) for value in one.included if value.isascii() and value.isdigit()}
    return None


def _find_code(workspace: Workspace) -> Code | None:
    raw = request.args.get("of", "")
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
        raise NotFound
    return get_code(workspace, int(raw))
