"""`/account/deletion`: a person takes their account away."""

from flask import Blueprint, Response, flash, session, url_for
from flask_login import current_user, logout_user

from pitchbar.accounts.access import signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.reauthentication.access import recently_authenticated
from pitchbar.core.htmx import go_to, render
from pitchbar.events.settings import AuditSettings
from pitchbar.extensions import db
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings
from pitchbar.workspaces.account_deletion.services import delete_account, load_consequences
from pitchbar.workspaces.forms import AccountDeletionForm

bp = Blueprint("account_deletion", __name__, url_prefix="/account/deletion")


@bp.get("")
@signed_in
@recently_authenticated()
def confirm() -> Response:
    return _show(AccountDeletionForm())


@bp.post("")
@signed_in
@recently_authenticated()
def delete() -> Response:
    form, person = AccountDeletionForm(), current_user._get_current_object()
    with form_errors(form):
        delete_account(person, current_actor(), confirmation=form.confirmation.data or "")
    if form.errors:
        return _show(form, form.http_status)
    db.session.commit()
    logout_user()
    session.clear()
    flash("Your account is deleted. A message to your address says so, too.", "success")
    return go_to(url_for("accounts.login"))


def _show(form: AccountDeletionForm, status: int = 200) -> Response:
    return render(
        "workspaces/account_deletion.html",
        form=form,
        going_with=load_consequences(current_user),
        audit_days=current_settings()[AuditSettings].audit_retention_days,
        http_status=status,
    )
