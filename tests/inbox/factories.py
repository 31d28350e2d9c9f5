"""Conversations for tests of the inbox, and of who builds on it."""

from typing import Any

from pitchbar.accounts.models import Person
from pitchbar.agents.models import Agent
from pitchbar.chat.models import Conversation
from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.extensions import db
from pitchbar.workspaces.models import Workspace
from tests.agents.factories import make_agent
from tests.curation.factories import make_conversation, say


def make_thread(workspace: Workspace, agent: Agent | None = None, **fields: Any) -> Conversation:
    """With a question and its answer."""
    conversation = make_conversation(agent or make_agent(workspace))
    say(conversation, "Do you sell spare wheels?")
    conversation.messages = 2
    for name, value in fields.items():
        setattr(conversation, name, value)
    db.session.commit()
    return conversation


def make_waiting(workspace: Workspace) -> Conversation:
    return make_thread(workspace, human_requested_at=clock.now())


def make_held(workspace: Workspace, by: Person) -> Conversation:
    return make_thread(workspace, taken_over_by=by.id, human_requested_at=clock.now())


def actor_of(person: Person) -> Actor:
    return Actor("person", person.id, person.name)
