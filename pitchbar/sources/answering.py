"""A source as the API and webhooks tell of it."""

from pitchbar.extensions import db
from pitchbar.sources.crawls.progress import progress_of
from pitchbar.sources.crawls.starting import latest_generation
from pitchbar.sources.models import Generation, Source
from pitchbar.sources.payloads import SourceResponse, source_values


def source_response(source: Source) -> SourceResponse:
    active = None
    if source.active_generation_id:
        active = db.session.get(Generation, source.active_generation_id)
    latest = latest_generation(source.id)
    progress = progress_of(latest) if latest else None
    return SourceResponse.model_validate(source_values(source, active, latest, progress))
