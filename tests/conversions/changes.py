from typing import Any

from pitchbar.conversions.models import OldPixelKey
from pitchbar.extensions import db
from tests.support.changes import Change
from tests.support.factories import People


def old_key(people: People) -> dict[str, Any]:
    key = f"px_{people.workspace.id:024x}"
    db.session.add(OldPixelKey(key=key, workspace_id=people.workspace.id))
    db.session.commit()
    return {"key": key}


CHANGES = {
    "POST /w/<slug>/conversions/key": Change(),
    "POST /w/<slug>/conversions/keys/<key>/removal": Change(parts=old_key),
}
