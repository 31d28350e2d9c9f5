"""What people of the team do in a conversation."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, request, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.models import Person
from pitchbar.chat.changes import tell_typing
from pitchbar.chat.models import Conversation
from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render, wants_fragment
from pitchbar.errors import DomainError
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.inbox import holding, states
from pitchbar.inbox.errors import CannotBeGiven
from pitchbar.inbox.lists import read_asked
from pitchbar.inbox.members import RIGHT
from pitchbar.inbox.notes import put_tag, take_tag, write_note
from pitchbar.inbox.replying import reply
from pitchbar.inbox.rows import load_rows
from pitchbar.inbox.showing import code_named, composer_part, filter_part, list_part, thread_part
from pitchbar.inbox.snoozes import read_snooze
from pitchbar.inbox.threads import get_conversation, mark_seen, mark_unseen
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("inbox_acts", __name__, url_prefix="/w/<slug>/conversations/<uuid:conversation_id>")

Act = Callable[[Conversation, Person, Actor], None]


@bp.post("/claim")
@requires(RIGHT)
@form_on("inbox.show")
def claim(workspace: Workspace, conversation_id: UUID) -> Response:
    return _act(workspace, conversation_id, holding.claim)


@bp.post("/return")
@requires(RIGHT)
@form_on("inbox.show")
def hand_back(workspace: Workspace, conversation_id: UUID) -> Response:
    return _act(workspace, conversation_id, holding.hand_back, "The agent answers again.")


@bp.post("/transfer")
@requires(RIGHT)
@form_on("inbox.show")
def transfer(workspace: Workspace, conversation_id: UUID) -> Response:
    chosen = request.form.get("person_id", "")
    is_id = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    to = db.session.get(Person, min(int(chosen), MAX_ID)) if is_id else None
    if to is None:
        raise CannotBeGiven

    def act(conversation: Conversation, person: Person, by: Actor) -> None:
        holding.transfer(conversation, person, to, by)

    return _act(workspace, conversation_id, act, f"{to.name} has it now, and is told.")


@bp.post("/closing")
@requires(RIGHT)
@form_on("inbox.show")
def close(workspace: Workspace, conversation_id: UUID) -> Response:
    return _act(workspace, conversation_id, states.close, "Closed.")


@bp.post("/reopening")
@requires(RIGHT)
@form_on("inbox.show")
def reopen(workspace: Workspace, conversation_id: UUID) -> Response:
    return _act(workspace, conversation_id, states.reopen)


@bp.post("/snooze")
@requires(RIGHT)
@form_on("inbox.show")
def snooze(workspace: Workspace, conversation_id: UUID) -> Response:
    form = request.form
    until = read_snooze(
        form.get("choice", ""), form.get("until", ""), workspace.time_zone, clock.now()
    )

    def act(conversation: Conversation, person: Person, by: Actor) -> None:
        states.snooze(conversation, person, by, until)

    said = "Snoozed. It comes back then, or when the visitor writes."
    return _act(workspace, conversation_id, act, said)


@bp.post("/waking")
@requires(RIGHT)
@form_on("inbox.show")
def wake(workspace: Workspace, conversation_id: UUID) -> Response:
    return _act(workspace, conversation_id, states.wake)


@bp.post("/tags")
@requires(RIGHT)
@form_on("inbox.show")
def tag(workspace: Workspace, conversation_id: UUID) -> Response:
    name = request.form.get("name", "")
    return _act(workspace, conversation_id, lambda one, _person, by: put_tag(one, by, name))


@bp.post("/tags/removal")
@requires(RIGHT)
@form_on("inbox.show")
def untag(workspace: Workspace, conversation_id: UUID) -> Response:
    name = request.form.get("name", "")
    return _act(workspace, conversation_id, lambda one, _person, by: take_tag(one, by, name))


@bp.post("/messages")
@requires(RIGHT)
@form_on("inbox.show")
def say(workspace: Workspace, conversation_id: UUID) -> Response:
    """Answers with the composer, empty, or with what was typed and why it was not sent."""
    text = request.form.get("text", "")
    return _write(workspace, conversation_id, reply, text, typed=text)


@bp.post("/notes")
@requires(RIGHT)
@form_on("inbox.show")
def note(workspace: Workspace, conversation_id: UUID) -> Response:
    text = request.form.get("text", "")
    return _write(workspace, conversation_id, write_note, text, typed_note=text)


@bp.post("/seen")
@requires("view")
@form_on("inbox.show")
def see(workspace: Workspace, conversation_id: UUID) -> Response:
    """That somebody looks at what came while the page was open."""
    if mark_seen(get_conversation(workspace.id, conversation_id), current_user.id):
        db.session.commit()
    return make_response("", 204)


@bp.post("/unseen")
@requires("view")
@form_on("inbox.show")
def forget_seen(workspace: Workspace, conversation_id: UUID) -> Response:
    mark_unseen(get_conversation(workspace.id, conversation_id), current_user.id)
    db.session.commit()
    args = read_asked(request.args).args
    return go_to(url_for("inbox.index", slug=workspace.slug, **args))


@bp.post("/typing")
@requires(RIGHT)
@form_on("inbox.show")
def type_words(workspace: Workspace, conversation_id: UUID) -> Response:
    """Shown to the visitor while this person holds the conversation; stored nowhere."""
    conversation = get_conversation(workspace.id, conversation_id)
    if conversation.taken_over_by == current_user.id:
        tell_typing(workspace.id, conversation_id, "person")
    return make_response("", 204)


def _act(workspace: Workspace, conversation_id: UUID, act: Act, said: str = "") -> Response:
    conversation = get_conversation(workspace.id, conversation_id)
    act(conversation, current_user, current_actor())
    db.session.commit()
    if said:
        flash(said, "success")
    return _to_thread(workspace, conversation_id)


def _to_thread(workspace: Workspace, conversation_id: UUID) -> Response:
    at: dict[str, Any] = {"slug": workspace.slug, "conversation_id": conversation_id}
    return go_to(url_for("inbox.show", **at, **read_asked(request.args).args))


def _write(
    workspace: Workspace, conversation_id: UUID, write: Any, text: str, **typed: str
) -> Response:
    conversation = get_conversation(workspace.id, conversation_id)
    try:
        write(conversation, current_user, current_actor(), text)
        db.session.commit()
    except DomainError as error:
        db.session.rollback()
        if error.status != 422:
            raise
        return _composer(workspace, conversation_id, error.fields, **typed)
    if wants_fragment():
        return _composer(workspace, conversation_id, {})
    return _to_thread(workspace, conversation_id)


def _composer(
    workspace: Workspace,
    conversation_id: UUID,
    errors: dict[str, str],
    typed: str = "",
    typed_note: str = "",
) -> Response:
    conversation = get_conversation(workspace.id, conversation_id)
    asked = read_asked(request.args)
    if wants_fragment():
        (row,) = load_rows([conversation], current_user.id)
        parts = {"row": row, "is_mine": conversation.taken_over_by == current_user.id}
    else:
        parts = filter_part(workspace, None) | list_part(workspace, asked, conversation)
        parts |= thread_part(workspace, conversation)
    return render(
        "inbox/index.html",
        "inbox/_composer.html",
        **parts | composer_part(workspace, conversation, parts["row"]) | {"asked": asked},
        code_name=code_named(workspace, asked.code),
        open_thread=conversation_id,
        errors=errors,
        typed=typed,
        typed_note=typed_note,
        is_before=False,
        now=clock.now(),
        http_status=422 if errors else 200,
    )
