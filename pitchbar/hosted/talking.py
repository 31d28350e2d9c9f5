"""From nothing to a printed code that answers: a name, what it knows, and the code. What was typed
stands in a row from the first step on.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import select

from pitchbar.agents.errors import TooManyAgents
from pitchbar.agents.models import Agent
from pitchbar.agents.queries import count_agents, get_agent
from pitchbar.agents.services import create_agent, publish_agent
from pitchbar.agents.settings import AgentSettings
from pitchbar.codes.models import Code
from pitchbar.codes.queries import count_active_codes, get_code
from pitchbar.codes.services import create_code
from pitchbar.core import clock
from pitchbar.core.database import MAX_ID
from pitchbar.core.text import storable
from pitchbar.errors import DomainError, NotFound
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.hosted.models import TEXT, TalkingCode
from pitchbar.hosted.visiting import page_address
from pitchbar.settings import Settings
from pitchbar.sources.errors import TooManySources
from pitchbar.sources.models import Source
from pitchbar.sources.plan_pages import count_pages
from pitchbar.sources.queries import count_sources, get_source
from pitchbar.sources.services import create_source, delete_source
from pitchbar.sources.settings import SourceSettings
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import find_lack
from pitchbar.workspaces.plans import AGENTS, CODES, PAGES, SOURCES

Found = TypeVar("Found")
MOST_NAME = 80
_MOST_DRAFTS = 5


class NothingRead(DomainError):
    def __init__(self) -> None:
        super().__init__("It has nothing to answer from yet. Wait until the text is read.")


class MissingName(DomainError):
    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, fields={"name": sentence})


def list_unfinished(workspace: Workspace) -> Sequence[TalkingCode]:
    mine = select(TalkingCode).where(
        TalkingCode.workspace_id == workspace.id, TalkingCode.code_id.is_(None)
    )
    return db.session.scalars(mine.order_by(TalkingCode.id.desc()).limit(_MOST_DRAFTS)).all()


def get_draft(workspace: Workspace, draft_id: int) -> TalkingCode:
    draft = db.session.get(TalkingCode, draft_id) if draft_id <= MAX_ID else None
    if draft is None or draft.workspace_id != workspace.id:
        raise NotFound
    return draft


def find_limits(workspace: Workspace, settings: Settings) -> list[str]:
    """What would be refused in a later step, said before anything is typed."""
    counts = (
        (CODES, lambda: count_active_codes(workspace)),
        (AGENTS, lambda: count_agents(workspace)),
        (SOURCES, lambda: count_sources(workspace)),
        (PAGES, lambda: count_pages(workspace)),
    )
    lacks = (find_lack(workspace.plan, limit, count) for limit, count in counts)
    found = [lack for lack in lacks if lack]
    if found:
        return found
    most = settings[AgentSettings].agents_per_workspace
    if count_agents(workspace) >= most:
        found.append(TooManyAgents(most).message)
    most = settings[SourceSettings].sources_per_workspace
    if count_sources(workspace) >= most:
        found.append(TooManySources(most).message)
    return found


def begin_draft(workspace: Workspace, by: Actor, name: str) -> TalkingCode:
    """Raises MissingName."""
    draft = TalkingCode(workspace_id=workspace.id, name=_clean_name(name), made_by=by.id)
    db.session.add(draft)
    db.session.flush()
    record_event("talking_code.begun", draft, by=by, after={"name": draft.name})
    return draft


def give_knowledge(
    workspace: Workspace,
    draft: TalkingCode,
    by: Actor,
    settings: Settings,
    *,
    kind: str,
    typed: str,
) -> Source:
    """Makes the source, and begins to read it; one that this draft had before goes.

    Raises:
        InvalidSource, PlanLimitReached, TooManySources
    """
    _lock(draft)
    before = find_source(workspace, draft)
    if before is not None and draft.agent_id is None:
        delete_source(before, by)
        # The next one may get its number.
        db.session.expunge(before)
    text, url = (typed, "") if kind == TEXT else ("", typed)
    draft.kind, draft.updated_at = kind, clock.now()
    draft.text, draft.url = text, url[:2048]
    name = draft.name if kind == TEXT else ""
    source = create_source(workspace, by, settings, kind=kind, name=name, text=text, url=url)
    draft.source_id = source.id
    db.session.flush()
    return source


def finish(workspace: Workspace, draft: TalkingCode, by: Actor, settings: Settings) -> Code:
    """Makes the agent, publishes it, and makes the code that leads to its page; once.

    Raises:
        NothingRead, TooManyAgents, PlanLimitReached
    """
    _lock(draft)
    made = find_code(workspace, draft)
    if made is not None:
        return made
    source = find_source(workspace, draft)
    if source is None or source.active_generation_id is None:
        raise NothingRead
    agent = find_agent(workspace, draft)
    if agent is None:
        agent = create_agent(
            workspace,
            by,
            settings,
            name=draft.name,
            source_ids=(source.id,),
            accent=workspace.colour or "#0b7a5c",
        )
        publish_agent(agent, by, settings)
        draft.agent_id = agent.id
    code = create_code(
        workspace,
        by,
        settings,
        name=draft.name,
        destination_url=page_address(agent.public_id),
        attribution=True,
        error_correction="Q",
    )
    draft.code_id, draft.updated_at = code.id, clock.now()
    # What was pasted stands in the source by now.
    draft.text = ""
    db.session.flush()
    return code


def discard(draft: TalkingCode, by: Actor) -> None:
    """What was made of it stays."""
    record_event("talking_code.discarded", draft, by=by, before={"name": draft.name})
    db.session.delete(draft)
    db.session.flush()


def find_source(workspace: Workspace, draft: TalkingCode) -> Source | None:
    return _found(get_source, workspace, draft.source_id)


def find_agent(workspace: Workspace, draft: TalkingCode) -> Agent | None:
    return _found(get_agent, workspace, draft.agent_id)


def find_code(workspace: Workspace, draft: TalkingCode) -> Code | None:
    return _found(get_code, workspace, draft.code_id)


def _found(
    get: Callable[[Workspace, int], Found], workspace: Workspace, wanted: int | None
) -> Found | None:
    """None for what was deleted since."""
    if wanted is None:
        return None
    try:
        return get(workspace, wanted)
    except NotFound:
        return None


def _lock(draft: TalkingCode) -> None:
    """Two clicks make one."""
    db.session.refresh(draft, with_for_update=True)


def _clean_name(name: str) -> str:
    cleaned = " ".join(storable(name).split())
    if not cleaned:
        raise MissingName("Give it a name. Visitors see it above the answers.")
    if len(cleaned) > MOST_NAME:
        raise MissingName(f"Use at most {MOST_NAME} characters.")
    return cleaned
