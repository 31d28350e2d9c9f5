"""The agents of a workspace: what they are like, where they may be, what visitors meet."""

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.config import AgentConfig
from pitchbar.agents.forms import AccessForm, AgentForm, NewAgentForm, look_typed
from pitchbar.agents.models import Agent
from pitchbar.agents.queries import get_agent
from pitchbar.agents.services import (
    create_agent,
    delete_agent,
    publish_agent,
    set_access,
    update_agent,
    withdraw_agent,
)
from pitchbar.agents.showing import form_parts, page_of, shown_list
from pitchbar.agents.triggers import ACTIONS, KINDS
from pitchbar.core.colours import readable_on
from pitchbar.core.database import MAX_ID
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("agents", __name__, url_prefix="/w/<slug>/agents")
bp.add_app_template_filter(readable_on)


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    before = request.args.get("before", 0, type=int)
    return render("agents/index.html", **shown_list(workspace, min(max(before, 0), MAX_ID)))


@bp.get("/new")
@requires("edit_agents")
def new(workspace: Workspace) -> Response:
    return _render_new(workspace, NewAgentForm())


@bp.post("")
@requires("edit_agents")
@form_on("agents.new")
def create(workspace: Workspace) -> Response:
    form, agent = NewAgentForm(), None
    if form.validate():
        with form_errors(form):
            agent = create_agent(
                workspace,
                current_actor(),
                current_settings(),
                name=form.name.data or "",
                source_ids=form.source_ids(),
            )
    if agent is None:
        return _render_new(workspace, form)
    db.session.commit()
    flash("It is a draft. Ask it something, then publish it.", "success")
    return _to(workspace, agent.id)


@bp.get("/<int:agent_id>")
@requires("view")
def show(workspace: Workspace, agent_id: int) -> Response:
    return render("agents/show.html", **page_of(get_agent(workspace, agent_id)))


@bp.get("/preview")
@requires("edit_agents")
def preview(workspace: Workspace) -> Response:
    """Drawn as it is typed, for browsers that the real one does not run in."""
    return render("agents/_preview.html", config=look_typed(request.args))


@bp.get("/<int:agent_id>/edit")
@requires("edit_agents")
def edit(workspace: Workspace, agent_id: int) -> Response:
    agent, form = get_agent(workspace, agent_id), AgentForm()
    config = AgentConfig.of(agent.draft)
    form.show(config)
    return _render_edit(agent, form, config)


@bp.post("/<int:agent_id>")
@requires("edit_agents")
@form_on("agents.edit")
def update(workspace: Workspace, agent_id: int) -> Response:
    agent, form = get_agent(workspace, agent_id), AgentForm()
    values = form.values()
    if form.validate():
        with form_errors(form):
            update_agent(agent, current_actor(), **values)
    if form.is_refused:
        agent = get_agent(workspace, agent_id)
        return _render_edit(agent, form, AgentConfig.of(agent.draft).model_copy(update=values))
    db.session.commit()
    flash("Saved in the draft. Visitors see it once you publish it.", "success")
    return _to(workspace, agent_id)


@bp.get("/<int:agent_id>/access")
@requires("edit_agents")
def edit_access(workspace: Workspace, agent_id: int) -> Response:
    agent, form = get_agent(workspace, agent_id), AccessForm()
    form.allowed_origins.data = "\n".join(agent.allowed_origins)
    form.restricted_paths.data = "\n".join(agent.restricted_paths)
    return render("agents/access.html", agent=agent, form=form)


@bp.post("/<int:agent_id>/access")
@requires("edit_agents")
def update_access(workspace: Workspace, agent_id: int) -> Response:
    agent, form = get_agent(workspace, agent_id), AccessForm()
    if form.validate():
        with form_errors(form):
            set_access(agent, current_actor(), **form.values())
    if form.errors:
        shown = get_agent(workspace, agent_id)
        return render("agents/access.html", agent=shown, form=form, http_status=form.http_status)
    db.session.commit()
    flash("Saved. It acts at once.", "success")
    return _to(workspace, agent_id)


@bp.post("/<int:agent_id>/publication")
@requires("edit_agents")
@form_on("agents.show")
def publish(workspace: Workspace, agent_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    version = publish_agent(agent, current_actor(), current_settings())
    db.session.commit()
    flash(f"Published as version {version.number}. Visitors meet it from now on.", "success")
    return _to(workspace, agent_id)


@bp.post("/<int:agent_id>/withdrawal")
@requires("edit_agents")
@form_on("agents.show")
def withdraw(workspace: Workspace, agent_id: int) -> Response:
    withdraw_agent(get_agent(workspace, agent_id), current_actor())
    db.session.commit()
    flash("Visitors meet it no longer. Its draft and versions stay.", "success")
    return _to(workspace, agent_id)


@bp.get("/<int:agent_id>/delete")
@requires("edit_agents")
def confirm_delete(workspace: Workspace, agent_id: int) -> Response:
    return render("agents/delete.html", agent=get_agent(workspace, agent_id))


@bp.post("/<int:agent_id>/deletion")
@requires("edit_agents")
@form_on("agents.confirm_delete")
def delete(workspace: Workspace, agent_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    name = agent.name
    delete_agent(agent, current_actor())
    db.session.commit()
    flash(f"“{name}” is deleted.", "success")
    return go_to(url_for("agents.index", slug=workspace.slug))


def _render_new(workspace: Workspace, form: NewAgentForm) -> Response:
    return render(
        "agents/new.html",
        form=form,
        http_status=form.http_status if form.errors else 200,
        **form_parts(workspace.id, form.source_ids()),
    )


def _render_edit(agent: Agent, form: AgentForm, config: AgentConfig) -> Response:
    return render(
        "agents/edit.html",
        agent=agent,
        form=form,
        config=config,
        kinds=KINDS,
        actions=ACTIONS,
        http_status=form.http_status if form.is_refused else 200,
        **form_parts(agent.workspace_id, config.source_ids),
    )


def _to(workspace: Workspace, agent_id: int) -> Response:
    return go_to(url_for("agents.show", slug=workspace.slug, agent_id=agent_id))
