"""Live panels: elements of a page that are drawn anew while it is open, sent through a WebSocket.

A message is HTML; each of its outermost elements takes the place of the one with the same id
(`static/js/live.js`). A feature declares what is drawn and what wakes it; who may see it is handed
in, and asked before the handshake and again before each drawing. Whoever ends a session or changes
a right says `recheck_access`: then the pages that this person has open are asked at once.
"""

import logging
import random
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
from pitchbar.live.changes import ACCESS, Changes
from pitchbar.live.declaration import LiveView
from pitchbar.live.drawing import Drawing
from pitchbar.live.turns import turns
from pitchbar.settings import current_settings

log = logging.getLogger(__name__)

# What is costly to draw is drawn less often: of what it takes beyond this, ten times as long is
# waited, and never longer than that.
_LOOK_SECONDS = 0.25
_CHEAP_SECONDS = 0.1
_LONGEST_PAUSE = 5.0
# Of a line that is dead, nothing tells a browser but silence: after three of these it comes anew.
_SIGN_OF_LIFE_SECONDS = 25.0
_MEMORY_LOOK_SECONDS = 5.0
# Of all panels without a limit of their own.
_slots = SocketSlots()


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
    after_commit(db.session(), lambda: bus.publish(ACCESS, {"person_id": person_id}))


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
    view, cost = panel.open(), 0.0
    with closing(Changes(view, current_user.get_id())) as changes:
        while ws.connected:
            changes.forget_access()
            began = time.monotonic()
            cost = _send_whole(ws, panel, view, changes, is_costly=cost > _CHEAP_SECONDS)
            # With the wait for its turn: where many pages are drawn, each is drawn less often.
            took = time.monotonic() - began
            _pause(ws, changes, panel.pause_seconds)
            _rest(ws, panel, view, changes, pause_after(took, panel.pause_seconds))
            _wait_for_change(ws, view, changes)


def _send_whole(
    ws: Any, panel: LivePanel, view: LiveView, changes: Changes, *, is_costly: bool
) -> float:
    """What took long last time is drawn beside, and what matters most moves meanwhile. Returns how
    many seconds it took to draw.
    """
    woken = changes.take_woken()
    if not is_costly or view.draw_first is None or view.is_divisible:
        return _send(ws, panel, view, lambda: view.draw_woken(woken))
    began = time.monotonic()
    drawing = Drawing(lambda: _draw_anew(panel))
    while not drawing.is_done(panel.pause_seconds) and ws.connected:
        _send_first(ws, panel, view, changes)
    whole = drawing.result()
    if ws.connected:
        # It may be older than what moved meanwhile: that comes behind it once more.
        first = view.draw_first
        _send(ws, panel, view, lambda: whole + first())
    return time.monotonic() - began


def _draw_anew(panel: LivePanel) -> str:
    """In a context of its own, which has looked nobody up yet."""
    with turns.one(lambda: False):
        panel.enter()
        return panel.open().draw_all()


def _send(ws: Any, panel: LivePanel, view: LiveView, draw: Callable[[], str]) -> float:
    """If they may still see it. An open page must not hold a database connection while nothing
    happens, or while a slow line takes what was drawn. Returns how many seconds it took to draw.
    """
    with turns.one(view.is_urgent):
        began = time.monotonic()
        _forget_person()
        panel.enter()
        drawn = draw()
        db.session.remove()
        took = time.monotonic() - began
    if drawn:
        ws.send(drawn)
    return took


def _send_first(ws: Any, panel: LivePanel, view: LiveView, changes: Changes) -> None:
    if view.draw_first is not None and changes.take_first():
        _send(ws, panel, view, view.draw_first)


def _rest(ws: Any, panel: LivePanel, view: LiveView, changes: Changes, seconds: float) -> None:
    """After a costly drawing: what matters most moves meanwhile."""
    until = time.monotonic() + seconds - panel.pause_seconds
    while ws.connected and not changes.is_access_asked and time.monotonic() < until:
        _send_first(ws, panel, view, changes)
        _pause(ws, changes, panel.pause_seconds if view.draw_first else until - time.monotonic())


def _pause(ws: Any, changes: "Changes", seconds: float) -> None:
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


def _wait_for_change(ws: Any, view: LiveView, changes: Changes) -> None:
    """Until something changed, the page went away, or it is time to look again anyway."""
    # Apart from those that were opened at the same time, too.
    seconds = view.refresh_seconds * random.uniform(0.7, 1.1)
    until = time.monotonic() + (seconds if changes.is_told else 0)
    sign_at = time.monotonic() + _SIGN_OF_LIFE_SECONDS
    look_at = time.monotonic() + _MEMORY_LOOK_SECONDS
    while ws.connected and (now := time.monotonic()) < until:
        if now >= look_at:
            look_at = now + _MEMORY_LOOK_SECONDS
            if view.has_moved():
                return
        if now >= sign_at:
            ws.send("")
            sign_at = now + _SIGN_OF_LIFE_SECONDS
        if changes.wait(0.5):
            return


def _require_same_origin() -> None:
    own = current_settings().app_url.partition("://")[2]
    if not is_same_origin(request.headers.get("Origin", ""), request.host, own):
        raise Forbidden("Sockets open from our own pages only.")
