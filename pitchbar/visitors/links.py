"""Where a conversation is read as a whole: in the inbox, where there is one."""

from flask import current_app, url_for

from pitchbar.chat.models import Conversation
from pitchbar.workspaces.models import Workspace

_INBOX = "inbox.show"


def conversation_url(workspace: Workspace, conversation: Conversation) -> str:
    if _INBOX in current_app.view_functions:
        public_id = conversation.public_id
        return url_for(_INBOX, slug=workspace.slug, conversation_id=public_id)
    return url_for("visitors.show", slug=workspace.slug, talk_id=conversation.id)
