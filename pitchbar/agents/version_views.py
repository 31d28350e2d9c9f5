"""The versions of an agent: how each differs, and going back to one."""

from flask import Blueprint, Response, flash, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.queries import get_agent, get_version
from pitchbar.agents.services import return_to_version
from pitchbar.agents.showing import version_page
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("agent_versions", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/versions")


@bp.get("/<int:version>")
@requires("view")
def show(workspace: Workspace, agent_id: int, version: int) -> Response:
    agent = get_agent(workspace, agent_id)
    return render("agents/version.html", **version_page(agent, get_version(agent, version)))


@bp.post("/<int:version>/return")
@requires("edit_agents")
@form_on("agent_versions.show")
def return_to(workspace: Workspace, agent_id: int, version: int) -> Response:
    agent = get_agent(workspace, agent_id)
    then = get_version(agent, version)
    made = return_to_version(agent, then, current_actor())
    db.session.commit()
    flash(f"Published as version {made.number}, as it was in version {then.number}.", "success")
    return go_to(url_for("agents.show", slug=workspace.slug, agent_id=agent_id))
