"""The inbox: lists of conversations, and one of them with all that was said."""

from uuid import UUID

from flask import Blueprint, Response, flash, g, request, url_for
from flask_login import current_user

from pitchbar.core import clock
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.inbox.errors import ConversationNotFound
from pitchbar.inbox.lists import read_asked
from pitchbar.inbox.members import RIGHT, choose_on_call
from pitchbar.inbox.mentions import see_mentions
from pitchbar.inbox.presence import say_present
from pitchbar.inbox.showing import code_named, composer_part, filter_part, list_part, thread_part
from pitchbar.inbox.threads import find_whole, mark_seen
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("inbox", __name__, url_prefix="/w/<slug>/conversations")


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    asked = read_asked(request.args)
    return render(
        "inbox/index.html",
        **list_part(workspace, asked),
        **filter_part(workspace, g.role),
        code_name=code_named(workspace, asked.code),
        thread=None,
        open_thread=None,
        now=clock.now(),
    )


@bp.get("/<uuid:conversation_id>")
@requires("view")
def show(workspace: Workspace, conversation_id: UUID) -> Response:
    conversation = find_whole(workspace.id, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    say_present(conversation_id, current_user.id, current_user.name)
    before, asked = _before(request.args.get("before", "")), read_asked(request.args)
    # Before anything else is read: a commit would have it read again.
    is_news = mark_seen(conversation, current_user.id)
    if see_mentions(conversation, current_user.id) or is_news:
        db.session.commit()
    parts = filter_part(workspace, g.role) | list_part(workspace, asked, conversation)
    parts |= thread_part(workspace, conversation, before)
    return render(
        "inbox/index.html",
        **parts | composer_part(workspace, conversation, parts["row"]),
        code_name=code_named(workspace, asked.code),
        open_thread=conversation_id,
        errors={},
        typed="",
        typed_note="",
        is_before=before is not None,
        now=clock.now(),
    )


@bp.post("/on-call")
@requires(RIGHT)
def set_on_call(workspace: Workspace) -> Response:
    chosen = request.form.get("on_call") == "yes"
    choose_on_call(workspace.id, current_user.id, chosen)
    db.session.commit()
    said = "You are mailed" if chosen else "You are no longer mailed"
    flash(f"{said} when a visitor asks for a person.", "success")
    return go_to(url_for("inbox.index", slug=workspace.slug))


def _before(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
