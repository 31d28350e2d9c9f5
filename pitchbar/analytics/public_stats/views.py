"""The page of a code's people that opens its statistics, and what everybody sees: no cookie, no
script needed, and at home in a frame of another site.
"""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.access import open_to_all
from pitchbar.accounts.actors import current_actor
from pitchbar.analytics.public_stats.figures import RANGES, read_public_board
from pitchbar.analytics.public_stats.forms import PublicStatsForm, form_of
from pitchbar.analytics.public_stats.models import AT_FIRST, SHOWABLE
from pitchbar.analytics.public_stats.services import (
    find_by_short_code,
    find_public_stats,
    is_password,
    make_key,
    may_see,
    publish,
    unpublish,
)
from pitchbar.codes.models import Code
from pitchbar.codes.queries import get_code
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import NotFound
from pitchbar.extensions import csrf, db, limiter, request_address
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("public_stats", __name__, url_prefix="/w/<slug>/codes/<int:code_id>/public-stats")
open_bp = Blueprint("open_stats", __name__, url_prefix="/s")

# Framed by anybody; forms lead to ourselves.
_EMBEDDED_CSP = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors *"
)


@bp.get("")
@requires("edit_codes")
def edit(workspace: Workspace, code_id: int) -> Response:
    code = get_code(workspace, code_id)
    stats = find_public_stats(code)
    return _show(code, form_of(stats.shows if stats else AT_FIRST, formdata=None))


@bp.post("")
@requires("edit_codes")
def update(workspace: Workspace, code_id: int) -> Response:
    code, form = get_code(workspace, code_id), PublicStatsForm()
    if not form.validate():
        return _show(code, form, 422)
    publish(code, current_actor(), shows=form.shows(), password=form.new_password())
    db.session.commit()
    flash("The page is open. Anybody with its address can see it.", "success")
    return go_to(url_for("public_stats.edit", slug=workspace.slug, code_id=code.id))


@bp.post("/removal")
@requires("edit_codes")
@form_on("public_stats.edit")
def close(workspace: Workspace, code_id: int) -> Response:
    unpublish(get_code(workspace, code_id), current_actor())
    db.session.commit()
    flash("The page is closed. Its address leads to nothing now.", "success")
    return go_to(url_for("public_stats.edit", slug=workspace.slug, code_id=code_id))


def _show(code: Code, form: PublicStatsForm, status: int = 200) -> Response:
    address = url_for("open_stats.show", short_code=code.short_code, _external=True)
    frame = url_for("open_stats.embed", short_code=code.short_code, _external=True)
    return render(
        "public_stats/edit.html",
        code=code,
        form=form,
        stats=find_public_stats(code),
        showable=SHOWABLE,
        address=address,
        snippet=f'<iframe src="{frame}" title="{code.name}" width="100%" height="640" '
        'style="border:0" loading="lazy"></iframe>',
        http_status=status,
    )


@open_bp.get("/<short_code>")
@open_to_all
def show(short_code: str) -> Response:
    return _show_board(short_code, is_embedded=False)


@open_bp.get("/<short_code>/embed")
@open_to_all
def embed(short_code: str) -> Response:
    return _framed(_show_board(short_code, is_embedded=True))


@open_bp.post("/<short_code>")
@open_to_all
@limiter.limit(
    lambda: current_settings()[ScanSettings].ratelimit_code_password,
    key_func=lambda: f"{request_address()}:{request.path}",
)
def enter(short_code: str) -> Response:
    """The right password leads to an address that holds, instead of a cookie, a key of its own."""
    stats, _ = _find(short_code)
    is_embedded = bool(request.form.get("embedded"))
    if is_password(stats, request.form.get("password", "")[:400]):
        endpoint = "open_stats.embed" if is_embedded else "open_stats.show"
        return go_to(url_for(endpoint, short_code=short_code, key=make_key(stats)))
    error = "That is not the password. Whoever sent you the address knows it."
    asked = _ask(short_code, is_embedded=is_embedded, error=error, status=422)
    return _framed(asked) if is_embedded else asked


# There is no session to forge a request in.
csrf.exempt(enter)


def _find(short_code: str) -> Any:
    found = find_by_short_code(short_code[:64])
    if found is None:
        raise NotFound
    return found


def _show_board(short_code: str, *, is_embedded: bool) -> Response:
    stats, code = _find(short_code)
    key = request.args.get("key", "")
    if not may_see(stats, key):
        return _ask(short_code, is_embedded=is_embedded)
    workspace = db.session.get_one(Workspace, code.workspace_id)
    chosen = next((one for one in RANGES if one.key == request.args.get("range")), RANGES[1])
    return render(
        "open_stats/page.html",
        code=code,
        workspace_name=workspace.name,
        board=read_public_board(workspace, code, stats.shows, chosen),
        shows=stats.shows,
        showable=SHOWABLE,
        chosen=chosen,
        ranges=[(one, _link(one.key, key)) for one in RANGES],
        is_embedded=is_embedded,
    )


def _link(range_key: str, key: str) -> str:
    return f"?range={range_key}" + (f"&key={key}" if key else "")


def _ask(short_code: str, *, is_embedded: bool, error: str = "", status: int = 200) -> Response:
    return render(
        "open_stats/password.html",
        address=url_for("open_stats.enter", short_code=short_code),
        is_embedded=is_embedded,
        error=error,
        http_status=status,
    )


def _framed(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _EMBEDDED_CSP
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response
