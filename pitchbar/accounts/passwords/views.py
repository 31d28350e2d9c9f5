"""A forgotten password: ask for a link, open it, set a new one."""

from flask import Blueprint, Response, flash, request, session, url_for
from flask_login import current_user, logout_user

from pitchbar.accounts.access import open_to_all
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.errors import InvalidLink, WeakPassword
from pitchbar.accounts.forms import ForgottenForm, ResetForm
from pitchbar.accounts.limits import rate, typed_email_key
from pitchbar.accounts.passwords.services import (
    request_password_reset,
    reset_password,
    verify_reset_token,
)
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.sign_in.devices import (
    device_key,
    find_device,
    is_known_device,
    is_unknown_device,
    remember_device,
)
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db, limiter
from pitchbar.mailing.budgets import spend
from pitchbar.settings import current_settings

bp = Blueprint("reset", __name__)


@bp.get("/password/forgotten")
@open_to_all
def new() -> Response:
    form = ForgottenForm()
    if current_user.is_authenticated:
        form.email.data = current_user.email
    return render("accounts/forgotten.html", form=form)


@bp.post("/password/forgotten")
@open_to_all
@limiter.limit(rate(lambda own: own.ratelimit_reset), exempt_when=is_known_device)
@limiter.limit(
    rate(lambda own: own.ratelimit_reset), key_func=device_key, exempt_when=is_unknown_device
)
def create() -> Response:
    """The answer is the same when no more mail goes to the address for now: who it belongs to has
    a link already that still works, and strangers learn nothing.
    """
    form = ForgottenForm()
    if not form.validate():
        return render("accounts/forgotten.html", form=form, http_status=422)
    if _may_mail():
        request_password_reset(form.email.data or "", current_settings())
        db.session.commit()
    minutes = current_settings()[AccountSettings].password_reset_minutes
    return render("accounts/reset_sent.html", email=form.email.data, minutes=minutes)


def _may_mail() -> bool:
    """An address gets so many and no more, whoever asks; its owner, on a device of theirs, has a
    budget that others cannot use up.
    """
    own = current_settings()[AccountSettings]
    if spend(own.ratelimit_reset_account, "reset", typed_email_key()):
        return True
    device = find_device()
    return device is not None and spend(own.ratelimit_reset_account, "reset", device)


@bp.get("/password/reset")
@open_to_all
def edit() -> Response:
    """The link of the mail. Its token stands in the query, which no log keeps."""
    try:
        verify_reset_token(request.args.get("token", ""), current_settings())
    except InvalidLink as error:
        return _show_invalid_link(error)
    return _show(ResetForm())


@bp.post("/password/reset")
@open_to_all
@limiter.limit(rate(lambda own: own.ratelimit_reset))
def update() -> Response:
    form = ResetForm()
    try:
        person = verify_reset_token(request.form.get("token", ""), current_settings())
        if not form.validate():
            return _show(form, 422)
        reset_password(person, form.password.data or "", current_actor(person))
    except InvalidLink as error:
        db.session.rollback()
        return _show_invalid_link(error)
    except WeakPassword as error:
        db.session.rollback()
        form.take_errors(error)
        return _show(form, 422)
    db.session.commit()
    logout_user()
    session.clear()
    flash("Your password is changed. Sign in with the new one.", "success")
    response = go_to(url_for("accounts.login"))
    # The mailed link says whose device this is: so there is a way in whatever strangers try.
    remember_device(person, response)
    return response


def _show(form: ResetForm, status: int = 200) -> Response:
    token = request.values.get("token", "")
    return render("accounts/reset.html", form=form, token=token, http_status=status)


def _show_invalid_link(error: InvalidLink) -> Response:
    return render("accounts/reset_dead.html", message=error.message, http_status=error.status)
