from typing import Any

from flask import Flask

from pitchbar.extensions import db
from pitchbar.sources.crawls.queues import hash_of
from pitchbar.sources.models import HELD, Generation, Page
from tests.sources.factories import make_source
from tests.support.factories import People


def make_parts(app: Flask, people: People) -> dict[str, Any]:
    source = make_source(people.workspace, "text", text="Opening hours: 9 to 5.")
    generation = db.session.query(Generation).filter_by(source_id=source.id).one()
    generation.state, source.status = HELD, "indexed"
    page = Page(
        workspace_id=source.workspace_id,
        source_id=source.id,
        generation_id=generation.id,
        url_hash=hash_of("one"),
    )
    db.session.add(page)
    db.session.commit()
    return {"source_id": source.id, "number": generation.number, "page_id": page.id}
