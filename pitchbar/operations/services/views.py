from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Blueprint, Response, flash
from flask import url_for as link

from pitchbar.accounts.access import View
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import NotFound
from pitchbar.events.services import record_event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.forms import Form
from pitchbar.mailing.services import queue_mail
from pitchbar.operations.access import is_at_this_machine, operator_actor, operators_only
from pitchbar.operations.services.catalogue import SERVICES, Service, find_service
from pitchbar.operations.services.checks import CheckFailed, NotSet
from pitchbar.operations.services.forms import changes_of, make_form
from pitchbar.operations.services.showing import Shown, show_service
from pitchbar.operations.settings import OperationsSettings
from pitchbar.settings import current_settings
from pitchbar.stored_settings.overlay import SettingsRefused, stored_settings
from pitchbar.stored_settings.services import change_settings, list_stored, stored_values

bp = Blueprint("service_settings", __name__, url_prefix="/ops/settings")


def confirmed_operators(view: View) -> View:
    """Who has proven lately who they are; in development, who sits at the machine."""
    proven = recently_authenticated()(view)

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        chosen: Callable[..., Any] = view if is_at_this_machine() else proven
        return chosen(*args, **kwargs)

    return operators_only(cast(View, guarded))


@bp.get("")
@operators_only
def index() -> Response:
    return render("operations/settings.html", services=[_show(one) for one in SERVICES])


@bp.get("/<service_key>")
@confirmed_operators
def edit(service_key: str) -> Response:
    return _edit(_find(service_key))


@bp.post("/<service_key>")
@confirmed_operators
def save(service_key: str) -> Response:
    service, known = _find(service_key), stored_settings()
    values = stored_values(known.environment)
    form = make_form(service, known, values)
    if not form.validate():
        return _edit(service, form)
    changes = changes_of(form, service, values)
    try:
        changed, _settings = change_settings(known.environment, changes, service.secret_names)
    except SettingsRefused as refused:
        db.session.rollback()
        _take_errors(form, refused)
        return _edit(service, form)
    if changed:
        _record(service, {name: changes[name] for name in changed})
    db.session.commit()
    known.look(at_once=True)
    sentence = f"{service.title} is saved. {service.effect}" if changed else "Nothing was changed."
    flash(sentence, "success")
    return go_to(link("service_settings.index") + f"#{service.key}")


@bp.post("/<service_key>/check")
@operators_only
def check(service_key: str) -> Response:
    """Asks the service, with what is in force in this process."""
    service = _find(service_key)
    if service.check is None:
        raise NotFound
    stored_settings().look(at_once=True)
    settings = current_settings()
    # Nothing is held while a service takes its time.
    db.session.rollback()
    try:
        flash(service.check(settings), "success")
    except NotSet:
        flash(f"{service.title} is not set up, so there is nothing to try.", "error")
    except CheckFailed as failure:
        flash(f"{service.title} does not work: {failure}.", "error")
    return go_to(link("service_settings.index") + f"#{service.key}")


def _find(key: str) -> Service:
    service = find_service(key)
    if service is None:
        raise NotFound
    return service


def _show(service: Service) -> Shown:
    return show_service(service, stored_settings(), current_settings(), list_stored())


def _edit(service: Service, form: Form | None = None) -> Response:
    known = stored_settings()
    fresh = form or make_form(service, known, stored_values(known.environment))
    return render(
        "operations/service.html",
        shown=_show(service),
        form=fresh,
        http_status=422 if form else 200,
    )


def _take_errors(form: Form, refused: SettingsRefused) -> None:
    for name, sentence in refused.fields.items():
        whole = f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}."
        if name in form:
            form[name].errors = [*form[name].errors, whole]
        else:
            form.form_errors.append(whole)


def _record(service: Service, changes: dict[str, str | None]) -> None:
    """For the audit log and the other operators; the values are in neither."""
    by = operator_actor()
    told = {name: "removed" if text is None else "set" for name, text in changes.items()}
    record_event(
        "setting.changed", Subject("service", service.key, service.title), by=by, after=told
    )
    for email in current_settings()[OperationsSettings].ops_email_allowlist:
        queue_mail(
            "operations/settings_changed",
            to=email,
            subject=f"Settings of {service.title} were changed",
            who=by.name,
            service=service.title,
            changes=[f"{name.upper()} was {what}" for name, what in sorted(told.items())],
            link=f"{current_settings().app_url}/ops/settings",
            link_label="Open the settings",
        )
