"""The alerts of a workspace: what was raised, and the rules."""

from collections.abc import Collection
from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_login import current_user

from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.verification.senders import require_proven_sender
from pitchbar.alerts.bell import mark_seen
from pitchbar.alerts.errors import RuleNotFound
from pitchbar.alerts.forms import RuleForm
from pitchbar.alerts.kinds import Kind, find_kind, list_kinds
from pitchbar.alerts.models import AlertRule
from pitchbar.alerts.previewing import preview_of
from pitchbar.alerts.queries import get_rule, list_alerts, list_rule_rows, rows_of
from pitchbar.alerts.services import create_rule, delete_rule, update_rule
from pitchbar.alerts.settings import AlertSettings
from pitchbar.codes.queries import list_code_names
from pitchbar.core import clock
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.access import requires
from pitchbar.workspaces.mailing_lists.services import keep_wanted
from pitchbar.workspaces.models import Workspace

bp = Blueprint("alerts", __name__, url_prefix="/w/<slug>/alerts")


@bp.get("")
@requires("view")
def index(workspace: Workspace) -> Response:
    """Whoever looks at the list has seen what is in it."""
    page = list_alerts(workspace, _page_number())
    rows = list_rule_rows(workspace, clock.now())
    response = render("alerts/index.html", rows=rows, alerts=page, find_kind=find_kind)
    mark_seen(workspace.id, current_user.id)
    db.session.commit()
    return response


@bp.get("/new")
@requires("edit_alerts")
def new(workspace: Workspace) -> Response:
    """First the kind."""
    return render("alerts/choose.html", kinds=list_kinds(), code=request.args.get("code", ""))


@bp.get("/new/<kind_key>")
@requires("edit_alerts")
def compose(workspace: Workspace, kind_key: str) -> Response:
    """Then what it needs, with what it would have raised."""
    kind = _get_kind(kind_key)
    form = _form(workspace, kind)
    form.code_id.data = request.args.get("code") or "0"
    form.roles.data = ["owner", "admin"]
    if kind.levels:
        form.threshold.data = str(kind.levels[1])
    return _show_form(workspace, form, kind)


@bp.post("/new/<kind_key>")
@requires("edit_alerts")
def create(workspace: Workspace, kind_key: str) -> Response:
    kind = _get_kind(kind_key)
    form, settings = _form(workspace, kind), current_settings()
    if request.form.get("act") == "preview":
        return _show_form(workspace, form, kind)
    if not form.validate():
        return _show_form(workspace, form, kind, http_status=422)
    with form_errors(form):
        _require_sender(form, ())
        rule = create_rule(
            workspace,
            current_actor(),
            form.values(),
            app_key=settings.app_key,
            most=settings[AlertSettings].alert_rules_most,
        )
    if form.errors:
        return _show_form(workspace, form, kind, http_status=form.http_status)
    db.session.commit()
    flash("The alert is on. It is looked at every minute.", "success")
    return _to(workspace, rule.id)


@bp.get("/preview")
@requires("view")
def preview(workspace: Workspace) -> Response:
    """The fragment of a form that is being filled in."""
    kind = _get_kind(request.args.get("kind", ""))
    form = RuleForm(request.args, meta={"csrf": False}).fit(kind, ())
    found = preview_of(workspace, form.values(), clock.now())
    return render("alerts/_preview.html", preview=found)


@bp.get("/<int:rule_id>")
@requires("view")
def show(workspace: Workspace, rule_id: int) -> Response:
    rule = get_rule(workspace, rule_id)
    [row] = rows_of([rule], clock.now())
    emails = [each.email for each in rule.addresses]
    return render(
        "alerts/show.html",
        row=row,
        alerts=list_alerts(workspace, _page_number(), rule=rule),
        find_kind=find_kind,
        refusing=set(emails) - set(keep_wanted(workspace.id, rule.list_key, emails)),
    )


@bp.get("/<int:rule_id>/edit")
@requires("edit_alerts")
def edit(workspace: Workspace, rule_id: int) -> Response:
    rule = get_rule(workspace, rule_id)
    kind = _get_kind(rule.kind)
    return _show_form(workspace, _form(workspace, kind).show(rule), kind, rule=rule)


@bp.post("/<int:rule_id>/edit")
@requires("edit_alerts")
def update(workspace: Workspace, rule_id: int) -> Response:
    rule = get_rule(workspace, rule_id)
    kind = _get_kind(rule.kind)
    form = _form(workspace, kind)
    if request.form.get("act") == "preview":
        return _show_form(workspace, form, kind, rule=rule)
    if not form.validate():
        return _show_form(workspace, form, kind, rule=rule, http_status=422)
    with form_errors(form):
        key = current_settings().app_key
        _require_sender(form, [each.email for each in rule.addresses])
        update_rule(workspace, rule, current_actor(), form.values(), app_key=key)
    if form.errors:
        again = get_rule(workspace, rule_id)
        return _show_form(workspace, form, kind, rule=again, http_status=form.http_status)
    db.session.commit()
    flash("Saved.", "success")
    return _to(workspace, rule_id)


@bp.get("/<int:rule_id>/remove")
@requires("edit_alerts")
def confirm_removal(workspace: Workspace, rule_id: int) -> Response:
    [row] = rows_of([get_rule(workspace, rule_id)], clock.now())
    return render("alerts/remove.html", row=row)


@bp.post("/<int:rule_id>/removal")
@requires("edit_alerts")
@form_on("alerts.confirm_removal")
def remove(workspace: Workspace, rule_id: int) -> Response:
    delete_rule(get_rule(workspace, rule_id), current_actor())
    db.session.commit()
    flash("The alert is removed. What it raised stays in the history.", "success")
    return go_to(url_for("alerts.index", slug=workspace.slug))


def _page_number() -> int:
    return request.args.get("page", 1, type=int)


def _require_sender(form: RuleForm, known: Collection[str]) -> None:
    """Whoever adds addresses has mail sent there. Raises AddressNotProven."""
    if not set(form.values().emails) <= set(known):
        require_proven_sender(current_actor(), current_settings())


def _get_kind(key: str) -> Kind:
    """Raises RuleNotFound for a kind that this release does not know."""
    kind = find_kind(key)
    if kind is None:
        raise RuleNotFound
    return kind


def _form(workspace: Workspace, kind: Kind) -> RuleForm:
    return RuleForm().fit(kind, list_code_names(workspace))


def _show_form(
    workspace: Workspace,
    form: RuleForm,
    kind: Kind,
    *,
    rule: AlertRule | None = None,
    http_status: int = 200,
) -> Response:
    context: dict[str, Any] = {"form": form, "kind": kind, "rule": rule}
    context["preview"] = preview_of(workspace, form.values(), clock.now())
    page = "alerts/edit.html" if rule else "alerts/new.html"
    return render(page, http_status=http_status, **context)


def _to(workspace: Workspace, rule_id: int) -> Response:
    return go_to(url_for("alerts.show", slug=workspace.slug, rule_id=rule_id))
