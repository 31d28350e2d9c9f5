from typing import Any

from babel.numbers import get_currency_symbol
from flask import Blueprint, Response, flash, g, render_template, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.conversions.figures import (
    find_last_call,
    load_refused,
    load_results,
    show_conversions,
)
from pitchbar.conversions.ingestion import TOPIC
from pitchbar.conversions.models import Conversion
from pitchbar.conversions.money import as_decimal
from pitchbar.conversions.queries import list_old_keys, list_page
from pitchbar.conversions.services import remove_pixel_key, replace_pixel_key
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.pagination import Page
from pitchbar.extensions import db
from pitchbar.live import LiveView
from pitchbar.scans.ranges import RANGES, find_range
from pitchbar.scans.settings import ScanSettings
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("conversions", __name__, url_prefix="/w/<slug>/conversions")


@bp.app_template_filter()
def money(minor: int, currency: str) -> str:
    """1250 EUR as "€12.50", with the digits of ISO 4217."""
    sign = get_currency_symbol(currency, locale="en")
    space = "\u00a0" if sign[-1].isalpha() else ""
    return f"{sign}{space}{as_decimal(minor, currency):,}"


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    number = request.args.get("page", 1, type=int)
    return render(
        "conversions/index.html",
        "conversions/_list.html",
        **_context(workspace, number),
        old_keys=list_old_keys(workspace),
        pixel_url=_pixel_url(workspace.pixel_key or ""),
        script_url=f"{current_settings().app_url}/pixel.js",
        ranges=RANGES,
        days=current_settings()[ScanSettings].attribution_days,
        api_url=f"{current_settings().app_url}/api/v1/conversions",
    )


@bp.post("/key")
@requires("manage_settings")
@form_on("conversions.index")
def replace_key(workspace: Workspace) -> Response:
    replace_pixel_key(workspace, current_actor())
    db.session.commit()
    flash(
        "The pixel has a new key. Pages with the old one are heard until you remove it.", "success"
    )
    return go_to(url_for("conversions.index", slug=workspace.slug) + "#set-up")


@bp.post("/keys/<key>/removal")
@requires("manage_settings")
@form_on("conversions.index")
def remove_key(workspace: Workspace, key: str) -> Response:
    remove_pixel_key(workspace, key, current_actor())
    db.session.commit()
    flash("The old key is removed. Pages that still name it are not heard any more.", "success")
    return go_to(url_for("conversions.index", slug=workspace.slug) + "#set-up")


def _open_list() -> LiveView:
    """The first page, and what became of the last call."""
    workspace_id = g.workspace.id

    def concerns(message: dict[str, Any]) -> bool:
        return workspace_id in message["workspaces"]

    return LiveView(lambda: _draw(g.workspace), TOPIC, concerns)


add_workspace_panel(bp, "view", _open_list)


def _draw(workspace: Workspace) -> str:
    context = _context(workspace, 1)
    parts = ("sums", "last_call", "list")
    return "".join(render_template(f"conversions/_{part}.html", **context) for part in parts)


def _context(workspace: Workspace, number: int) -> dict[str, Any]:
    page: Page[Conversion] = list_page(workspace, number)
    refused = load_refused(workspace)
    span = find_range(request.args.get("range"))
    return {
        "page": page,
        "shown": show_conversions(workspace, page.items),
        "refused": refused,
        "last_call": find_last_call(workspace, refused),
        "results": load_results(workspace, None, span),
        "range": span,
    }


def _pixel_url(key: str) -> str:
    return f"{current_settings().app_url}/p/{key}.gif"
