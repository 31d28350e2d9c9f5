"""Where a person is signed in, and how they sign out there from here."""

from flask import Blueprint, Response, flash, session, url_for
from flask_login import current_user, logout_user

from pitchbar.accounts.access import signed_in
from pitchbar.accounts.actors import current_actor
from pitchbar.accounts.sessions.services import end_session, end_sessions, get_session
from pitchbar.accounts.sign_in.flow import current_session, touch_current_session
from pitchbar.core.devices import read_device
from pitchbar.core.htmx import go_to
from pitchbar.events.services import record_event
from pitchbar.extensions import db

bp = Blueprint("sessions", __name__)
bp.before_app_request(touch_current_session)


@bp.post("/account/sessions/<int:session_id>/end")
@signed_in
def end(session_id: int) -> Response:
    ended, this = get_session(current_user, session_id), current_session()
    device = read_device(ended.user_agent).name
    is_this = this is not None and ended.id == this.id
    end_session(ended)
    facts = {"device": device, "ip": ended.ip}
    record_event("account.session_ended", current_user, by=current_actor(), before=facts)
    db.session.commit()
    if is_this:
        logout_user()
        session.clear()
        return go_to(url_for("accounts.login"))
    flash(f"{device} is signed out.", "success")
    return go_to(url_for("profile.show"))


@bp.post("/account/sessions/end-others")
@signed_in
def end_others() -> Response:
    ended = end_sessions(current_user, keep=current_session())
    record_event(
        "account.other_sessions_ended",
        current_user,
        by=current_actor(),
        before={"count": ended},
    )
    db.session.commit()
    flash("Every other browser is signed out.", "success")
    return go_to(url_for("profile.show"))
