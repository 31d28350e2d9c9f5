"""The webhooks of a workspace: where they lead, what they chose, whether they work."""

from typing import Any

from flask import Blueprint, Response, flash, g, render_template, request, url_for

from pitchbar.accounts.actors import current_actor
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.shown_once import show_once, take_shown_once
from pitchbar.errors import NotFound
from pitchbar.events.outward import list_outward
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.live import LiveView
from pitchbar.settings import current_settings
from pitchbar.webhooks.forms import EndpointForm, ReplayForm
from pitchbar.webhooks.models import Endpoint
from pitchbar.webhooks.pump import TOPIC
from pitchbar.webhooks.queries import (
    DeliveryFilter,
    count_by_state,
    count_failed_since,
    get_endpoint,
    list_deliveries,
    list_endpoints,
)
from pitchbar.webhooks.replaying import TEST
from pitchbar.webhooks.services import (
    clean_events,
    clean_url,
    create_endpoint,
    delete_endpoint,
    enable_endpoint,
    pause_endpoint,
    rotate_secret,
    update_endpoint,
)
from pitchbar.webhooks.settings import WebhookSettings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.live import add_workspace_panel
from pitchbar.workspaces.models import Workspace

bp = Blueprint("webhooks", __name__, url_prefix="/w/<slug>/webhooks")


@bp.get("")
@requires("manage_webhooks")
def index(workspace: Workspace) -> Response:
    return render("webhooks/index.html", **_listed(workspace))


@bp.get("/new")
@requires("manage_webhooks")
def new(workspace: Workspace) -> Response:
    return _render_form("webhooks/new.html", EndpointForm())


@bp.post("")
@requires("manage_webhooks")
@form_on("webhooks.new")
def create(workspace: Workspace) -> Response:
    """The secret is shown by the next page, once."""
    form, settings = EndpointForm(), current_settings()
    if form.is_accepted(**_checks(form)):
        with form_errors(form):
            endpoint, secret = create_endpoint(
                workspace, current_actor(), settings, **form.entered()
            )
    if form.errors:
        return _render_form("webhooks/new.html", form)
    db.session.commit()
    show_once("webhook", {"id": endpoint.id, "secret": secret})
    return _to(workspace, endpoint.id)


@bp.get("/<int:webhook_id>")
@requires("manage_webhooks")
def show(workspace: Workspace, webhook_id: int) -> Response:
    endpoint = get_endpoint(workspace, webhook_id)
    made = take_shown_once("webhook") or {}
    secret = made.get("secret") if made.get("id") == endpoint.id else None
    shown = _shown(endpoint, _read_filter())
    return render("webhooks/show.html", "webhooks/_log.html", secret=secret, **shown)


@bp.get("/<int:webhook_id>/edit")
@requires("manage_webhooks")
def edit(workspace: Workspace, webhook_id: int) -> Response:
    endpoint = get_endpoint(workspace, webhook_id)
    return _render_form("webhooks/edit.html", EndpointForm(obj=endpoint), endpoint=endpoint)


@bp.post("/<int:webhook_id>")
@requires("manage_webhooks")
@form_on("webhooks.edit")
def update(workspace: Workspace, webhook_id: int) -> Response:
    endpoint, form = get_endpoint(workspace, webhook_id), EndpointForm()
    if form.is_accepted(**_checks(form)):
        with form_errors(form):
            update_endpoint(endpoint, current_actor(), current_settings(), **form.entered())
    if form.errors:
        endpoint = get_endpoint(workspace, webhook_id)
        return _render_form("webhooks/edit.html", form, endpoint=endpoint)
    db.session.commit()
    flash("Saved. What happens from now on goes by it.", "success")
    return _to(workspace, webhook_id)


@bp.get("/<int:webhook_id>/rotate")
@requires("manage_webhooks")
def confirm_rotation(workspace: Workspace, webhook_id: int) -> Response:
    return render("webhooks/rotate.html", endpoint=get_endpoint(workspace, webhook_id))


@bp.post("/<int:webhook_id>/rotation")
@requires("manage_webhooks")
@form_on("webhooks.confirm_rotation")
def rotate(workspace: Workspace, webhook_id: int) -> Response:
    endpoint = get_endpoint(workspace, webhook_id)
    secret = rotate_secret(endpoint, current_actor(), current_settings())
    db.session.commit()
    show_once("webhook", {"id": webhook_id, "secret": secret})
    return _to(workspace, webhook_id)


@bp.post("/<int:webhook_id>/activation")
@requires("manage_webhooks")
def enable(workspace: Workspace, webhook_id: int) -> Response:
    enable_endpoint(get_endpoint(workspace, webhook_id), current_actor())
    db.session.commit()
    flash("It is on. What failed meanwhile can be sent again below.", "success")
    return _to(workspace, webhook_id)


@bp.post("/<int:webhook_id>/pause")
@requires("manage_webhooks")
def pause(workspace: Workspace, webhook_id: int) -> Response:
    pause_endpoint(get_endpoint(workspace, webhook_id), current_actor())
    db.session.commit()
    flash("It is off. Nothing is sent there until you switch it on.", "success")
    return _to(workspace, webhook_id)


@bp.get("/<int:webhook_id>/remove")
@requires("manage_webhooks")
def confirm_removal(workspace: Workspace, webhook_id: int) -> Response:
    return render("webhooks/remove.html", endpoint=get_endpoint(workspace, webhook_id))


@bp.post("/<int:webhook_id>/removal")
@requires("manage_webhooks")
@form_on("webhooks.confirm_removal")
def remove(workspace: Workspace, webhook_id: int) -> Response:
    delete_endpoint(get_endpoint(workspace, webhook_id), current_actor())
    db.session.commit()
    flash("The webhook is removed, and its log with it.", "success")
    return go_to(url_for("webhooks.index", slug=workspace.slug))


def _open_live() -> LiveView:
    """The list, or one webhook with its log as it is filtered."""
    workspace, raw, which = g.workspace, request.args.get("webhook", ""), _read_filter()
    if raw and not (raw.isascii() and raw.isdigit() and len(raw) < 19):
        raise NotFound
    if raw:
        get_endpoint(workspace, int(raw))
    mine, page = workspace.id, _read_page()
    return LiveView(
        lambda: _draw(g.workspace, int(raw or 0), which, page),
        TOPIC,
        lambda message: mine in message.get("workspaces", ()),
    )


add_workspace_panel(bp, "manage_webhooks", _open_live)


def _draw(workspace: Workspace, webhook_id: int, which: DeliveryFilter, page: int) -> str:
    if not webhook_id:
        return render_template("webhooks/_list.html", **_listed(workspace))
    endpoint = get_endpoint(workspace, webhook_id)
    # What another process wrote since the page was opened.
    db.session.refresh(endpoint)
    shown = _shown(endpoint, which, page)
    parts = ("webhooks/_state.html", "webhooks/_log.html")
    return "".join(render_template(part, **shown) for part in parts)


def _listed(workspace: Workspace) -> dict[str, Any]:
    return {
        "endpoints": list_endpoints(workspace),
        "counts": count_by_state(workspace),
        "most": current_settings()[WebhookSettings].webhook_endpoints_per_workspace,
    }


def _shown(endpoint: Endpoint, which: DeliveryFilter, page: int | None = None) -> dict[str, Any]:
    names = {one.name: one.label for one in list_outward()} | {TEST: "A test message"}
    return {
        "endpoint": endpoint,
        "labels": names,
        "which": which,
        "page": list_deliveries(endpoint, which, page or _read_page()),
        "failed": count_failed_since(endpoint),
        "replay_form": ReplayForm(),
        "settings": current_settings()[WebhookSettings],
    }


def _read_filter() -> DeliveryFilter:
    """What cannot be is taken for a word that nothing matches, and never an error."""
    state, event, words = (request.args.get(name, "").strip() for name in ("state", "event", "q"))
    return DeliveryFilter(state[:16], event[:64], words.replace("\0", "")[:200])


def _read_page() -> int:
    return min(request.args.get("page", 1, type=int), 100_000)


def _checks(form: EndpointForm) -> dict[str, Any]:
    settings = current_settings()
    return {
        "url": lambda: clean_url(form.url.data or "", settings),
        "events": lambda: clean_events(form.events.data or []),
    }


def _render_form(template: str, form: EndpointForm, **values: Any) -> Response:
    status = form.http_status if form.errors else 200
    return render(template, form=form, http_status=status, **values)


def _to(workspace: Workspace, webhook_id: int) -> Response:
    return go_to(url_for("webhooks.show", slug=workspace.slug, webhook_id=webhook_id))
