"""Two-factor sign-in: set up, recovery codes, turn off."""

from collections.abc import Sequence
from io import BytesIO

import segno
from flask import Blueprint, Response, flash, make_response, url_for
from flask_login import current_user

from pitchbar.accounts.access import signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.forms import CodeForm
from pitchbar.accounts.limits import rate, signed_in_key
from pitchbar.accounts.models import TwoFactor
from pitchbar.accounts.queries import find_two_factor
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.accounts.two_factor.recovery_codes import count_recovery_codes, renew_recovery_codes
from pitchbar.accounts.two_factor.services import (
    decrypt_secret,
    disable_two_factor,
    enable_two_factor,
    find_setup,
    provisioning_uri,
    start_setup,
)
from pitchbar.accounts.verification.access import proven_address
from pitchbar.core.form_pages import form_on
from pitchbar.core.htmx import go_to, render
from pitchbar.core.shown_once import show_once, take_shown_once
from pitchbar.errors import NotFound
from pitchbar.extensions import db, limiter
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings

bp = Blueprint("two_factor", __name__, url_prefix="/account/two-factor")


@bp.post("/setup")
@signed_in
@recently_authenticated()
@proven_address
def create() -> Response:
    start_setup(current_user, current_settings().app_keys)
    db.session.commit()
    return go_to(url_for("two_factor.show"))


@bp.get("/setup")
@signed_in
@recently_authenticated()
@proven_address
def show() -> Response:
    setup = find_setup(current_user)
    return _show(setup, CodeForm()) if setup else go_to(url_for("profile.show"))


@bp.get("/setup/qr.svg")
@signed_in
@recently_authenticated()
@proven_address
def image() -> Response:
    """The address for the authenticator app, as an image that only its owner can fetch."""
    setup = find_setup(current_user)
    if setup is None:
        raise NotFound
    address = provisioning_uri(setup, current_user, current_settings().app_keys)
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=2)
    return make_response(out.getvalue(), 200, {"Content-Type": "image/svg+xml"})


@bp.post("/activation")
@signed_in
@limiter.limit(rate(lambda own: own.ratelimit_two_factor), key_func=signed_in_key)
@recently_authenticated()
@proven_address
@form_on("two_factor.show")
def activate() -> Response:
    setup, form = find_setup(current_user), CodeForm()
    if setup is None:
        return go_to(url_for("profile.show"))
    if not form.validate():
        return _show(setup, form, 422)
    by, key = current_actor(), current_settings().app_keys
    with form_errors(form):
        codes = enable_two_factor(setup, current_user, form.code.data or "", by, key)
    if form.errors:
        return _show(setup, form, 422)
    db.session.commit()
    return _show_once(codes, is_new=True)


@bp.get("/recovery-codes")
@signed_in
@recently_authenticated()
def show_codes() -> Response:
    if find_two_factor(current_user) is None:
        return go_to(url_for("profile.show"))
    kept = take_shown_once("recovery_codes")
    if kept:
        return render("accounts/recovery_codes.html", **kept)
    return render("accounts/recovery_codes_new.html", left=count_recovery_codes(current_user))


@bp.post("/recovery-codes")
@signed_in
@recently_authenticated()
def create_codes() -> Response:
    if find_two_factor(current_user) is None:
        return go_to(url_for("profile.show"))
    codes = renew_recovery_codes(current_user, current_actor())
    db.session.commit()
    return _show_once(codes, is_new=False)


@bp.get("/removal")
@signed_in
@recently_authenticated()
def confirm_removal() -> Response:
    if find_two_factor(current_user) is None:
        return go_to(url_for("profile.show"))
    return render("accounts/two_factor_off.html", left=count_recovery_codes(current_user))


@bp.post("/removal")
@signed_in
@recently_authenticated()
def remove() -> Response:
    if find_two_factor(current_user):
        disable_two_factor(current_user, current_actor())
        db.session.commit()
        flash("Two-factor sign-in is off.", "success")
    return go_to(url_for("profile.show"))


def _show_once(codes: Sequence[str], *, is_new: bool) -> Response:
    show_once("recovery_codes", {"codes": list(codes), "is_new": is_new})
    return go_to(url_for("two_factor.show_codes"))


def _show(setup: TwoFactor, form: CodeForm, status: int = 200) -> Response:
    secret = decrypt_secret(setup, current_settings().app_keys)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return render("accounts/two_factor_setup.html", form=form, secret=groups, http_status=status)
