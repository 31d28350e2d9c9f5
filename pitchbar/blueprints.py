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
    from pitchbar.codes import settings_views as code_settings
    from pitchbar.codes import views as codes
    from pitchbar.operations import (
        job_views,
        mailbox,
        metrics,
        queue_views,
        schedule_views,
        tick_views,
    )
    from pitchbar.operations import views as operations
    from pitchbar.pages import api as workspaces_api
    from pitchbar.pages import api_docs
    from pitchbar.pages import views as pages
    from pitchbar.scans import api as scans_api
    from pitchbar.scans import views as scans
    from pitchbar.workspaces import api as tokens_api
    from pitchbar.workspaces import (
        audit_views,
        invitation_views,
        joining_views,
        member_views,
        owner_views,
        settings_views,
    )
    from pitchbar.workspaces import tokens_views as tokens
    from pitchbar.workspaces import views as workspaces

    for feature in (pages, accounts, workspaces, codes, scans, operations, mailbox):
        app.register_blueprint(feature.bp)
    for page in (queue_views, job_views, schedule_views, metrics, tokens, api_docs):
        app.register_blueprint(page.bp)
    people = (member_views, invitation_views, joining_views, owner_views)
    for part in (*people, settings_views, audit_views, code_settings):
        app.register_blueprint(part.bp)
    for own in (second_step_views, confirm_views, reset_views, google_views):
        app.register_blueprint(own.bp)
    for own in (profile_views, email_views, session_views, two_factor_views):
        app.register_blueprint(own.bp)
    for api in (workspaces_api, codes_api, scans_api, tokens_api, tick_views):
        # A bearer token is not sent by a browser on its own, so no form can be forged with it.
        csrf.exempt(api.bp)
        app.register_blueprint(api.bp)


def register_subscribers() -> None:
    """Who hears of events that lower features tell."""
    from pitchbar.codes import subscribers as codes
    from pitchbar.scans import code_panels
    from pitchbar.scans import subscribers as scans

    for feature in (codes, scans, code_panels):
        feature.register()
