from typing import Any

from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.sources.models import HELD, KEPT, Generation, Source
from pitchbar.sources.services import pause_source
from tests.sources.factories import make_source
from tests.support.changes import Change
from tests.support.factories import People

_TEXT = "Opening hours: 9 to 5."


def _read(people: People, state: str = HELD) -> dict[str, Any]:
    source = make_source(people.workspace, "text", text=_TEXT)
    generation = db.session.query(Generation).filter_by(source_id=source.id).one()
    generation.state, source.status = state, "indexed"
    db.session.commit()
    return {"source_id": source.id, "number": generation.number}


def _source(people: People) -> dict[str, Any]:
    return {"source_id": _read(people)["source_id"]}


def _paused(people: People) -> dict[str, Any]:
    found = _source(people)
    pause_source(db.session.get_one(Source, found["source_id"]), SYSTEM)
    db.session.commit()
    return found


def _held(people: People) -> dict[str, Any]:
    return _read(people)


def _kept(people: People) -> dict[str, Any]:
    return _read(people, KEPT)


_API = "/api/v1/workspaces/<slug>/sources"
_ONE = f"{_API}/<int:source_id>"
_PAGE = "/w/<slug>/sources"
_SOURCE = f"{_PAGE}/<int:source_id>"
_VERSION = "versions/<int:number>"

CHANGES = {
    f"POST {_API}": Change({"kind": "text", "text": _TEXT}),
    f"PATCH {_ONE}": Change({"name": "Hours"}, parts=_source),
    f"DELETE {_ONE}": Change(parts=_source),
    f"POST {_ONE}/crawls": Change(parts=_source),
    f"POST {_ONE}/{_VERSION}/acceptance": Change(parts=_held),
    f"POST {_ONE}/{_VERSION}/dismissal": Change(parts=_held),
    f"POST {_ONE}/{_VERSION}/return": Change(parts=_kept),
    f"POST {_PAGE}": Change({"kind": "text", "text": _TEXT}),
    f"POST {_PAGE}/discovery": Change(
        {"kind": "text", "text": _TEXT}, unaudited="looks, and changes nothing"
    ),
    f"POST {_SOURCE}": Change({"name": "Hours", "text": _TEXT}, parts=_source),
    f"POST {_SOURCE}/crawls": Change(parts=_source),
    f"POST {_SOURCE}/pause": Change(parts=_source),
    f"POST {_SOURCE}/resumption": Change(parts=_paused),
    f"POST {_SOURCE}/deletion": Change(parts=_source),
    f"POST {_SOURCE}/{_VERSION}/acceptance": Change(parts=_held),
    f"POST {_SOURCE}/{_VERSION}/dismissal": Change(parts=_held),
    f"POST {_SOURCE}/{_VERSION}/return": Change(parts=_kept),
}
