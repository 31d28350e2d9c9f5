import re
import unicodedata

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from pitchbar.accounts.models import Person
from pitchbar.core.tokens import new_short_code
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.workspaces.errors import SlugTaken
from pitchbar.workspaces.models import Membership, OldSlug, Workspace
from pitchbar.workspaces.plans import FREE
from pitchbar.workspaces.queries import find_workspace
from pitchbar.workspaces.roles import OWNER

_SLUG_MAX = 40


def create_workspace(
    *, name: str, time_zone: str, owner: Person, slug: str = "", plan: str = FREE
) -> Workspace:
    """Adds a workspace that the person owns; the slug comes from the name unless given."""
    wanted = slug or slugify(name)
    for candidate in (wanted, *(f"{wanted}-{new_short_code()[:4]}" for _ in range(5))):
        if db.session.scalar(select(Workspace.id).where(Workspace.slug == candidate)):
            continue
        workspace = Workspace(slug=candidate, name=name.strip(), time_zone=time_zone, plan=plan)
        try:
            with db.session.begin_nested():
                db.session.add(workspace)
        except IntegrityError:  # somebody took the slug meanwhile
            continue
        db.session.add(Membership(workspace_id=workspace.id, person_id=owner.id, role=OWNER))
        db.session.flush()
        return workspace
    raise RuntimeError("no free slug found")


def update_workspace(
    workspace: Workspace,
    by: Actor,
    *,
    name: str,
    slug: str,
    time_zone: str,
    colour: str | None = None,
) -> None:
    """Addresses with the old slug lead to the new one from now on. Without a colour it keeps its
    own; an empty one is none.

    Raises:
        SlugTaken
    """
    before = _snapshot(workspace)
    if slug != workspace.slug:
        _rename(workspace, slug)
    workspace.name, workspace.time_zone = name, time_zone
    workspace.colour = workspace.colour if colour is None else colour
    db.session.flush()
    record_update(workspace, by, before, _snapshot(workspace))


def require_free_slug(workspace: Workspace, slug: str) -> None:
    """Raises SlugTaken."""
    holder = find_workspace(slug)
    if holder is not None and holder.id != workspace.id:
        raise SlugTaken(slug)


def _rename(workspace: Workspace, slug: str) -> None:
    # A slug in use is nobody's old slug any more, and one's own old slug may be used again.
    db.session.execute(delete(OldSlug).where(OldSlug.slug.in_([slug, workspace.slug])))
    db.session.add(OldSlug(slug=workspace.slug, workspace_id=workspace.id))
    workspace.slug = slug
    try:
        with db.session.begin_nested():
            db.session.flush()
    except IntegrityError:  # the unique index decides, also when two ask at once
        raise SlugTaken(slug) from None


def record_update(
    workspace: Workspace, by: Actor, before: dict[str, str], after: dict[str, str]
) -> None:
    """One audit entry for changed settings; none when everything stayed."""
    if before != after:
        record_event("workspace.updated", workspace, by=by, before=before, after=after)


def _snapshot(workspace: Workspace) -> dict[str, str]:
    return {name: getattr(workspace, name) for name in ("name", "slug", "time_zone", "colour")}


def slugify(name: str) -> str:
    """ "Café Zürich!" as "cafe-zurich"; "workspace" when nothing Latin is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_MAX].strip("-") or "workspace"
