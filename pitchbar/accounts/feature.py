"""Accounts: signing in and up, passwords, e-mail address, two-factor, Google, sessions."""

from datetime import timedelta

from flask import Flask

from pitchbar.accounts import (
    confirm_views,
    email_views,
    google_views,
    profile_views,
    reset_views,
    second_step_views,
    session_views,
    two_factor_views,
    views,
)
from pitchbar.accounts.settings import AccountSettings
from pitchbar.core.features import Feature
from pitchbar.settings import Settings


def configure(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    app.permanent_session_lifetime = timedelta(days=settings[AccountSettings].session_days)


FEATURE = Feature(
    blueprints=(
        views.bp,
        second_step_views.bp,
        confirm_views.bp,
        reset_views.bp,
        google_views.bp,
        profile_views.bp,
        email_views.bp,
        session_views.bp,
        two_factor_views.bp,
    ),
    configure=configure,
)
