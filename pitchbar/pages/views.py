"""Pages that join several features."""

from flask import Blueprint, Response, current_app, redirect, url_for
from flask_login import current_user

from pitchbar.accounts.access import open_to_all
from pitchbar.analytics.boards.views import show_board
from pitchbar.core import clock
from pitchbar.core.htmx import render
from pitchbar.pages.picture import draw_picture
from pitchbar.pages.settings import PageSettings
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
    return show_board(workspace, None)


def _own_address() -> str:
    return f"{current_settings().app_url}/"


def _redirect(url: str) -> Response:
    return current_app.make_response(redirect(url))
