from flask import Blueprint, Response, flash, jsonify, request, session, url_for
from flask_login import current_user, logout_user
from flask_wtf.csrf import generate_csrf

from pitchbar.accounts.access import local_path, open_to_all
from pitchbar.accounts.forms import SignInForm, SignUpForm
from pitchbar.accounts.limits import count_taken, limit_new_addresses
from pitchbar.accounts.passwords.strength import require_strong_password
from pitchbar.accounts.services import authenticate, create_person, require_free_address
from pitchbar.accounts.sessions.services import end_session
from pitchbar.accounts.sign_in.flow import (
    begin_session,
    current_session,
    load_person,
    start_or_challenge,
)
from pitchbar.accounts.sign_in.limits import limit_sign_in
from pitchbar.accounts.verification.services import send_verification
from pitchbar.core.htmx import go_to, render
from pitchbar.extensions import db, login_manager
from pitchbar.forms import form_errors
from pitchbar.settings import current_settings

bp = Blueprint("accounts", __name__)
login_manager.user_loader(load_person)


@bp.get("/login")
@open_to_all
def login() -> Response:
    if current_user.is_authenticated:
        return go_to(local_path(request.args.get("next")) or url_for("pages.home"))
    return _show_login(SignInForm())


@bp.post("/login")
@open_to_all
@limit_sign_in
def sign_in() -> Response:
    form = SignInForm()
    if not form.validate():
        return _show_login(form, 422)
    with form_errors(form):
        person = authenticate(**form.entered())
    if form.errors:
        # One of the two is wrong: it is typed anew.
        form.password.data = ""
        return _show_login(form, 422)
    response = start_or_challenge(person, local_path(request.form.get("next")))
    db.session.commit()
    return response


@bp.get("/signup")
@open_to_all
def signup() -> Response:
    if current_user.is_authenticated:
        return go_to(local_path(request.args.get("next")) or url_for("pages.home"))
    return _show_signup(SignUpForm())


@bp.post("/signup")
@open_to_all
@limit_new_addresses
def create_account() -> Response:
    form = SignUpForm()
    if form.is_accepted(
        email=lambda: require_free_address(form.email.data or ""),
        password=lambda: require_strong_password(**form.entered()),
    ):
        with form_errors(form):
            person = create_person(**form.entered())
    count_taken(form)
    if form.errors:
        return _show_signup(form, 422)
    next_url = local_path(request.form.get("next")) or ""
    send_verification(person, current_settings(), next_url)
    begin_session(person)
    db.session.commit()
    return go_to(next_url or url_for("workspaces.new"))


@bp.post("/logout")
@open_to_all
def logout() -> Response:
    record = current_session()
    if record is not None:
        end_session(record)
        db.session.commit()
    logout_user()
    session.clear()
    flash("You are signed out.", "success")
    return go_to(local_path(request.form.get("next")) or url_for("accounts.login"))


@bp.get("/session")
@open_to_all
def state() -> Response:
    """Asked by forms.js before a form is sent: whether the session still stands, and the token
    that belongs to it now.
    """
    person = current_user.id if current_user.is_authenticated else None
    return jsonify(person=person, csrf_token=generate_csrf())


def _show_signup(form: SignUpForm, status: int = 200) -> Response:
    next_url = local_path(request.values.get("next")) or ""
    return render("accounts/signup.html", form=form, next_url=next_url, http_status=status)


def _show_login(form: SignInForm, status: int = 200) -> Response:
    next_url = local_path(request.values.get("next")) or ""
    return render("accounts/login.html", form=form, next_url=next_url, http_status=status)
