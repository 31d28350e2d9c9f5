"""The second step of signing in: a code of the authenticator app, or a recovery code."""

from flask import Blueprint, Response, flash, request, url_for

from pitchbar.accounts.access import open_to_all, own_path
from pitchbar.accounts.account_forms import CodeForm
from pitchbar.accounts.limits import rate
from pitchbar.accounts.models import Person
from pitchbar.accounts.queries import find_two_factor
from pitchbar.accounts.signing_in import acting, begin_session, find_pending
from pitchbar.accounts.two_factor import check_second_step
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError
from pitchbar.extensions import db, limiter, request_address
from pitchbar.settings import current_settings

bp = Blueprint("second_step", __name__)


def _account_key() -> str:
    person = find_pending()
    return f"person:{person.id}" if person else request_address()


@bp.get("/login/two-factor")
@open_to_all
def show() -> Response:
    return _show(CodeForm()) if find_pending() else _start_again()


@bp.post("/login/two-factor")
@open_to_all
@limiter.limit(rate(lambda own: own.ratelimit_two_factor))
@limiter.limit(rate(lambda own: own.ratelimit_two_factor), key_func=_account_key)
@limiter.limit(rate(lambda own: own.ratelimit_two_factor_account), key_func=_account_key)
def check() -> Response:
    person = find_pending()
    if person is None:
        return _start_again()
    form = CodeForm()
    if not form.validate():
        return _show(form, 422)
    try:
        _check(person, form.code.data or "")
    except DomainError as error:
        form.take_errors(error)
        return _show(form, 422)
    begin_session(person)
    db.session.commit()
    return go_to(own_path(request.form.get("next")) or url_for("pages.home"))


def _check(person: Person, code: str) -> None:
    two_factor = find_two_factor(person)
    # It may have been turned off in another browser since the first step.
    if two_factor is not None:
        check_second_step(two_factor, person, code, acting(person), current_settings().app_key)


def _show(form: CodeForm, status: int = 200) -> Response:
    return render(
        "accounts/second_step.html",
        form=form,
        next_url=own_path(request.values.get("next")) or "",
        by_recovery_code=request.values.get("with") == "recovery",
        http_status=status,
    )


def _start_again() -> Response:
    flash("The sign-in took too long or was ended elsewhere. Start again.", "error")
    return go_to(url_for("accounts.login", next=own_path(request.values.get("next"))))
