from typing import Any

from flask import Flask

from pitchbar.events.actors import SYSTEM
from pitchbar.workspaces.invitations.links import invitation_token
from pitchbar.workspaces.invitations.services import invite
from pitchbar.workspaces.mailing_lists.links import Subscription, unsubscribe_token
from tests.support.factories import People, add_member
from tests.support.members import make_offer, membership_of


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    """A member to act on, an invitation of the outsider, and an offer to the plain member."""
    settings = app.extensions["settings"]
    workspace = people.workspace
    spare = membership_of(add_member(workspace, "editor"), workspace)
    by = {"by_role": "owner", "role": "member", "email": people.outsider.email}
    invitation = invite(workspace, SYSTEM, settings, **by)
    make_offer(workspace, people.member)
    return {
        "slug": workspace.slug,
        "member_id": spare.id,
        "invitation_id": invitation.id,
        "token": invitation_token(invitation, settings),
        "token_id": 0,
        "list_token": unsubscribe_token(
            Subscription(workspace.id, people.member.email, "alerts"), settings
        ),
    }
