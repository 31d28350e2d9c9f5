"""What webhooks tell of sources."""

from typing import Any

from pitchbar.events.outward import declare
from pitchbar.events.services import Event
from pitchbar.extensions import db
from pitchbar.sources.answering import source_response
from pitchbar.sources.models import Source
from pitchbar.sources.payloads import EXAMPLE


def declare_events() -> None:
    declare(
        "source.indexed",
        "A source was read, and answers",
        payload=source_payload,
        example={"source": EXAMPLE},
    )
    failed = {**EXAMPLE, "status": "failed", "error": "There is no such page (404)."}
    declare(
        "source.failed",
        "A source cannot be read",
        payload=source_payload,
        example={"source": failed},
    )


def source_payload(event: Event) -> dict[str, Any]:
    source = db.session.get_one(Source, int(event.subject.id))
    return {"source": source_response(source).model_dump(mode="json")}
