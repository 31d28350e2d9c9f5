"""`/login/confirm`: where `recently_confirmed` leads."""

from flask import Blueprint, Response, request
from flask_login import current_user

from pitchbar.accounts.access import own_path, signed_in
from pitchbar.accounts.account_forms import CodeForm, ConfirmForm
from pitchbar.accounts.confirmation import after_confirmation, note_confirmation
from pitchbar.accounts.errors import WrongPassword
from pitchbar.accounts.limits import rate, signed_in_account
from pitchbar.accounts.passwords import password_fits
from pitchbar.accounts.queries import find_identity, find_two_factor
from pitchbar.accounts.signing_in import acting
from pitchbar.accounts.two_factor import check_second_step
from pitchbar.core.htmx import render
from pitchbar.errors import DomainError
from pitchbar.extensions import db, limiter
from pitchbar.settings import current_settings

bp = Blueprint("confirm", __name__)


@bp.get("/login/confirm")
@signed_in
def show() -> Response:
    return _show(_form())


@bp.post("/login/confirm")
@signed_in
@limiter.limit(rate(lambda own: own.ratelimit_confirm))
@limiter.limit(rate(lambda own: own.ratelimit_confirm), key_func=signed_in_account)
def confirm() -> Response:
    form = _form()
    if not form.validate():
        return _show(form, 422)
    try:
        _check(form)
    except DomainError as error:
        form.take_errors(error)
        return _show(form, 422)
    note_confirmation()
    db.session.commit()
    return after_confirmation()


def _form() -> ConfirmForm | CodeForm:
    """The password, or a code for who has an app and no password."""
    if not current_user.has_password and find_two_factor(current_user):
        return CodeForm()
    return ConfirmForm()


def _check(form: ConfirmForm | CodeForm) -> None:
    two_factor = find_two_factor(current_user)
    if isinstance(form, ConfirmForm) or two_factor is None:
        if not password_fits(form.data["password"], current_user.password_hash):
            raise WrongPassword
        return
    key = current_settings().app_key
    check_second_step(two_factor, current_user, form.data["code"], acting(current_user), key)


def _show(form: ConfirmForm | CodeForm, status: int = 200) -> Response:
    return render(
        "accounts/confirm.html",
        form=form,
        next_url=own_path(request.values.get("next")) or "",
        identity=find_identity(current_user),
        http_status=status,
    )
