"""The inbox moves while it is open: its lists, the thread, who else looks at it, who types."""

from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask_login import current_user
from markupsafe import Markup

from pitchbar.chat.changes import TOPIC
from pitchbar.inbox import presence
from pitchbar.inbox.lists import count_waiting, read_asked
from pitchbar.inbox.rows import load_rows
from pitchbar.inbox.shared import listen_for_shared
from pitchbar.inbox.showing import list_part, shared_list_part, thread_part
from pitchbar.inbox.threads import find_whole
from pitchbar.live import LiveView
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("inbox_live", __name__, url_prefix="/w/<slug>/conversations")


def open_inbox() -> LiveView:
    """As the address of the socket says, which is that of the page."""
    workspace_id, person_id = g.workspace.id, current_user.id
    thread = _thread_id()
    hexed = thread.hex if thread else ""

    listen_for_shared()
    # Of the conversations in its list: whether somebody types matters there alone.
    shown: set[str] = set()

    def concerns(message: dict[str, Any]) -> bool:
        if "person_id" in message:
            is_other = message["person_id"] != person_id
            return bool(is_other and message["is_new"] and message["conversation"] == hexed)
        if message["workspace_id"] != workspace_id:
            return False
        is_shown = message["conversation"] == hexed or message["conversation"] in shown
        return is_shown or "typing" not in message

    return LiveView(
        lambda: _draw(g.workspace, thread, shown),
        TOPIC,
        concerns,
        further_topics=(presence.TOPIC,),
        # What is said is shown while the lists rest.
        draw_first=(lambda: _draw_thread(g.workspace, thread)) if thread else None,
    )


def open_waiting() -> LiveView:
    """The number in the rail, beside whatever a page of the workspace shows live."""
    workspace_id = g.workspace.id
    return LiveView(
        lambda: str(draw_waiting(g.workspace)),
        TOPIC,
        lambda message: bool(message["workspace_id"] == workspace_id and "typing" not in message),
    )


def draw_waiting(workspace: Workspace) -> Markup:
    """How many visitors wait for a person, behind the inbox's name in the rail."""
    shown = render_template("inbox/_waiting.html", count=count_waiting(workspace.id))
    return Markup(shown)  # noqa: S704  # a template has escaped it


def _draw(workspace: Workspace, thread: UUID | None, shown: set[str]) -> str:
    # Pages that cannot open a socket ask seldom, and get what is there now.
    is_socket = request.endpoint == f"{bp.name}.live"
    part = (shared_list_part if is_socket else list_part)(workspace, read_asked(request.args))
    shown.clear()
    shown.update(row.conversation.public_id.hex for row in part["rows"])
    drawn = render_template("inbox/_moving_lists.html", **part, thread=None, open_thread=thread)
    return drawn if thread is None else drawn + _draw_thread(workspace, thread)


def _draw_thread(workspace: Workspace, thread: UUID) -> str:
    conversation = find_whole(workspace.id, thread)
    if conversation is None:
        return render_template("inbox/_gone.html")
    presence.say_present(thread, current_user.id, current_user.name)
    (row,) = load_rows([conversation], current_user.id)
    shown = thread_part(workspace, conversation) | {"row": row}
    asked = read_asked(request.args)
    return render_template("inbox/_moving_thread.html", **shown, workspace=workspace, asked=asked)


def _thread_id() -> UUID | None:
    try:
        return UUID(request.args.get("thread", ""))
    except ValueError:
        return None


add_workspace_panel(bp, "view", open_inbox)
