"""How many pages a workspace has, and whether there is room for one more: a plan has so many for
all sources together, and a file or a text is one of them.
"""

from collections.abc import Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from pitchbar.extensions import db
from pitchbar.sources.models import (
    HELD,
    READ,
    SKIPPED,
    UNCHANGED,
    UNDER_WAY,
    Generation,
    Page,
    Source,
)
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.plan_limits import full_sentence
from pitchbar.workspaces.plans import PAGES, find_plan

# Of a page that was left out, as its reason.
BEYOND = "plan_limit"


def count_pages_of(workspace_ids: Sequence[int]) -> dict[int, int]:
    """That answer, by workspace: as many as the sources' generations have documents."""
    query = (
        select(Source.workspace_id, func.sum(Generation.documents))
        .join(Generation, Generation.id == Source.active_generation_id)
        .where(Source.workspace_id.in_(workspace_ids))
        .group_by(Source.workspace_id)
    )
    return {row[0]: int(row[1] or 0) for row in db.session.execute(query)}


def count_pages(workspace: Workspace) -> int:
    """That answer, and those that will once they are indexed, or somebody lets them."""
    known = aliased(Page)
    answers_already = exists().where(
        known.generation_id == Source.active_generation_id,
        known.url_hash == Page.url_hash,
        known.document_id.is_not(None),
    )
    coming = (
        select(func.count())
        .select_from(Generation)
        .join(Source, Source.id == Generation.source_id)
        .join(Page, Page.generation_id == Generation.id)
        .where(
            Source.workspace_id == workspace.id,
            Generation.state.in_((*UNDER_WAY, HELD)),
            Page.state.in_((READ, UNCHANGED)),
            ~answers_already,
        )
    )
    there = count_pages_of([workspace.id]).get(workspace.id, 0)
    return there + (db.session.scalar(coming) or 0)


def find_lack_of_pages(workspace_id: int, *, is_last_word: bool = False) -> str:
    """Why a page that did not answer before is left out; empty where there is room.

    Args:
        is_last_word: the page is stored next; until the commit nobody else takes its place.
    """
    workspace = db.session.get_one(Workspace, workspace_id)
    plan = find_plan(workspace.plan)
    most = plan.most(PAGES)
    if most is None:
        return ""
    if is_last_word:
        lock_workspace(workspace_id)
    if count_pages(workspace) < most:
        return ""
    return f"Left out: {full_sentence(plan, PAGES, most)}"


def count_left_out(generation: Generation) -> int:
    """Pages for which the plan had no room."""
    query = select(func.count()).where(
        Page.generation_id == generation.id, Page.state == SKIPPED, Page.reason == BEYOND
    )
    return db.session.scalar(query) or 0
