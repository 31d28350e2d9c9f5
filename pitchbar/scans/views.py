import logging
import time
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.accounts.access import guarded_elsewhere, redirect_to_sign_in
from pitchbar.codes.queries import get_code
from pitchbar.core.sockets import WholeSends
from pitchbar.errors import DomainError, Forbidden, NotFound
from pitchbar.extensions import bus, db, sock
from pitchbar.scans.figures import ROBOT_WORDS, load_board
from pitchbar.scans.guide import load_guide
from pitchbar.scans.live import SocketSlots, Watch
from pitchbar.scans.ranges import Range, find_range
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import SlugMoved, enter_workspace, requires
from pitchbar.workspaces.models import Workspace

log = logging.getLogger(__name__)
bp = Blueprint("scans", __name__, url_prefix="/w/<slug>/live")

# A page is drawn at most four times a second, however many scans arrive.
_MIN_INTERVAL_SECONDS = 0.25
# Also without a scan: hours and days pass, and a lost message is made good.
_REFRESH_SECONDS = 20.0
_slots = SocketSlots()


@bp.app_template_filter("robot_words")
def robot_words(reason: str) -> str:
    return ROBOT_WORDS.get(reason, reason)


@bp.get("/fragments")
@requires("view")
def live_fragments(workspace: Workspace) -> Response:
    """The same fragments as the socket sends, for pages that cannot open one."""
    return make_response(_render_board(workspace, _code_id(workspace), _range()))


@bp.before_request
def _admit_socket() -> Any:
    """Asks before the handshake: after it, an error page would be noise in the stream."""
    if request.endpoint != "scans.live":
        return None
    if not current_user.is_authenticated:
        return redirect_to_sign_in()
    if not is_same_origin():
        raise Forbidden("Sockets open from our own pages only.")
    workspace = enter_workspace((request.view_args or {})["slug"], "view")
    _code_id(workspace)
    return None


@sock.route("/socket", bp=bp, endpoint="live")  # type: ignore[untyped-decorator]  # flask_sock has no types
@guarded_elsewhere("view")
def live(ws: Any, slug: str) -> None:
    settings = current_settings()
    if not _slots.take(settings.live_max_sockets):
        ws.close(1013, "too many open pages")
        return
    try:
        _push_boards(ws, g.workspace, _code_id(g.workspace), _range())
    except (DomainError, SlugMoved):
        ws.close(1008, "no longer allowed")
    except SQLAlchemyError as error:
        log.warning("a socket is closed, the database does not answer: %s", error)
        ws.close(1013, "try again later")
    finally:
        _slots.give_back()


def _push_boards(ws: Any, workspace: Workspace, code_id: int | None, span: Range) -> None:
    """The whole board at first, so that whatever came while the page was away is in it; then again
    with each change.
    """
    ws.sock = WholeSends(ws.sock)
    slug = workspace.slug
    watch = Watch(bus, workspace.id, code_id)
    try:
        while ws.connected:
            ws.send(_render_board(enter_workspace(slug, "view"), code_id, span))
            # An open page must not hold a database connection while nothing happens.
            db.session.remove()
            _rest(ws, watch)
    finally:
        watch.close()


def _rest(ws: Any, watch: Watch) -> None:
    """Until something changed, the page went away, or it is time to look again anyway."""
    ws.receive(timeout=_MIN_INTERVAL_SECONDS)
    until = time.monotonic() + _REFRESH_SECONDS
    while ws.connected and time.monotonic() < until:
        if watch.wait(0.5):
            return


def _render_board(workspace: Workspace, code_id: int | None, span: Range) -> str:
    board = load_board(workspace, code_id, span)
    guide = None if code_id else load_guide(workspace)
    parts = ("figures", "chart", "recent", *(["guide"] if guide else []))
    return "".join(
        render_template(f"scans/_{part}.html", range=span, guide=guide, **vars(board))
        for part in parts
    )


def _code_id(workspace: Workspace) -> int | None:
    raw = request.args.get("code", "")
    if not raw:
        return None
    if not raw.isascii() or not raw.isdigit() or len(raw) > 18:
        raise NotFound
    return get_code(workspace, int(raw)).id


def _range() -> Range:
    return find_range(request.args.get("range"))


def is_same_origin() -> bool:
    """Browsers send cookies along with sockets from any site; only our own pages may open one."""
    settings = current_settings()
    host = request.headers.get("Origin", "").partition("://")[2]
    return host in (request.host, settings.app_url.partition("://")[2])
