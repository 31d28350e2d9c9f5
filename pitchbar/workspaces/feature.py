"""Workspaces: members, invitations, ownership, tokens, audit log, settings, deletion."""

from pitchbar.core.features import Feature, NavigationItem
from pitchbar.workspaces import (
    api,
    audit_views,
    invitation_views,
    joining_views,
    member_views,
    owner_views,
    settings_views,
    tasks,
    tokens_views,
    views,
)
from pitchbar.workspaces.commands import purge, tokens, users

FEATURE = Feature(
    requires=("accounts",),
    blueprints=(
        views.bp,
        tokens_views.bp,
        member_views.bp,
        invitation_views.bp,
        joining_views.bp,
        owner_views.bp,
        settings_views.bp,
        audit_views.bp,
    ),
    api_blueprints=(api.bp,),
    tasks=(tasks,),
    navigation=(
        NavigationItem("Manage", 10, "manage_members", "members.index", "users", "Members"),
        NavigationItem("Manage", 30, "manage_tokens", "tokens.index", "key-round", "API"),
        NavigationItem("Manage", 60, "view_audit", "audit.index", "scroll-text", "Audit log"),
        NavigationItem("Manage", 90, "manage_settings", "settings.edit", "settings", "Settings"),
    ),
    commands=(users, tokens, purge),
)
