from sqlalchemy import delete

from pitchbar.conversions.models import Conversion, ConversionDay, OldPixelKey, RefusedCalls
from pitchbar.conversions.outward import declare_events
from pitchbar.events.services import Event, subscribe
from pitchbar.extensions import db


def register() -> None:
    subscribe("workspace.purged", delete_conversions)
    declare_events()


def delete_conversions(event: Event) -> None:
    """All conversions of the workspace, their rollups and its keys go with it."""
    for model in (Conversion, ConversionDay, RefusedCalls, OldPixelKey):
        of_workspace = model.workspace_id == int(event.subject.id)
        db.session.execute(
            delete(model).where(of_workspace).execution_options(synchronize_session=False)
        )
