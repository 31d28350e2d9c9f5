"""Every blueprint of the application, in one list."""

from flask import Flask

from pitchbar.extensions import csrf


def register_blueprints(app: Flask) -> None:
    from pitchbar.accounts import (
        confirm_views,
        email_views,
        google_views,
        profile_views,
        reset_views,
        second_step_views,
        session_views,
        two_factor_views,
    )
    from pitchbar.accounts import views as accounts
    from pitchbar.codes import api as codes_api
    from pitchbar.codes import views as codes
    from pitchbar.operations import mailbox
    from pitchbar.operations import views as operations
    from pitchbar.pages import views as pages
    from pitchbar.scans import api as scans_api
    from pitchbar.scans import views as scans
    from pitchbar.workspaces import api as workspaces_api
    from pitchbar.workspaces import views as workspaces

    for feature in (pages, accounts, workspaces, codes, scans, operations, mailbox):
        app.register_blueprint(feature.bp)
    for own in (second_step_views, confirm_views, reset_views, google_views):
        app.register_blueprint(own.bp)
    for own in (profile_views, email_views, session_views, two_factor_views):
        app.register_blueprint(own.bp)
    for api in (workspaces_api, codes_api, scans_api):
        # A bearer token is not sent by a browser on its own, so no form can be forged with it.
        csrf.exempt(api.bp)
        app.register_blueprint(api.bp)
