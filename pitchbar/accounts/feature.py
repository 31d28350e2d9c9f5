"""Accounts: signing in and up, passwords, e-mail address, two-factor, Google, sessions."""

from datetime import timedelta

from flask import Flask

from pitchbar.accounts.checks import CHECKS
from pitchbar.accounts.email_change import views as email_change
from pitchbar.accounts.error_frame import frame_of_error
from pitchbar.accounts.identities import views as identities
from pitchbar.accounts.passwords import views as passwords
from pitchbar.accounts.profile import views as profile
from pitchbar.accounts.reauthentication import views as reauthentication
from pitchbar.accounts.sessions import views as sessions
from pitchbar.accounts.settings import AccountSettings
from pitchbar.accounts.sign_in import second_step_views
from pitchbar.accounts.sign_in import views as sign_in
from pitchbar.accounts.two_factor import views as two_factor
from pitchbar.accounts.verification import views as verification
from pitchbar.core.features import Feature
from pitchbar.settings import Settings


def configure(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    app.permanent_session_lifetime = timedelta(days=settings[AccountSettings].session_days)


FEATURE = Feature(
    blueprints=(
        sign_in.bp,
        second_step_views.bp,
        reauthentication.bp,
        passwords.bp,
        identities.bp,
        profile.bp,
        email_change.bp,
        verification.bp,
        sessions.bp,
        two_factor.bp,
    ),
    configure=configure,
    error_frame=frame_of_error,
    checks=CHECKS,
)
