from flask import Blueprint

from pitchbar.api.endpoints import Topic, endpoint
from pitchbar.clients.vectors import VectorsUnavailable
from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.errors import SearchUnavailable
from pitchbar.retrieval.payloads import SearchQuery, SearchResponse, search_response
from pitchbar.retrieval.search import search
from pitchbar.sources.queries import get_source
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit

TOPIC = Topic(33, "Search", "What the workspace's sources have for a question.")

bp = Blueprint("search_api", __name__, url_prefix="/api/v1/workspaces/<slug>/search")
shared_limit(bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=SearchQuery, response=SearchResponse, errors=(422, 503))
def show(workspace: Workspace, query: SearchQuery) -> SearchResponse:
    """Search the sources

    Passages by words and by meaning, as agents find them, and the sentence that answers.
    """
    only = None
    if query.source_id is not None:
        only = [get_source(workspace, query.source_id).id]
    try:
        found = search(workspace.id, query.q, source_ids=only, limit=query.limit)
    except VectorsUnavailable:
        raise SearchUnavailable from None
    return search_response(found, answer_of(query.q, found.hits))
