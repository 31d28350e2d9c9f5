"""The inbox moves while it is open: its lists, the thread, who else looks at it, who types."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask_login import current_user
from markupsafe import Markup

from pitchbar.chat.changes import TOPIC, is_typing
from pitchbar.inbox import presence
from pitchbar.inbox.lists import NewestWaiting, count_waiting, find_newest_waiting, read_asked
from pitchbar.inbox.rows import load_rows
from pitchbar.inbox.shared import listen_for_shared, read_shared
from pitchbar.inbox.showing import list_part, shared_list_part, thread_part
from pitchbar.inbox.threads import find_whole, state_of
from pitchbar.live import LiveView
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("inbox_live", __name__, url_prefix="/w/<slug>/conversations")

LISTS, THREAD, OTHERS, BESIDE = "lists", "thread", "others", "beside"
# What happens is told, and a gap in that, too.
_REFRESH_SECONDS = 180.0


class _Changed:
    """What messages concerned since it was drawn: parts of the page, by name."""

    def __init__(self) -> None:
        self._parts: set[str] = {LISTS, THREAD, BESIDE}

    def add(self, *parts: str) -> None:
        self._parts = self._parts | set(parts)

    def take(self, *parts: str) -> set[str]:
        """Which of these."""
        found = self._parts & set(parts)
        self._parts = self._parts - set(parts)
        return found

    def has(self, part: str) -> bool:
        return part in self._parts


class _Looks:
    """Without a message a page looks again by itself, as one may be lost: at its lists, which are
    read for all pages at once, and at the thread where something of it is another than before.
    """

    def __init__(self, workspace_id: int, thread: UUID | None, person_id: int, name: str) -> None:
        self._workspace_id, self._person_id, self._name = workspace_id, person_id, name
        self.thread = thread
        self._state: Any = None
        self._others: list[str] = []
        self._types = False

    def remember(self) -> None:
        """Before it is drawn: what changes meanwhile is seen the next time."""
        if self.thread is not None:
            self._state = state_of(self._workspace_id, self.thread)
            self._types = is_typing(self.thread, "visitor")
            self.take_others()

    def take_others(self) -> list[str]:
        """Who looks at the thread, too, as it is drawn now. From memory: whoever opens a thread is
        told to all who have it open.
        """
        if self.thread is not None:
            self._others = presence.others_present(self.thread, self._person_id)
        return self._others

    def again(self) -> set[str]:
        if self.thread and state_of(self._workspace_id, self.thread) == self._state:
            return {LISTS, *self.moved()}
        return {LISTS, THREAD}

    def moved(self) -> set[str]:
        """Somebody came or went, or types no more: that is told by nobody."""
        if self.thread is None:
            return set()
        presence.say_present(self.thread, self._person_id, self._name)
        has_typed = is_typing(self.thread, "visitor") != self._types
        others = presence.others_present(self.thread, self._person_id)
        return {*[THREAD] * has_typed, *[OTHERS] * (others != self._others)}


class _Lists:
    """What a page shows of its lists. Whatever wakes it, it is drawn where that differs: most
    messages are of conversations that stand further down, or in no list of the page.
    """

    def __init__(self) -> None:
        self._look: Any = None
        self._conversations: frozenset[str] = frozenset()
        self._typing: frozenset[str] = frozenset()

    def shows(self, conversation: str) -> bool:
        """Whether somebody types matters there alone."""
        return conversation in self._conversations

    def have_moved(self) -> bool:
        """Somebody types no more: that is told by nobody."""
        return any(not is_typing(UUID(one), "visitor") for one in self._typing)

    def draw(self, workspace: Workspace, thread: UUID | None) -> str:
        """Nothing where it was drawn like that before."""
        # Pages that cannot open a socket ask seldom, and get what is there now.
        is_socket = request.endpoint == f"{bp.name}.live"
        asked = read_asked(request.args)
        part = (shared_list_part if is_socket else list_part)(workspace, asked)
        rows, counts = part["rows"], part["counts"]
        look = (tuple(row.look for row in rows), tuple(counts.items()), part["next_cursor"])
        if look == self._look:
            return ""
        self._look = look
        self._conversations = frozenset(row.conversation.public_id.hex for row in rows)
        self._typing = frozenset(row.conversation.public_id.hex for row in rows if row.is_typing)
        marked = thread if thread and thread.hex in self._conversations else None

        def draw() -> str:
            part["thread"], part["open_thread"] = None, marked
            return render_template("inbox/_moving_lists.html", **part)

        # Most of those who look at a list have seen the same of it.
        return read_shared(workspace.id, (look, asked, marked), draw) if is_socket else draw()


def open_inbox() -> LiveView:
    """As the address of the socket says, which is that of the page."""
    workspace_id, person_id = g.workspace.id, current_user.id
    thread = _thread_id()
    hexed = thread.hex if thread else ""
    listen_for_shared()
    changed, looks = _Changed(), _Looks(workspace_id, thread, person_id, current_user.name)
    lists = _Lists()

    def concerns(message: dict[str, Any]) -> bool:
        is_thread = bool(message["conversation"] == hexed)
        if "person_id" in message:
            is_concerned = is_thread and message["is_new"] and message["person_id"] != person_id
            changed.add(*[OTHERS] * is_concerned)
            return bool(is_concerned)
        if message["workspace_id"] != workspace_id:
            return False
        is_typing = "typing" in message
        if is_thread:
            changed.add(THREAD, *[BESIDE] * (not is_typing))
        if not is_typing or lists.shows(message["conversation"]):
            changed.add(LISTS)
            return True
        return is_thread

    def draw() -> str:
        parts = changed.take(LISTS, THREAD, OTHERS, BESIDE) or looks.again()
        drawn = lists.draw(g.workspace, thread) if LISTS in parts else ""
        return drawn + _draw_thread(g.workspace, looks, parts)

    def draw_first() -> str:
        return _draw_thread(g.workspace, looks, changed.take(THREAD, OTHERS, BESIDE))

    return LiveView(
        draw,
        TOPIC,
        concerns,
        further_topics=(presence.TOPIC,),
        # What is said is shown while the lists rest.
        draw_first=draw_first if thread else None,
        is_divisible=True,
        refresh_seconds=_REFRESH_SECONDS,
        has_moved=partial(_have_moved, changed, lists, looks),
        is_urgent=lambda: bool(thread) and changed.has(THREAD),
    )


def _have_moved(changed: _Changed, lists: _Lists, looks: _Looks) -> bool:
    changed.add(*[LISTS] * lists.have_moved(), *looks.moved())
    return any(map(changed.has, (LISTS, THREAD, OTHERS)))


def open_waiting() -> LiveView:
    """The number in the rail, beside whatever a page of the workspace shows live."""
    workspace_id = g.workspace.id
    listen_for_shared()

    def draw() -> str:
        found = read_shared(workspace_id, "waiting", lambda: _read_waiting(workspace_id))
        return str(_render_waiting(g.workspace, *found))

    return LiveView(
        draw,
        TOPIC,
        lambda message: bool(message["workspace_id"] == workspace_id and "typing" not in message),
        refresh_seconds=_REFRESH_SECONDS,
    )


def draw_waiting(workspace: Workspace) -> Markup:
    """How many visitors wait for a person, behind the inbox's name in the rail; and who asked
    last, for notices of the browser.
    """
    return _render_waiting(workspace, *_read_waiting(workspace.id))


def _read_waiting(workspace_id: int) -> tuple[str, NewestWaiting | None]:
    count = count_waiting(workspace_id)
    return count, find_newest_waiting(workspace_id) if count else None


def _render_waiting(workspace: Workspace, count: str, newest: NewestWaiting | None) -> Markup:
    shown = render_template("inbox/_waiting.html", count=count, newest=newest, workspace=workspace)
    return Markup(shown)  # noqa: S704  # a template has escaped it


def _draw_thread(workspace: Workspace, looks: _Looks, parts: set[str]) -> str:
    thread = looks.thread
    if thread is None or not parts & {THREAD, OTHERS, BESIDE}:
        return ""
    if not parts & {THREAD, BESIDE}:
        return render_template("inbox/_others.html", others=looks.take_others())
    looks.remember()
    conversation = find_whole(workspace.id, thread)
    if conversation is None:
        return render_template("inbox/_gone.html")
    presence.say_present(thread, current_user.id, current_user.name)
    (row,) = load_rows([conversation], current_user.id)
    shown = thread_part(workspace, conversation, is_whole=BESIDE in parts) | {"row": row}
    asked = read_asked(request.args)
    return render_template("inbox/_moving_thread.html", **shown, workspace=workspace, asked=asked)


def _thread_id() -> UUID | None:
    try:
        return UUID(request.args.get("thread", ""))
    except ValueError:
        return None


add_workspace_panel(bp, "view", open_inbox)
