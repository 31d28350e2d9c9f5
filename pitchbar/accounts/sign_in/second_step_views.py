"""The second step of signing in: a code of the authenticator app, or a recovery code."""

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.access import local_path, open_to_all
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.forms import CodeForm
from pitchbar.accounts.limits import rate
from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import find_two_factor
from pitchbar.accounts.sign_in.devices import find_device
from pitchbar.accounts.sign_in.flow import begin_session, find_challenged_person
from pitchbar.accounts.two_factor.services import verify_second_factor
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db, limiter, request_address
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings

bp = Blueprint("second_step", __name__)


def _account_key() -> str:
    """Who has found out a password does not hold the second step shut on the owner's devices."""
    person = find_challenged_person()
    if person is None:
        return request_address()
    device = find_device(person.email)
    return f"device:{device}" if device else f"person:{person.id}"


@bp.get("/login/two-factor")
@open_to_all
def show() -> Response:
    return _show(CodeForm()) if find_challenged_person() else _start_again()


@bp.post("/login/two-factor")
@open_to_all
@limiter.limit(rate(lambda own: own.ratelimit_two_factor))
@limiter.limit(rate(lambda own: own.ratelimit_two_factor), key_func=_account_key)
@limiter.limit(rate(lambda own: own.ratelimit_two_factor_account), key_func=_account_key)
def check() -> Response:
    person = find_challenged_person()
    if person is None:
        return _start_again()
    form = CodeForm()
    if not form.validate():
        return _show(form, 422)
    with form_errors(form):
        _check(person, form.code.data or "")
    if form.errors:
        return _show(form, 422)
    begin_session(person)
    db.session.commit()
    return go_to(local_path(request.form.get("next")) or url_for("pages.home"))


def _check(person: Person, code: str) -> None:
    two_factor = find_two_factor(person)
    # It may have been turned off in another browser since the first step.
    if two_factor is not None:
        verify_second_factor(
            two_factor, person, code, current_actor(person), current_settings().app_keys
        )


def _show(form: CodeForm, status: int = 200) -> Response:
    return render(
        "accounts/second_step.html",
        form=form,
        next_url=local_path(request.values.get("next")) or "",
        by_recovery_code=request.values.get("with") == "recovery",
        http_status=status,
    )


def _start_again() -> Response:
    flash("The sign-in took too long or was ended elsewhere. Start again.", "error")
    return go_to(url_for("accounts.login", next=local_path(request.values.get("next"))))
