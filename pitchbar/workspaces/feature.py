"""Workspaces: members, invitations, ownership, tokens, audit log, settings, deletion."""

from pitchbar.core.features import Act, Feature, NavigationItem
from pitchbar.workspaces import settings_views, subscribers, tasks, views
from pitchbar.workspaces.account_deletion import views as account_deletion
from pitchbar.workspaces.audit import views as audit
from pitchbar.workspaces.commands import purge, tokens, users
from pitchbar.workspaces.deletion import views as deletion
from pitchbar.workspaces.error_frame import frame_of_error
from pitchbar.workspaces.invitations import joining_views
from pitchbar.workspaces.invitations import views as invitations
from pitchbar.workspaces.mailing_lists import views as mailing_lists
from pitchbar.workspaces.members import views as members
from pitchbar.workspaces.ownership import views as ownership
from pitchbar.workspaces.tokens import api as tokens_api
from pitchbar.workspaces.tokens import views as token_views

FEATURE = Feature(
    requires=("accounts",),
    blueprints=(
        views.bp,
        token_views.bp,
        members.bp,
        invitations.bp,
        joining_views.bp,
        ownership.bp,
        deletion.bp,
        settings_views.bp,
        audit.bp,
        account_deletion.bp,
        mailing_lists.bp,
    ),
    api_blueprints=(tokens_api.bp, tokens_api.own_bp),
    tasks=(tasks,),
    subscribe=subscribers.register,
    error_frame=frame_of_error,
    navigation=(
        NavigationItem(
            "Manage", 10, "manage_members", "members.index", "users", "Members", keys="g m"
        ),
        NavigationItem(
            "Manage", 30, "manage_tokens", "tokens.index", "key-round", "API", keys="g t"
        ),
        NavigationItem(
            "Manage", 60, "view_audit", "audit.index", "scroll-text", "Audit log", keys="g a"
        ),
        NavigationItem(
            "Manage", 90, "manage_settings", "settings.edit", "settings", "Settings", keys="g s"
        ),
    ),
    acts=(
        Act("manage_members", "members.index", "send", "Invite somebody", anchor="invite-form"),
        Act("manage_tokens", "tokens.index", "key-round", "New token", anchor="token-form"),
    ),
    commands=(users, tokens, purge),
)
