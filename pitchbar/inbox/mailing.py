"""Mail to members: that a visitor asks for a person, that a conversation was given to them, or that
they were named in a note. It quotes nothing that a visitor wrote, as mail outlives what is erased.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.chat.models import Conversation
from pitchbar.extensions import db
from pitchbar.inbox.members import list_on_call
from pitchbar.settings import current_settings
from pitchbar.workspaces.mailing_lists.kinds import declare_list
from pitchbar.workspaces.mailing_lists.services import queue_list_mail
from pitchbar.workspaces.models import Workspace

ON_CALL, NAMED = "inbox-requests", "inbox-mentions"


def declare_lists() -> None:
    declare_list(ON_CALL, lambda _workspace_id, _rest: "visitors who ask for a person")
    declare_list(
        NAMED, lambda _workspace_id, _rest: "conversations that are given to you or name you"
    )


def mail_people_on_call(public_id: UUID) -> None:
    found = select(Conversation).where(Conversation.public_id == public_id)
    conversation = db.session.scalars(found).one_or_none()
    if conversation is None or conversation.human_requested_at is None:
        return
    if conversation.taken_over_by is not None:
        return
    agent = _agent_name(conversation)
    _send(
        conversation,
        ON_CALL,
        list_on_call(conversation.workspace_id),
        subject=f"A visitor asks for a person ({agent})",
        text=f"Somebody who speaks with {agent} would like to speak with one of you.",
    )


def mail_given(conversation: Conversation, to: Person, by: Person) -> None:
    _send(
        conversation,
        NAMED,
        [to.email] if to.verified_at else [],
        subject=f"{by.name} gave a conversation to you",
        text=f"{by.name} gave you a conversation that a visitor has with "
        f"{_agent_name(conversation)}. You answer in it from now on.",
    )


def mail_named(conversation: Conversation, people: Sequence[Person], by: Person) -> None:
    _send(
        conversation,
        NAMED,
        [one.email for one in people if one.verified_at],
        subject=f"{by.name} named you in a note",
        text=f"{by.name} wrote a note that names you, beside a conversation that a visitor has "
        f"with {_agent_name(conversation)}.",
    )


def _send(
    conversation: Conversation, list_key: str, to: Sequence[str], *, subject: str, text: str
) -> None:
    workspace = db.session.get_one(Workspace, conversation.workspace_id)
    page = f"{current_settings().app_url}/w/{workspace.slug}/conversations"
    queue_list_mail(
        "inbox/told",
        workspace_id=workspace.id,
        list_key=list_key,
        to=to,
        subject=subject,
        text=text,
        workspace_name=workspace.name,
        link=f"{page}/{conversation.public_id}",
    )


def _agent_name(conversation: Conversation) -> str:
    agent = db.session.get(Agent, conversation.agent_id)
    return agent.name if agent else "an agent of before"
