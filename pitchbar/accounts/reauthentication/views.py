"""`/login/confirm`: where `recently_authenticated` leads."""

from flask import Blueprint, Response, request
from flask_login import current_user

from pitchbar.accounts.access import local_path, signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.errors import WrongPassword
from pitchbar.accounts.forms import CodeForm, ReauthenticationForm
from pitchbar.accounts.limits import rate, signed_in_key
from pitchbar.accounts.passwords.hashing import verify_password
from pitchbar.accounts.queries import find_identity, find_two_factor
from pitchbar.accounts.reauthentication.access import mark_reauthenticated, return_to_requested_page
from pitchbar.accounts.two_factor.services import verify_second_factor
from pitchbar.core.htmx import render
from pitchbar.extensions import db, limiter
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings

bp = Blueprint("confirm", __name__)


@bp.get("/login/confirm")
@signed_in
def show() -> Response:
    return _show(_form())


@bp.post("/login/confirm")
@signed_in
@limiter.limit(rate(lambda own: own.ratelimit_confirm))
@limiter.limit(rate(lambda own: own.ratelimit_confirm), key_func=signed_in_key)
def confirm() -> Response:
    form = _form()
    if not form.validate():
        return _show(form, 422)
    with form_errors(form):
        _check(form)
    if form.errors:
        return _show(form, 422)
    mark_reauthenticated()
    db.session.commit()
    return return_to_requested_page()


def _form() -> ReauthenticationForm | CodeForm:
    """The password, or a code for who has an app and no password."""
    if not current_user.has_password and find_two_factor(current_user):
        return CodeForm()
    return ReauthenticationForm()


def _check(form: ReauthenticationForm | CodeForm) -> None:
    two_factor = find_two_factor(current_user)
    if isinstance(form, ReauthenticationForm) or two_factor is None:
        if not verify_password(form.data["password"], current_user.password_hash):
            raise WrongPassword
        return
    key = current_settings().app_keys
    verify_second_factor(two_factor, current_user, form.data["code"], current_actor(), key)


def _show(form: ReauthenticationForm | CodeForm, status: int = 200) -> Response:
    return render(
        "accounts/confirm.html",
        form=form,
        next_url=local_path(request.values.get("next")) or "",
        identity=find_identity(current_user),
        http_status=status,
    )
