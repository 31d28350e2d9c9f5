"""The timeline of whoever had a conversation, beside its thread."""

from flask import render_template
from markupsafe import Markup

from pitchbar.chat.models import Conversation
from pitchbar.visitors.showing import timeline_of_conversation
from pitchbar.workspaces.models import Workspace


def panel(workspace: Workspace, conversation: Conversation) -> Markup:
    """The element `timeline`; its page names `visitors.css`."""
    steps = timeline_of_conversation(workspace, conversation.id)
    page = render_template("visitors/_timeline.html", steps_html=steps, workspace=workspace)
    return Markup(page)  # noqa: S704  # a template has escaped it
