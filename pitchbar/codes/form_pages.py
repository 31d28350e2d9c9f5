"""The form of a code, new or changed: how it starts, what is checked, and its page."""

from collections.abc import Callable

from flask import Response, request

from pitchbar.codes.defaults import defaults_of
from pitchbar.codes.destinations import clean_destination
from pitchbar.codes.fallbacks import clean_fallback
from pitchbar.codes.forms import CodeForm, NewCodeForm
from pitchbar.codes.labels.queries import labels_of, list_labels
from pitchbar.codes.life_forms import form_values
from pitchbar.codes.models import Code
from pitchbar.codes.offered_destinations import list_offered
from pitchbar.codes.preview_views import preview_of
from pitchbar.codes.queries import list_campaigns
from pitchbar.core.htmx import render
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Workspace


def new_form(workspace: Workspace) -> NewCodeForm:
    """With what the workspace starts new codes with, or with what was sent and nothing else."""
    values = {} if request.method == "POST" else defaults_of(workspace)
    form = NewCodeForm(data=values, zone=workspace.time_zone)
    form.offer(list_offered(workspace), request.args.get("agent", "")[:40])
    return form


def edit_form(workspace: Workspace, code: Code) -> CodeForm:
    """With what is stored, or with what was sent and nothing else."""
    zone = workspace.time_zone
    values = {} if request.method == "POST" else form_values(code, labels_of(code), zone)
    form = CodeForm(data=values, zone=zone, code=code)
    form.offer(list_offered(workspace))
    return form


def address_checks(form: CodeForm) -> dict[str, Callable[[], object]]:
    """What the services would refuse later, for `is_accepted`."""
    settings = current_settings()
    return {
        "destination_url": lambda: clean_destination(form.destination_url.data or "", settings),
        "fallback_url": lambda: clean_fallback(form.fallback_url.data or "", settings),
    }


def render_form(
    workspace: Workspace, form: CodeForm, code: Code | None = None, status: int = 200
) -> Response:
    return render(
        "codes/edit.html" if code else "codes/new.html",
        "codes/_form.html",
        form=form,
        code=code,
        preview=preview_of(workspace, form, code),
        campaigns=list_campaigns(workspace),
        labels=list_labels(workspace),
        http_status=status,
    )
