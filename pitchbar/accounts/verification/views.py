"""`/account/address`: prove that the address is one's own, or correct it."""

from flask import Blueprint, Response, flash, request, url_for
from flask_login import current_user

from pitchbar.accounts.access import local_path, open_to_all, signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.errors import InvalidLink
from pitchbar.accounts.forms import AddressCorrectionForm
from pitchbar.accounts.limits import count_taken, limit_new_addresses, rate, signed_in_key
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.accounts.sign_in.flow import current_session
from pitchbar.accounts.verification.proof import prove_address
from pitchbar.accounts.verification.services import (
    VerificationLink,
    correct_address,
    read_verification_token,
    send_verification,
)
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError
from pitchbar.extensions import db, limiter
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings

bp = Blueprint("verification", __name__, url_prefix="/account/address")


@bp.get("")
@signed_in
def show() -> Response:
    """Where those are led who asked for something that needs a proven address."""
    next_url = local_path(request.args.get("next")) or ""
    if current_user.is_proven:
        return go_to(next_url or url_for("profile.show"))
    return render("accounts/unproven.html", next_url=next_url)


@bp.post("/delivery")
@signed_in
@limiter.limit(rate(lambda own: own.ratelimit_verification), key_func=signed_in_key)
def send() -> Response:
    next_url = local_path(request.form.get("next")) or ""
    if current_user.is_proven:
        flash("Your address is proven already.", "success")
    else:
        send_verification(current_user, current_settings(), next_url)
        db.session.commit()
        flash(f"Open the link that we sent to {current_user.email}.", "success")
    return go_to(next_url or url_for("pages.home"))


@bp.get("/correction")
@signed_in
@recently_authenticated()
def edit() -> Response:
    if current_user.is_proven:
        return go_to(url_for("email_change.new"))
    return _show_correction(AddressCorrectionForm(formdata=None, obj=current_user))


@bp.post("/correction")
@signed_in
@limit_new_addresses
@recently_authenticated()
def correct() -> Response:
    if current_user.is_proven:
        return go_to(url_for("email_change.new"))
    form = AddressCorrectionForm()
    if not form.validate():
        return _show_correction(form, 422)
    with form_errors(form):
        correct_address(current_user, form.email.data or "", current_actor(), current_settings())
    count_taken(form)
    if form.errors:
        return _show_correction(form, 422)
    db.session.commit()
    flash(f"Open the link that we sent to {current_user.email}.", "success")
    return go_to(url_for("pages.home"))


@bp.get("/proof")
@open_to_all
def confirm() -> Response:
    """The link of the mail. It proves nothing by itself: mail scanners open links too."""
    try:
        link = read_verification_token(request.args.get("token", ""), current_settings())
    except InvalidLink as error:
        return _show_invalid_link(error)
    return _show_confirmation(link, request.args["token"])


@bp.post("/proof")
@open_to_all
def prove() -> Response:
    token = request.form.get("token", "")
    try:
        link = read_verification_token(token, current_settings())
        if not _is_own(link):
            return _show_confirmation(link, token)
        prove_address(current_user, current_actor(), keep=current_session())
    except InvalidLink as error:
        db.session.rollback()
        return _show_invalid_link(error)
    db.session.commit()
    flash("Thank you. Your address is proven.", "success")
    return go_to(local_path(link.next_url) or url_for("pages.home"))


def _is_own(link: VerificationLink) -> bool:
    """The mailbox alone does not do: a stranger may have made the account, with a password that
    only they know. Who owns the address and not the password sets a new one, by mail.
    """
    return bool(current_user.is_authenticated) and current_user.id == link.person.id


def _show_confirmation(link: VerificationLink, token: str) -> Response:
    page = "accounts/proof.html" if _is_own(link) else "accounts/proof_sign_in.html"
    return render(page, token=token, email=link.person.email)


def _show_correction(form: AddressCorrectionForm, status: int = 200) -> Response:
    return render("accounts/address.html", form=form, http_status=status)


def _show_invalid_link(error: DomainError) -> Response:
    return render("accounts/proof_dead.html", message=error.message, http_status=error.status)
