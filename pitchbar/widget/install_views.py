"""How an agent gets onto a site, and whether it is there."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, request, url_for
from wtforms import StringField

from pitchbar.accounts.actors import current_actor
from pitchbar.agents.models import Agent
from pitchbar.agents.queries import get_agent
from pitchbar.agents.showing import frame
from pitchbar.core.addresses import is_loopback
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db, limiter
from pitchbar.forms import Form, form_errors, strip
from pitchbar.settings import current_settings
from pitchbar.widget.addresses import widget_origin, widget_script
from pitchbar.widget.checking import find_check
from pitchbar.widget.findings import Finding, by_weight, is_reached
from pitchbar.widget.judging_page import policy_lines
from pitchbar.widget.models import InstallCheck
from pitchbar.widget.services import start_check
from pitchbar.widget.settings import WidgetSettings
from pitchbar.widget.snippets import tag_manager_tag, wordpress_code
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.models import Workspace

bp = Blueprint("widget_install", __name__, url_prefix="/w/<slug>/agents/<int:agent_id>/install")


def _workspace_key() -> str:
    return f"install-check:{(request.view_args or {}).get('slug', '')}"


limit_checks = limiter.shared_limit(
    lambda: current_settings()[WidgetSettings].ratelimit_install_check,
    scope="install-check",
    key_func=_workspace_key,
)


class CheckForm(Form):
    page_url = StringField("Address of the page", filters=[strip], default="")


@bp.get("")
@requires("view")
def show(workspace: Workspace, agent_id: int) -> Response:
    agent, form = get_agent(workspace, agent_id), CheckForm()
    form.page_url.data = _likely_page(agent, find_check(agent))
    return _render(agent, form)


@bp.post("/checks")
@requires("edit_agents")
@limit_checks
@form_on("widget_install.show")
def check(workspace: Workspace, agent_id: int) -> Response:
    agent, form, begun = get_agent(workspace, agent_id), CheckForm(), None
    if form.validate():
        with form_errors(form):
            begun = start_check(agent, form.page_url.data or "", current_actor())
    if begun is None:
        return _render(get_agent(workspace, agent_id), form)
    db.session.commit()
    return go_to(url_for(".show", slug=workspace.slug, agent_id=agent_id) + "#install-check")


def _likely_page(agent: Agent, last: InstallCheck | None) -> str:
    """The one that was checked last, else the first site that may show it."""
    if last is not None:
        return last.page_url
    named = (one for one in agent.allowed_origins if "*" not in one and _is_outside(one))
    return f"{site}/" if (site := next(named, "")) else ""


def _is_outside(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return host not in ("localhost", current_settings().own_host) and not is_loopback(host)


def _render(agent: Agent, form: CheckForm) -> Response:
    settings, last = current_settings(), find_check(agent)
    findings = [Finding.of(one) for one in last.findings] if last else []
    snippet = str(widget_script(agent.public_id))
    return render(
        "widget/install.html",
        "widget/_check.html",
        form=form,
        snippet=snippet,
        wordpress=wordpress_code(snippet),
        tag=tag_manager_tag(agent.public_id, settings),
        policy=policy_lines(widget_origin(settings), settings.app_url),
        check=last,
        findings=by_weight(findings),
        is_reached=is_reached(findings),
        has_try_page=settings.is_development,
        http_status=form.http_status if form.errors else 200,
        **frame(agent),
    )
