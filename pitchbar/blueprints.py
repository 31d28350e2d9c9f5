"""Every blueprint of the application, in one list."""

from flask import Flask

from pitchbar.extensions import csrf


def register_blueprints(app: Flask) -> None:  # noqa: PLR0915  # a list
    from pitchbar.accounts.email_change import views as email_change
    from pitchbar.accounts.identities import views as identities
    from pitchbar.accounts.passwords import views as passwords
    from pitchbar.accounts.profile import views as profile
    from pitchbar.accounts.reauthentication import views as reauthentication
    from pitchbar.accounts.sessions import views as sessions
    from pitchbar.accounts.sign_in import second_step_views
    from pitchbar.accounts.sign_in import views as sign_in
    from pitchbar.accounts.two_factor import views as two_factor
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
    from pitchbar.workspaces import settings_views as workspace_settings
    from pitchbar.workspaces import views as workspaces
    from pitchbar.workspaces.audit import views as audit
    from pitchbar.workspaces.deletion import views as deletion
    from pitchbar.workspaces.invitations import joining_views
    from pitchbar.workspaces.invitations import views as invitations
    from pitchbar.workspaces.members import views as members
    from pitchbar.workspaces.ownership import views as ownership
    from pitchbar.workspaces.tokens import api as tokens_api
    from pitchbar.workspaces.tokens import views as tokens

    for feature in (pages, sign_in, workspaces, codes, scans, operations, mailbox):
        app.register_blueprint(feature.bp)
    for page in (queue_views, job_views, schedule_views, metrics, tokens, api_docs):
        app.register_blueprint(page.bp)
    people = (members, invitations, joining_views, ownership, deletion)
    for part in (*people, workspace_settings, audit, code_settings):
        app.register_blueprint(part.bp)
    for own in (second_step_views, reauthentication, passwords, identities):
        app.register_blueprint(own.bp)
    for own in (profile, email_change, sessions, two_factor):
        app.register_blueprint(own.bp)
    for api in (workspaces_api, codes_api, scans_api, tokens_api, tick_views):
        # A bearer token is not sent by a browser on its own, so no form can be forged with it.
        csrf.exempt(api.bp)
        app.register_blueprint(api.bp)


def register_subscribers() -> None:
    """Who hears of events that lower features tell."""
    from pitchbar.codes import subscribers as codes
    from pitchbar.scans import subscribers as scans

    for feature in (codes, scans):
        feature.register()
