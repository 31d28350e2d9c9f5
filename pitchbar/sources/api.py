from typing import Any

from flask import Blueprint, request

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import PageQuery, read_id
from pitchbar.core.pagination import encode_cursor
from pitchbar.settings import current_settings
from pitchbar.sources.answering import source_response, source_responses
from pitchbar.sources.crawls.starting import latest_generation
from pitchbar.sources.forms import take_uploads
from pitchbar.sources.generations import accept, discard, go_back
from pitchbar.sources.models import FILE, Generation, Source
from pitchbar.sources.payloads import (
    NewSource,
    PageList,
    PageResponse,
    SourceChanges,
    SourceList,
    SourceResponse,
)
from pitchbar.sources.queries import get_generation, get_source, list_pages, list_sources_after
from pitchbar.sources.receiving import drop, receive
from pitchbar.sources.services import (
    StoredFile,
    crawl_now,
    create_source,
    delete_source,
    pause_source,
    resume_source,
    update_source,
)
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import (
    require_right_of_creator,
    requires_token,
    shared_limit,
)

TOPIC = Topic(
    31,
    "Sources",
    "What answers are found in: sites, pages, feeds, files and texts.",
    {
        "source_id": PathParameter("The source's id.", 12),
        "number": PathParameter("The number of a version.", 4),
    },
)
_RIGHT = "edit_sources"

bp = Blueprint("sources_api", __name__, url_prefix="/api/v1/workspaces/<slug>/sources")
bp.url_value_preprocessor(take_uploads)
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=SourceList, errors=(422,))
def index(workspace: Workspace, query: PageQuery) -> SourceList:
    """List sources"""
    found = list_sources_after(workspace, query.start(read_id) or 0, query.per_page + 1)
    shown = found[: query.per_page]
    return SourceList(
        data=source_responses(shown),
        next_cursor=encode_cursor(shown[-1].id) if len(found) > len(shown) else None,
    )


@bp.post("")
@requires_token("read-write")
@endpoint(
    TOPIC, body=NewSource, response=SourceResponse, status=201, errors=(402, 409, 413, 415, 422)
)
def create(workspace: Workspace, payload: NewSource) -> SourceResponse:
    """Add a source

    Its first reading begins at once.
    """
    require_right_of_creator(_RIGHT)
    settings, values, file = current_settings(), payload.model_dump(), None
    if payload.kind == FILE:
        file = receive(request.files.get("file"), workspace.id, settings)
    return source_response(_create(workspace, values, file))


def _create(workspace: Workspace, values: dict[str, Any], file: StoredFile | None) -> Source:
    try:
        return create_source(workspace, current_actor(), current_settings(), file=file, **values)
    except BaseException:
        if file is not None:
            drop(file)
        raise


@bp.get("/<int:source_id>")
@requires_token("read")
@endpoint(TOPIC, response=SourceResponse)
def show(workspace: Workspace, source_id: int) -> SourceResponse:
    """Get a source"""
    return source_response(get_source(workspace, source_id))


@bp.patch("/<int:source_id>")
@requires_token("read-write")
@endpoint(TOPIC, body=SourceChanges, response=SourceResponse, errors=(409, 413, 415, 422))
def change(workspace: Workspace, source_id: int, payload: SourceChanges) -> SourceResponse:
    """Change a source, pause or resume it"""
    require_right_of_creator(_RIGHT)
    source, fields = get_source(workspace, source_id), payload.model_dump(exclude_none=True)
    paused = fields.pop("paused", None)
    if fields:
        update_source(source, current_actor(), current_settings(), **fields)
    if paused is True:
        pause_source(source, current_actor())
    if paused is False:
        resume_source(source, current_actor(), current_settings())
    return source_response(source)


@bp.delete("/<int:source_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, source_id: int) -> None:
    """Delete a source

    With all that was read of it.
    """
    require_right_of_creator(_RIGHT)
    delete_source(get_source(workspace, source_id), current_actor())


@bp.post("/<int:source_id>/crawls")
@requires_token("read-write")
@endpoint(TOPIC, response=SourceResponse, status=202, errors=(409, 422))
def crawl(workspace: Workspace, source_id: int) -> SourceResponse:
    """Read a source again"""
    require_right_of_creator(_RIGHT)
    source = get_source(workspace, source_id)
    crawl_now(source, current_actor())
    return source_response(source)


@bp.get("/<int:source_id>/pages")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=PageList, errors=(422,))
def pages(workspace: Workspace, source_id: int, query: PageQuery) -> PageList:
    """List the pages of the newest reading, with what became of each"""
    source = get_source(workspace, source_id)
    latest = latest_generation(source.id)
    after = query.start(read_id) or 0
    found = list_pages(latest, after=after, limit=query.per_page + 1) if latest else []
    shown = found[: query.per_page]
    fields = PageResponse.model_fields
    return PageList(
        data=[
            PageResponse.model_validate({name: getattr(one, name) for name in fields})
            for one in shown
        ],
        next_cursor=encode_cursor(shown[-1].id) if len(found) > len(shown) else None,
    )


@bp.post("/<int:source_id>/versions/<int:number>/acceptance")
@requires_token("read-write")
@endpoint(TOPIC, response=SourceResponse, status=202, errors=(409, 422))
def accept_version(workspace: Workspace, source_id: int, number: int) -> SourceResponse:
    """Take a version that is held"""
    source, generation = _version(workspace, source_id, number)
    accept(generation, current_actor())
    return source_response(source)


@bp.post("/<int:source_id>/versions/<int:number>/dismissal")
@requires_token("read-write")
@endpoint(TOPIC, response=SourceResponse, status=202, errors=(409, 422))
def discard_version(workspace: Workspace, source_id: int, number: int) -> SourceResponse:
    """Throw a version that is held away"""
    source, generation = _version(workspace, source_id, number)
    discard(generation, current_actor())
    return source_response(source)


@bp.post("/<int:source_id>/versions/<int:number>/return")
@requires_token("read-write")
@endpoint(TOPIC, response=SourceResponse, status=202, errors=(409, 422))
def return_to_version(workspace: Workspace, source_id: int, number: int) -> SourceResponse:
    """Go back to a version that answered before"""
    source, generation = _version(workspace, source_id, number)
    go_back(generation, current_actor())
    return source_response(source)


def _version(workspace: Workspace, source_id: int, number: int) -> tuple[Source, Generation]:
    require_right_of_creator(_RIGHT)
    source = get_source(workspace, source_id)
    return source, get_generation(source, number)
