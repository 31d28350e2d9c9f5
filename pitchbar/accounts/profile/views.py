"""`/account`: the page of a person's own account, and what its forms change."""

from flask import Blueprint, Response, flash, request, session, url_for
from flask_login import current_user

from pitchbar.accounts.access import signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.email_change.services import find_email_change
from pitchbar.accounts.forms import NameForm, PasswordChangeForm
from pitchbar.accounts.limits import rate, signed_in_key
from pitchbar.accounts.passwords.services import change_password, require_password
from pitchbar.accounts.passwords.strength import require_strong_password
from pitchbar.accounts.queries import find_identity, find_two_factor
from pitchbar.accounts.services import rename_person
from pitchbar.accounts.sessions.services import list_sessions
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.sign_in.flow import begin_session, current_session
from pitchbar.accounts.two_factor.recovery_codes import count_recovery_codes
from pitchbar.core.devices import read_device
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db, limiter
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings

bp = Blueprint("profile", __name__)


@bp.get("/account")
@signed_in
def show() -> Response:
    if "from" in request.args:
        # The workspace to lead back to; the page looks whether it is one of theirs.
        session["account_from"] = request.args["from"][:48]
        return go_to(url_for("profile.show"))
    return _show()


@bp.post("/account/name")
@signed_in
def rename() -> Response:
    form = NameForm()
    if not form.validate():
        return _show(name_form=form, status=422)
    rename_person(current_user, form.name.data or "", current_actor())
    db.session.commit()
    flash("Your name is saved.", "success")
    return go_to(url_for("profile.show"))


@bp.post("/account/password")
@signed_in
@limiter.limit(rate(lambda own: own.ratelimit_confirm))
@limiter.limit(rate(lambda own: own.ratelimit_confirm), key_func=signed_in_key)
def update_password() -> Response:
    form, person = PasswordChangeForm(), current_user._get_current_object()
    if not form.is_accepted(
        current_password=lambda: require_password(person, form.current_password.data or ""),
        password=lambda: require_strong_password(
            form.password.data or "", email=person.email, name=person.name
        ),
    ):
        return _show(password_form=form, status=422)
    with form_errors(form):
        change_password(
            person,
            form.current_password.data or "",
            form.password.data or "",
            current_actor(person),
        )
    if form.errors:
        return _show(password_form=form, status=422)
    begin_session(person)
    db.session.commit()
    flash("Your password is changed, and every other browser is signed out.", "success")
    return go_to(url_for("profile.show"))


def _show(
    *,
    name_form: NameForm | None = None,
    password_form: PasswordChangeForm | None = None,
    status: int = 200,
) -> Response:
    settings = current_settings()
    return render(
        "accounts/account.html",
        name_form=name_form or NameForm(formdata=None, obj=current_user),
        password_form=password_form or PasswordChangeForm(formdata=None),
        email_change=find_email_change(current_user, settings),
        two_factor=find_two_factor(current_user),
        recovery_codes_left=count_recovery_codes(current_user),
        google=find_identity(current_user),
        sessions=list_sessions(current_user, settings[AccountSettings].session_days),
        current_session=current_session(),
        device_of=read_device,
        http_status=status,
    )
