"""The domains of a workspace: what to set in the DNS, what was found there, where they lead."""

from typing import Any

from flask import Blueprint, Response, flash, g, render_template, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.domains.forms import NewDomainForm, RemovalForm, TargetsForm
from pitchbar.domains.limits import limit_checks
from pitchbar.domains.models import Domain
from pitchbar.domains.queries import get_domain, list_domains
from pitchbar.domains.rounds import check_domain
from pitchbar.domains.services import (
    TOPIC,
    add_domain,
    remove_domain,
    require_free_host,
    update_domain,
)
from pitchbar.domains.targets import clean_target
from pitchbar.domains.uses import count_uses, list_uses
from pitchbar.errors import NotFound
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.live import LiveView
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plans import find_plan

bp = Blueprint("domains", __name__, url_prefix="/w/<slug>/domains")


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    return render("domains/index.html", **_listed(workspace))


@bp.get("/new")
@requires("manage_domains")
def new(workspace: Workspace) -> Response:
    return _render_new(NewDomainForm())


@bp.post("")
@requires("manage_domains")
@form_on("domains.new")
def create(workspace: Workspace) -> Response:
    form, settings = NewDomainForm(), current_settings()
    if not form.is_accepted(
        host=lambda: require_free_host(workspace, form.host.data or "", settings),
        **_checks(form, ""),
    ):
        return _render_new(form)
    with form_errors(form):
        domain = add_domain(workspace, current_actor(), settings, **form.entered())
    if form.errors:
        return _render_new(form)
    db.session.commit()
    flash(f"{domain.name} is added. Set the two records below.", "success")
    return _to(workspace, domain.id)


@bp.get("/<int:domain_id>")
@requires("view")
def show(workspace: Workspace, domain_id: int) -> Response:
    domain = get_domain(workspace, domain_id)
    return _render_domain(workspace, domain, TargetsForm(obj=domain))


@bp.post("/<int:domain_id>")
@requires("manage_domains")
def update(workspace: Workspace, domain_id: int) -> Response:
    domain, form = get_domain(workspace, domain_id), TargetsForm()
    if form.is_accepted(**_checks(form, domain.host)):
        with form_errors(form):
            update_domain(domain, current_actor(), current_settings(), **form.entered())
    if form.errors:
        return _render_domain(workspace, get_domain(workspace, domain_id), form, 422)
    db.session.commit()
    flash("Saved. Scans follow within two seconds.", "success")
    return _to(workspace, domain_id)


@bp.post("/<int:domain_id>/checks")
@requires("manage_domains")
@limit_checks
def check(workspace: Workspace, domain_id: int) -> Response:
    """Asks the DNS now; it answers within seconds, or never."""
    domain = get_domain(workspace, domain_id)
    slug = workspace.slug
    check_domain(domain.id, domain.host, current_settings())
    return go_to(url_for("domains.show", slug=slug, domain_id=domain_id))


@bp.get("/<int:domain_id>/remove")
@requires("manage_domains")
def confirm_removal(workspace: Workspace, domain_id: int) -> Response:
    return _render_removal(workspace, get_domain(workspace, domain_id), RemovalForm())


@bp.post("/<int:domain_id>/removal")
@requires("manage_domains")
@form_on("domains.confirm_removal")
def remove(workspace: Workspace, domain_id: int) -> Response:
    domain, form = get_domain(workspace, domain_id), RemovalForm()
    name = domain.name
    with form_errors(form):
        remove_domain(domain, current_actor(), confirmation=form.confirmation.data or "")
    if form.errors:
        return _render_removal(workspace, get_domain(workspace, domain_id), form, 422)
    db.session.commit()
    flash(f"{name} is removed.", "success")
    return go_to(url_for("domains.index", slug=workspace.slug))


def _open_live() -> LiveView:
    """The list, or the state of one domain."""
    workspace, raw = g.workspace, request.args.get("domain", "")
    if raw and not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise NotFound
    domain_id = int(raw or 0)
    if raw:
        get_domain(workspace, domain_id)
    mine = workspace.id
    return LiveView(
        lambda: _draw(g.workspace, domain_id),
        TOPIC,
        lambda message: bool(message.get("workspace_id") == mine),
    )


add_workspace_panel(bp, "view", _open_live)


def _draw(workspace: Workspace, domain_id: int) -> str:
    if not domain_id:
        return render_template("domains/_list.html", **_listed(workspace))
    domain = get_domain(workspace, domain_id)
    # What another process wrote since the page was opened.
    db.session.refresh(domain)
    return render_template("domains/_state.html", domain=domain)


def _listed(workspace: Workspace) -> dict[str, Any]:
    domains = list_domains(workspace)
    return {
        "domains": domains,
        "uses": count_uses(workspace),
        "plan": find_plan(workspace.plan),
    }


def _checks(form: TargetsForm, host: str) -> dict[str, Any]:
    settings = current_settings()
    return {
        name: lambda name=name: clean_target(name, form[name].data or "", host, settings)
        for name in ("root_url", "unknown_url")
    }


def _render_new(form: NewDomainForm) -> Response:
    status = form.http_status if form.errors else 200
    return render("domains/new.html", form=form, http_status=status)


def _render_domain(
    workspace: Workspace, domain: Domain, form: TargetsForm, status: int = 200
) -> Response:
    return render(
        "domains/show.html",
        domain=domain,
        form=form,
        uses=list_uses(workspace, domain),
        own_host=current_settings().own_host,
        http_status=status,
    )


def _render_removal(
    workspace: Workspace, domain: Domain, form: RemovalForm, status: int = 200
) -> Response:
    uses = list_uses(workspace, domain)
    return render("domains/remove.html", domain=domain, form=form, uses=uses, http_status=status)


def _to(workspace: Workspace, domain_id: int) -> Response:
    return go_to(url_for("domains.show", slug=workspace.slug, domain_id=domain_id))
