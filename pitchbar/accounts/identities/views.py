"""Sign-in with Google, and linking it to an account that is there."""

import logging
from typing import Any

from flask import Blueprint, Response, flash, request, session, url_for
from flask_login import current_user

from pitchbar.accounts.access import local_path, open_to_all, signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.identities.services import (
    create_person_from_google,
    link_identity,
    unlink_identity,
)
from pitchbar.accounts.limits import rate
from pitchbar.accounts.queries import find_person_by_email, find_person_of_identity
from pitchbar.accounts.reauthentication.access import (
    is_recently_authenticated,
    mark_reauthenticated,
    recently_authenticated,
)
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.sign_in.flow import (
    begin_session,
    is_still_valid,
    link_after_password,
    pending_google_link,
    start_or_challenge,
    timestamped,
)
from pitchbar.accounts.verification.access import is_unproven, proven_address
from pitchbar.clients.identity import (
    Claims,
    IdentityError,
    IdentityProvider,
    Refused,
    UnverifiedEmail,
    make_identity_provider,
)
from pitchbar.core.htmx import go_to, render
from pitchbar.errors import DomainError, NotFound
from pitchbar.extensions import db, limiter
from pitchbar.settings import current_settings

log = logging.getLogger(__name__)
bp = Blueprint("google", __name__)

_FLOW = "google_flow"


@bp.app_context_processor
def _offer() -> dict[str, object]:
    return {
        "has_google": current_settings()[AccountSettings].has_google,
        "google_to_link": pending_google_link(),
    }


@bp.get("/login/google")
@open_to_all
def sign_in() -> Response:
    return _start_flow("sign_in", url_for("accounts.login"))


@bp.get("/login/confirm/google")
@open_to_all
def confirm() -> Response:
    back = url_for("confirm.show", next=local_path(request.args.get("next")))
    return _start_flow("confirm", back) if current_user.is_authenticated else go_to(back)


@bp.get("/account/google")
@signed_in
@recently_authenticated()
@proven_address
def new() -> Response:
    _provider()
    return render("accounts/google.html")


@bp.get("/account/google/link")
@open_to_all
def link() -> Response:
    """Leads on from the page above, never straight from a form that was sent: browsers apply the
    page's `form-action` to each redirect after it, and stop at Google.
    """
    if is_unproven() or not is_recently_authenticated(minutes=15):
        return go_to(url_for("google.new"))
    return _start_flow("link", url_for("profile.show"))


@bp.get("/login/google/callback")
@open_to_all
@limiter.limit(rate(lambda own: own.ratelimit_login))
def callback() -> Response:
    # Taken out, so that no answer is read twice.
    flow: dict[str, Any] = session.pop(_FLOW, None) or {}
    try:
        if not is_still_valid(flow):
            raise IdentityError("no flow was begun in this browser")
        claims = _provider().finish(request.args, flow["kept"])
        response = _finish_flow(flow, claims)
    except (IdentityError, DomainError) as error:
        db.session.rollback()
        return _fail(error, flow.get("back") or url_for("accounts.login"))
    db.session.commit()
    return response


@bp.post("/account/google/unlink")
@signed_in
@recently_authenticated()
def unlink() -> Response:
    try:
        unlink_identity(current_user, current_actor())
    except DomainError as error:
        db.session.rollback()
        flash(error.message, "error")
    else:
        db.session.commit()
        flash("Google can no longer sign in to your account.", "success")
    return go_to(url_for("profile.show"))


def _provider() -> IdentityProvider:
    settings = current_settings()
    if not settings[AccountSettings].has_google:
        raise NotFound
    return make_identity_provider(
        settings[AccountSettings].google_client_id,
        settings[AccountSettings].google_client_secret,
        settings[AccountSettings].google_server_metadata_url,
    )


def _start_flow(purpose: str, back: str) -> Response:
    """Sends the browser to Google; `back` is where to say that it failed."""
    provider = _provider()
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        # Another site has no business starting this; its visitor can still do it here.
        return go_to(back)
    callback_url = current_settings().app_url + url_for("google.callback")
    try:
        url, kept = provider.begin(callback_url)
    except IdentityError as error:
        return _fail(error, back)
    next_url = local_path(request.args.get("next"))
    session[_FLOW] = timestamped(purpose=purpose, back=back, next=next_url, kept=kept)
    return go_to(url)


def _finish_flow(flow: dict[str, Any], claims: Claims) -> Response:
    if flow["purpose"] == "sign_in":
        return _sign_in(claims, flow["next"])
    if not current_user.is_authenticated:
        raise IdentityError("the session ended meanwhile")
    if flow["purpose"] == "link":
        link_identity(current_user, claims, current_actor())
        flash("You can now sign in with Google.", "success")
        return go_to(flow["back"])
    holder = find_person_of_identity(claims.subject)
    if holder is None or holder.id != current_user.id:
        raise IdentityError("confirmed by the Google account of somebody else")
    mark_reauthenticated()
    return go_to(flow["next"] or url_for("profile.show"))


def _sign_in(claims: Claims, next_url: str | None) -> Response:
    person = find_person_of_identity(claims.subject)
    if person is not None:
        return start_or_challenge(person, next_url)
    namesake = find_person_by_email(claims.email)
    if namesake is not None:
        # Whoever made that account may not own the address: its password decides.
        link_after_password(namesake, claims)
        return go_to(url_for("accounts.login", next=next_url))
    begin_session(create_person_from_google(claims))
    return go_to(url_for("workspaces.new"))


def _fail(error: IdentityError | DomainError, back: str) -> Response:
    if isinstance(error, DomainError):
        sentence = error.message
    elif isinstance(error, Refused):
        sentence = "Google did not sign you in. Nothing was changed."
    elif isinstance(error, UnverifiedEmail):
        sentence = "Google has not verified the e-mail address of this account. Verify it there."
    else:
        log.warning("Google sign-in failed: %s", error)
        sentence = "Signing in with Google did not work. Try again."
    flash(sentence, "error")
    return go_to(back)
