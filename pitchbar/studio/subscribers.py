from sqlalchemy import delete, select

from pitchbar.codes.models import Code
from pitchbar.codes.pictures import register_painter
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.studio.logos import forget_objects
from pitchbar.studio.models import (
    DesignBrand,
    DesignEdit,
    DesignImage,
    DesignTemplate,
    ScanCheck,
)
from pitchbar.studio.painting import PAINTER
from pitchbar.studio.templates import first_design


def register() -> None:
    register_painter(PAINTER)
    subscribe("code.created", start_with_default)
    subscribe("workspace.purged", erase_designs)


def start_with_default(event: Event) -> None:
    """A new code looks as the workspace's codes do; the correction that was chosen for it stays."""
    code = db.session.get(Code, int(event.subject.id))
    if code is not None and not code.design:
        code.design = first_design(code.workspace_id, code.error_correction)


def erase_designs(event: Event) -> None:
    workspace_id = int(event.subject.id)
    images = select(DesignImage).where(DesignImage.workspace_id == workspace_id)
    if keys := [image.key for image in db.session.scalars(images)]:
        forget_objects(current_settings(), keys)
    for model in (ScanCheck, DesignEdit, DesignBrand, DesignImage, DesignTemplate):
        db.session.execute(delete(model).where(model.workspace_id == workspace_id))
