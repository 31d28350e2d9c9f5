"""What a workspace uses of its plan. All members see it, as each may meet a limit; nothing about
money stands here.
"""

from flask import Blueprint, Response, current_app, url_for

from pitchbar.billing.usage.showing import list_past_months, usage_page
from pitchbar.core.csv_export import csv_portions
from pitchbar.core.htmx import render
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import LIMITS

bp = Blueprint("usage", __name__, url_prefix="/w/<slug>/billing")


@bp.get("/usage")
@requires("view")
def index(workspace: Workspace) -> Response:
    return render("billing/usage.html", **usage_page(workspace))


@bp.get("/usage.csv")
@requires("export")
def download(workspace: Workspace) -> Response:
    """By month, the newest first."""
    monthly = [limit for limit in LIMITS if limit.is_monthly]
    rows = (
        (f"{one.first:%Y-%m}", *(one.counts[limit.key] for limit in monthly))
        for one in list_past_months(workspace)
    )
    header = ("month", *(limit.key for limit in monthly))
    response = current_app.response_class(csv_portions(header, rows), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{workspace.slug}-usage.csv"'
    return response


@bp.app_context_processor
def _plan_links() -> dict[str, object]:
    return {"usage_url": lambda workspace: url_for("usage.index", slug=workspace.slug)}
