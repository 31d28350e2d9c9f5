"""Change of the account's address: ask, confirm by the link, or give it up."""

from flask import Blueprint, Response, flash, request, url_for
from flask_login import current_user

from pitchbar.accounts.access import signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.email_change.services import (
    cancel_email_change,
    confirm_email_change,
    request_email_change,
    verify_email_change_token,
)
from pitchbar.accounts.forms import EmailChangeForm
from pitchbar.accounts.limits import rate, signed_in_key
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.accounts.sign_in.flow import current_session
from pitchbar.accounts.verification.access import is_unproven
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError
from pitchbar.extensions import db, limiter
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings

bp = Blueprint("email_change", __name__)


@bp.get("/account/email")
@signed_in
@recently_authenticated()
def new() -> Response:
    if is_unproven():
        return go_to(url_for("verification.edit"))
    return _show(EmailChangeForm())


@bp.post("/account/email")
@signed_in
@limiter.limit(rate(lambda own: own.ratelimit_verification), key_func=signed_in_key)
@recently_authenticated()
def create() -> Response:
    if is_unproven():
        return go_to(url_for("verification.edit"))
    form, settings = EmailChangeForm(), current_settings()
    if not form.validate():
        return _show(form, 422)
    by = current_actor()
    with form_errors(form):
        change = request_email_change(current_user, form.email.data or "", by, settings)
    if form.errors:
        return _show(form, 422)
    db.session.commit()
    flash(f"Open the link that we sent to {change.new_email}.", "success")
    return go_to(url_for("profile.show"))


@bp.get("/account/email/confirm")
@signed_in
def show() -> Response:
    try:
        change = verify_email_change_token(
            current_user, request.args.get("token", ""), current_settings()
        )
    except DomainError as error:
        db.session.rollback()
        return _show_invalid_link(error)
    token = request.args["token"]
    return render("accounts/email_confirm.html", change=change, token=token)


@bp.post("/account/email/confirm")
@signed_in
def confirm() -> Response:
    try:
        change = verify_email_change_token(
            current_user, request.form.get("token", ""), current_settings()
        )
        confirm_email_change(current_user, change, current_actor(), keep=current_session())
    except DomainError as error:
        db.session.rollback()
        return _show_invalid_link(error)
    db.session.commit()
    flash(f"Your address is {current_user.email} now.", "success")
    return go_to(url_for("profile.show"))


@bp.post("/account/email/cancel")
@signed_in
@form_on("profile.show")
def cancel() -> Response:
    cancel_email_change(current_user)
    db.session.commit()
    flash("Your address stays as it is.", "success")
    return go_to(url_for("profile.show"))


def _show(form: EmailChangeForm, status: int = 200) -> Response:
    return render("accounts/email.html", form=form, http_status=status)


def _show_invalid_link(error: DomainError) -> Response:
    return render("accounts/email_dead.html", message=error.message, http_status=error.status)
