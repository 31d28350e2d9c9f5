"""Who gets the weekly mail."""

from collections.abc import Sequence

from pitchbar.accounts.models import Person
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.workspaces.mailing_lists.links import Subscription
from pitchbar.workspaces.mailing_lists.services import accept_list, keep_wanted, refuse_list
from pitchbar.workspaces.members.queries import list_members
from pitchbar.workspaces.models import Workspace

LIST = "summary"


def set_wanted(workspace: Workspace, person: Person, by: Actor, *, is_wanted: bool) -> None:
    """Whether the person gets the mail of this workspace."""
    subscription = Subscription(workspace.id, person.email, LIST)
    if is_wanted:
        accept_list(subscription)
    else:
        refuse_list(subscription)
    name = "summary.wanted" if is_wanted else "summary.refused"
    record_event(name, workspace, by=by, after={"email": person.email})


def is_wanted(workspace: Workspace, person: Person) -> bool:
    return bool(keep_wanted(workspace.id, LIST, [person.email]))


def list_recipients(workspace: Workspace) -> Sequence[str]:
    """Members whose address is proven, and who did not refuse."""
    people = [member.person for member in list_members(workspace)]
    return keep_wanted(workspace.id, LIST, [one.email for one in people if one.verified_at])
