"""Live panels: elements of a page that are drawn anew while it is open, sent through a WebSocket.

A message is HTML; each of its outermost elements takes the place of the one with the same id
(`static/js/live.js`). A feature declares what is drawn and what wakes it; who may see it is handed
in, and asked before the handshake and again before each drawing. Whoever ends a session or changes
a right says `recheck_access`: then the pages that this person has open are asked at once.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import RequestRedirect

from pitchbar.core.database import after_commit
from pitchbar.core.sockets import SocketSlots, WholeSends, is_same_origin
from pitchbar.errors import DomainError, Forbidden
from pitchbar.extensions import bus, db, request_address, sock
from pitchbar.settings import current_settings

log = logging.getLogger(__name__)

# Also without a change: hours and days pass, and a lost message is made good.
_REFRESH_SECONDS = 20.0
# What is costly to draw is drawn less often: of what it takes beyond this, ten times as long is
# waited, and never longer than that.
_LOOK_SECONDS = 0.25
_CHEAP_SECONDS = 0.1
_LONGEST_PAUSE = 5.0
# On the bus: somebody's sessions or rights have changed.
_ACCESS = "access"
# Of all panels without a limit of their own.
_slots = SocketSlots()


@dataclass(frozen=True)
class LiveView:
    """What one open page shows.

    Attributes:
        draw: gives the HTML; called with the request that opened the socket.
        topic: of the bus; a message on it that `concerns` the page has it drawn again. Without a
            topic it is drawn again after each pause.
        further_topics: whose messages are asked in the same way.
        beside: what is drawn with it, and hears messages of its own.
        draw_first: what costs little: drawn alone while the whole rests.
    """

    draw: Callable[[], str]
    topic: str = ""
    concerns: Callable[[dict[str, Any]], bool] = lambda _message: True
    further_topics: tuple[str, ...] = ()
    beside: "tuple[LiveView, ...]" = ()
    draw_first: Callable[[], str] | None = None

    def draw_all(self) -> str:
        return "".join([self.draw(), *(view.draw() for view in self.beside)])


@dataclass(frozen=True, kw_only=True)
class LivePanel:
    """Served at `/socket` of its blueprint.

    Attributes:
        access: as the guard of the addresses reads it.
        identify: raises a DomainError, or gives the answer, for who is not even told that there is
            a socket; None goes on.
        enter: raises a DomainError unless they may see the panel now. Asked before each drawing,
            with the request that opened the socket and the person looked up anew.
        open: reads from the request what the page shows; raises a DomainError when there is none.
        pause_seconds: a page is drawn no sooner after the last time, however much changes.
        limit: how many sockets a process holds; None shares LIVE_MAX_SOCKETS with other panels.
    """

    access: str
    identify: Callable[[], Any]
    enter: Callable[[], Any]
    open: Callable[[], LiveView]
    pause_seconds: float = 0.25
    limit: int | None = None


def recheck_access(person_id: int) -> None:
    """After the commit: ends the open pages of this person that they may not see any more."""
    after_commit(db.session(), lambda: bus.publish(_ACCESS, {"person_id": person_id}))


def add_live_panel(bp: Blueprint, panel: LivePanel) -> None:
    slots = _slots if panel.limit is None else SocketSlots()

    def admit() -> Any:
        """Asks before the handshake: after it, an error page would be noise in the stream."""
        if request.endpoint != f"{bp.name}.live":
            return None
        answer = panel.identify()
        if answer is None:
            _require_same_origin()
            panel.enter()
            panel.open()
        return answer

    def live(ws: Any, **_parts: Any) -> None:
        limit = current_settings().live_max_sockets if panel.limit is None else panel.limit
        who = _who()
        if not slots.take(who, limit, current_settings().live_max_sockets_per_person):
            ws.close(1013, "too many open pages")
            return
        try:
            _push(ws, panel)
        finally:
            slots.give_back(who)

    live.access = panel.access  # type: ignore[attr-defined]  # read by the guard test
    bp.before_request(admit)
    sock.route("/socket", bp=bp, endpoint="live")(live)


def _who() -> str:
    """Whose socket it is; an address where nobody need be signed in."""
    return f"person:{current_user.id}" if current_user.is_authenticated else request_address()


def _push(ws: Any, panel: LivePanel) -> None:
    try:
        _draw_while_open(ws, panel)
    except (DomainError, RequestRedirect):
        ws.close(1008, "no longer allowed")
    except SQLAlchemyError as error:
        log.warning("a socket is closed, the database does not answer: %s", error)
        ws.close(1013, "try again later")


def _draw_while_open(ws: Any, panel: LivePanel) -> None:
    """All of it at first, so that whatever came while the page was away is in it; then again with
    each change.
    """
    ws.sock = WholeSends(ws.sock)
    view = panel.open()
    with closing(_Changes(view, current_user.get_id())) as changes:
        while ws.connected:
            changes.forget_access()
            _forget_person()
            panel.enter()
            began = time.monotonic()
            ws.send(view.draw_all())
            pause = pause_after(time.monotonic() - began, panel.pause_seconds)
            # An open page must not hold a database connection while nothing happens.
            db.session.remove()
            _pause(ws, changes, panel.pause_seconds)
            _rest(ws, panel, view, changes, pause - panel.pause_seconds)
            _wait_for_change(ws, changes)


def _rest(ws: Any, panel: LivePanel, view: LiveView, changes: "_Changes", seconds: float) -> None:
    """After a costly drawing: what matters most moves meanwhile."""
    if view.draw_first is None:
        _pause(ws, changes, seconds)
        return
    until = time.monotonic() + seconds
    while ws.connected and not changes.is_access_asked and time.monotonic() < until:
        if changes.wait(0):
            changes.set()  # the whole is still to be drawn
            _forget_person()
            panel.enter()
            ws.send(view.draw_first())
            db.session.remove()
        _pause(ws, changes, panel.pause_seconds)


def _pause(ws: Any, changes: "_Changes", seconds: float) -> None:
    """However long: whoever may not see the page any more is asked at once."""
    until = time.monotonic() + seconds
    while ws.connected and not changes.is_access_asked and (left := until - time.monotonic()) > 0:
        ws.receive(timeout=min(left, _LOOK_SECONDS))


def pause_after(seconds: float, shortest: float) -> float:
    """How long to wait after a drawing that took so long."""
    return max(shortest, min(10 * (seconds - _CHEAP_SECONDS), _LONGEST_PAUSE))


def _forget_person() -> None:
    """Flask-Login looks the person of a request up once, and this request lasts for hours."""
    g.pop("_login_user", None)


class _Changes:
    """Hears whether something has changed that the page shows, or who may see it."""

    def __init__(self, view: LiveView, person_id: str | None) -> None:
        self._view = view
        self._person_id = person_id
        self._changed = threading.Event()
        self.is_access_asked = False
        self.is_told = bool(view.topic)
        self._unsubscribe = [bus.subscribe(_ACCESS, self._hear_of_access)]
        for topic in (view.topic, *view.further_topics) if view.topic else ():
            self._listen(topic, view)
        for one in view.beside if view.topic else ():
            self._listen(one.topic, one)

    def _listen(self, topic: str, view: LiveView) -> None:
        def hear(message: dict[str, Any]) -> None:
            if view.concerns(message):
                self._changed.set()

        self._unsubscribe.append(bus.subscribe(topic, hear))

    def _hear_of_access(self, message: dict[str, Any]) -> None:
        if str(message["person_id"]) == self._person_id:
            self.is_access_asked = True
            self._changed.set()

    def forget_access(self) -> None:
        """Before it is asked: a message that comes meanwhile counts."""
        self.is_access_asked = False

    def set(self) -> None:
        self._changed.set()

    def wait(self, seconds: float) -> bool:
        """True when there was a change since the last call that returned True."""
        changed = self._changed.wait(seconds)
        self._changed.clear()
        return changed

    def close(self) -> None:
        for unsubscribe in self._unsubscribe:
            unsubscribe()


def _wait_for_change(ws: Any, changes: _Changes) -> None:
    """Until something changed, the page went away, or it is time to look again anyway."""
    until = time.monotonic() + (_REFRESH_SECONDS if changes.is_told else 0)
    while ws.connected and time.monotonic() < until:
        if changes.wait(0.5):
            return


def _require_same_origin() -> None:
    own = current_settings().app_url.partition("://")[2]
    if not is_same_origin(request.headers.get("Origin", ""), request.host, own):
        raise Forbidden("Sockets open from our own pages only.")
