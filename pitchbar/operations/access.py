"""Who runs this installation."""

from flask import current_app
from flask_login import current_user

from pitchbar.settings import Settings


def is_operator() -> bool:
    """Anyone with an account in development; elsewhere those that OPS_EMAIL_ALLOWLIST names."""
    settings: Settings = current_app.extensions["settings"]
    if not current_user.is_authenticated:
        return False
    return settings.is_development or current_user.email in settings.ops_email_allowlist
