from flask import Blueprint, Response, current_app, g, has_request_context, url_for
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from pitchbar.accounts.access import signed_in
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.workspaces.access import may
from pitchbar.workspaces.error_frame import ask_owner
from pitchbar.workspaces.forms import WorkspaceForm
from pitchbar.workspaces.mine import my_memberships
from pitchbar.workspaces.models import OwnershipOffer
from pitchbar.workspaces.ownership.queries import find_offer_to
from pitchbar.workspaces.services import create_workspace

bp = Blueprint("workspaces", __name__)


@bp.app_context_processor
def layout_context() -> dict[str, object]:
    """What the layout shows on every page: who, where, and what they may do."""
    if not has_request_context():
        return {}  # a job renders a message: there is nobody to show
    role = g.get("role")
    try:
        person = current_user if current_user.is_authenticated else None
        mine = [m.workspace for m in my_memberships()]
        workspace = g.get("workspace")
    except SQLAlchemyError:
        if not g.get("is_error_drawn"):
            raise
        # The page that says so must render without the database too.
        person, mine, workspace = None, [], None
    return {
        "person": person,
        "workspace": workspace,
        "role": role,
        "my_workspaces": mine,
        "can": may,
        "navigation": [item for item in current_app.extensions["navigation"] if may(item.right)],
        "offer_to_me": _find_offer_to_me,
        "ask_owner": ask_owner,
    }


def _find_offer_to_me() -> OwnershipOffer | None:
    """Asked by the layout only: most templates do without."""
    workspace = g.get("workspace")
    return find_offer_to(current_user, workspace) if workspace else None


@bp.get("/workspaces/new")
@signed_in
def new() -> Response:
    return render("workspaces/new.html", form=WorkspaceForm())


@bp.post("/workspaces")
@signed_in
@form_on("workspaces.new")
def create() -> Response:
    form = WorkspaceForm()
    if not form.validate():
        return render("workspaces/new.html", form=form, http_status=422)
    workspace = create_workspace(owner=current_user, **form.entered())
    db.session.commit()
    return go_to(url_for("pages.overview", slug=workspace.slug))
