"""The page of an agent's people about its own page: where it is, and whether it is on."""

from flask import Blueprint, Response, flash, make_response, request, url_for
from wtforms import BooleanField

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.queries import get_agent
from pitchbar.agents.services import switch_page
from pitchbar.agents.showing import frame
from pitchbar.codes.rendering import render_svg
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import Form
from pitchbar.hosted.visiting import page_address
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("agent_page", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/page")


class PageForm(Form):
    has_page = BooleanField("Anybody with the address may ask it")


@bp.get("")
@requires("view")
def show(workspace: Workspace, agent_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    form = PageForm(formdata=None, data={"has_page": agent.has_page})
    address = page_address(agent.public_id)
    return render("hosted/tab.html", form=form, address=address, **frame(agent))


@bp.post("")
@requires("edit_agents")
@form_on("agent_page.show")
def update(workspace: Workspace, agent_id: int) -> Response:
    agent, form = get_agent(workspace, agent_id), PageForm()
    is_on = bool(form.has_page.data)
    switch_page(agent, current_actor(), is_on=is_on)
    db.session.commit()
    said = "The page is open." if is_on else "The page is closed. Its address says so to visitors."
    flash(said, "success")
    return go_to(url_for("agent_page.show", slug=workspace.slug, agent_id=agent_id))


@bp.get("/qr.svg")
@requires("view")
def qr(workspace: Workspace, agent_id: int) -> Response:
    agent = get_agent(workspace, agent_id)
    response = make_response(render_svg(page_address(agent.public_id), "M"))
    response.mimetype = "image/svg+xml"
    response.headers["Cache-Control"] = "private, max-age=0"
    response.add_etag()
    response.make_conditional(request)
    return response
