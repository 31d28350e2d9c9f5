"""A source as the API and webhooks tell of it."""

from collections.abc import Sequence

from pitchbar.sources.crawls.progress import progress_by_generation
from pitchbar.sources.models import Source
from pitchbar.sources.payloads import SourceResponse, source_values
from pitchbar.sources.queries import find_generations, find_latest_generations


def source_response(source: Source) -> SourceResponse:
    return source_responses([source])[0]


def source_responses(sources: Sequence[Source]) -> list[SourceResponse]:
    """In the same order."""
    active = find_generations([one.active_generation_id or 0 for one in sources])
    latest = find_latest_generations([one.id for one in sources])
    progress = progress_by_generation(list(latest.values()))
    responses = []
    for source in sources:
        newest = latest.get(source.id)
        values = source_values(
            source,
            active.get(source.active_generation_id or 0),
            newest,
            progress[newest.id] if newest else None,
        )
        responses.append(SourceResponse.model_validate(values))
    return responses
