"""Whether a visitor agreed to what the agent asks for before anything is written."""

from collections.abc import Mapping

from pitchbar.chat.access import Caller
from pitchbar.chat.errors import ConsentNeeded
from pitchbar.chat.queries import find_consent
from pitchbar.chat.recent import recent
from pitchbar.core import clock


def consent_of(caller: Caller, page: Mapping[str, str], is_given: bool) -> str:
    """When they agreed, as ISO 8601; empty where the agent asks for nothing.

    Args:
        page: what `recent` knows of the conversation.
        is_given: with this very call.

    Raises ConsentNeeded.
    """
    if not caller.agent.config.consent.text:
        return ""
    known = page.get("consented_at", "")
    if known:
        return known
    found = find_consent(caller.agent.workspace_id, caller.token.conversation)
    if found is not None:
        return found.isoformat()
    if not is_given:
        raise ConsentNeeded
    return clock.now().isoformat()


def is_wanted(caller: Caller) -> bool:
    """Whether they are still to agree."""
    try:
        consent_of(caller, recent().page(caller.token.conversation), is_given=False)
    except ConsentNeeded:
        return True
    return False


def give_consent(caller: Caller) -> None:
    """By itself, before anything is written; it is kept with the first message."""
    known, conversation = recent(), caller.token.conversation
    page = known.page(conversation)
    known.put_page(conversation, {**page, "consented_at": consent_of(caller, page, is_given=True)})
