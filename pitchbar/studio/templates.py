"""Designs under a name, and the colours that they are made of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from pitchbar.core import clock
from pitchbar.events.actors import Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.studio.errors import TemplateNotFound, TooManyTemplates
from pitchbar.studio.models import DesignBrand, DesignTemplate
from pitchbar.symbols.design import Design
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import Workspace

MOST_TEMPLATES = 200
MOST_COLOURS = 12


def create_template(
    workspace: Workspace, by: Actor, *, name: str, design: Design, is_default: bool = False
) -> DesignTemplate:
    """Raises TooManyTemplates."""
    lock_workspace(workspace.id)
    count = select(func.count()).where(DesignTemplate.workspace_id == workspace.id)
    if (db.session.scalar(count) or 0) >= MOST_TEMPLATES:
        raise TooManyTemplates(MOST_TEMPLATES)
    template = DesignTemplate(
        workspace_id=workspace.id,
        name=name,
        design=_stored(design),
        created_by_id=by.id if by.kind == "person" else None,
    )
    db.session.add(template)
    db.session.flush()
    record_event("design_template.created", template, by=by, after=_snapshot(template))
    if is_default:
        choose_default(workspace, template, by)
    return template


def update_template(
    template: DesignTemplate, by: Actor, *, name: str | None = None, design: Design | None = None
) -> None:
    before = _snapshot(template)
    template.name = template.name if name is None else name
    template.design = template.design if design is None else _stored(design)
    db.session.flush()
    if _snapshot(template) != before:
        record_event(
            "design_template.updated", template, by=by, before=before, after=_snapshot(template)
        )


def delete_template(template: DesignTemplate, by: Actor) -> None:
    """Codes that were drawn by it keep their design."""
    record_event("design_template.deleted", template, by=by, before=_snapshot(template))
    db.session.delete(template)


def choose_default(workspace: Workspace, template: DesignTemplate | None, by: Actor) -> None:
    """What new codes start with; None for the plain symbol."""
    lock_workspace(workspace.id)
    before = find_default(workspace.id)
    if before is template:
        return
    of_workspace = DesignTemplate.workspace_id == workspace.id
    others = update(DesignTemplate).where(of_workspace, DesignTemplate.is_default)
    db.session.execute(others.values(is_default=False, updated_at=DesignTemplate.updated_at))
    if template is not None:
        template.is_default = True
    db.session.flush()
    record_event(
        "design_template.chosen",
        template or before or workspace,
        by=by,
        before={"default": before.name if before else None},
        after={"default": template.name if template else None},
    )


def get_template(workspace: Workspace, template_id: int) -> DesignTemplate:
    """Raises TemplateNotFound."""
    template = db.session.get(DesignTemplate, template_id)
    if template is None or template.workspace_id != workspace.id:
        raise TemplateNotFound
    return template


def find_default(workspace_id: int) -> DesignTemplate | None:
    chosen = select(DesignTemplate).where(
        DesignTemplate.workspace_id == workspace_id, DesignTemplate.is_default
    )
    return db.session.scalars(chosen.order_by(DesignTemplate.id)).first()


def first_design(workspace_id: int, error_correction: str) -> dict[str, Any] | None:
    """The `design` of a new code: that of the workspace's codes, with the correction that was
    chosen for this one; None for the plain symbol.
    """
    template = find_default(workspace_id)
    if template is None:
        return None
    stored = Design.read(template.design, error_correction=error_correction).stored()
    return {name: value for name, value in stored.items() if name != "error_correction"} or None


def list_templates(
    workspace: Workspace, count: int = MOST_TEMPLATES, after: int = 0
) -> list[DesignTemplate]:
    """The oldest first, those after that id."""
    of_workspace = select(DesignTemplate).where(
        DesignTemplate.workspace_id == workspace.id, DesignTemplate.id > after
    )
    return list(db.session.scalars(of_workspace.order_by(DesignTemplate.id).limit(count)))


def brand_colours(workspace: Workspace) -> list[str]:
    """Those that were chosen; until then that of the workspace's own pages."""
    brand = db.session.get(DesignBrand, workspace.id)
    if brand is not None:
        return brand.colours
    return [workspace.colour] if workspace.colour else []


def set_brand_colours(workspace: Workspace, colours: Sequence[str], by: Actor) -> None:
    """Each as `#0b7a5c`; doubles are left out."""
    before = brand_colours(workspace)
    after = list(dict.fromkeys(colours))[:MOST_COLOURS]
    brand = db.session.get(DesignBrand, workspace.id)
    if brand is None:
        lock_workspace(workspace.id)
        brand = db.session.get(DesignBrand, workspace.id)
    if brand is None:
        brand = DesignBrand(workspace_id=workspace.id, colours=after)
        db.session.add(brand)
    brand.colours, brand.updated_at = after, clock.now()
    if before != after:
        record_event(
            "design_brand.updated",
            workspace,
            by=by,
            before={"colours": before},
            after={"colours": after},
        )


def _stored(design: Design) -> dict[str, Any]:
    return {**design.stored(), "error_correction": design.error_correction}


def _snapshot(template: DesignTemplate) -> dict[str, Any]:
    return {"name": template.name, "design": dict(template.design)}
