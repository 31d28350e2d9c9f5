"""Pages that join several features."""

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask_login import current_user

from pitchbar.accounts.access import open_to_all
from pitchbar.codes.queries import has_codes
from pitchbar.conversions.code_panels import render_results
from pitchbar.core import clock
from pitchbar.core.htmx import render
from pitchbar.pages.picture import draw_picture
from pitchbar.pages.settings import PageSettings
from pitchbar.scans.figures import load_dashboard
from pitchbar.scans.guide import load_guide
from pitchbar.scans.queries import list_top_codes
from pitchbar.scans.ranges import RANGES, Range, find_range
from pitchbar.scans.usage import find_unrecorded
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.queries import list_memberships

bp = Blueprint("pages", __name__)


@bp.get("/")
@open_to_all
def home() -> Response:
    if not current_user.is_authenticated:
        return render("pages/home.html", picture=draw_picture(_own_address(), clock.now()))
    memberships = list_memberships(current_user)
    if not memberships:
        return _redirect(url_for("workspaces.new"))
    return _redirect(url_for("pages.overview", slug=memberships[0].workspace.slug))


@bp.app_context_processor
def _public_links() -> dict[str, str]:
    return {"source_url": current_settings()[PageSettings].source_url}


@bp.get("/w/<slug>/")
@requires("view")
def overview(workspace: Workspace) -> Response:
    span = _range()
    dashboard = load_dashboard(workspace, None, span)
    return render(
        "pages/overview.html",
        range=span,
        ranges=RANGES,
        top_codes=list_top_codes(workspace, span),
        has_codes=has_codes(workspace),
        guide=load_guide(workspace),
        unrecorded=find_unrecorded(workspace),
        conversions=render_results(workspace, None, span),
        **vars(dashboard),
    )


def _range() -> Range:
    return find_range(request.args.get("range"))


def _own_address() -> str:
    return f"{current_settings().app_url}/"


def _redirect(url: str) -> Response:
    return current_app.make_response(redirect(url))
