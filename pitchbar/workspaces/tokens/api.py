"""API tokens, for programs that rotate them. A token comes from an owner or admin, and acts for
them: one that may write may make and revoke tokens, as they may.
"""

from flask import Blueprint, g

from pitchbar.accounts.actors import current_actor
from pitchbar.api.endpoints import PathParameter, Topic, endpoint
from pitchbar.api.paging import PageQuery, read_id
from pitchbar.core.pagination import encode_cursor
from pitchbar.workspaces.models import Workspace
from pitchbar.workspaces.tokens.access import requires_token, shared_limit
from pitchbar.workspaces.tokens.payloads import (
    NewToken,
    NewTokenResponse,
    OwnTokenResponse,
    TokenList,
    TokenResponse,
    new_token_response,
    own_token_response,
    token_response,
)
from pitchbar.workspaces.tokens.queries import get_token, list_tokens_before
from pitchbar.workspaces.tokens.services import create_token, revoke_token

TOPIC = Topic(
    90,
    "Tokens",
    "Keys to this API.",
    {"token_id": PathParameter("The token's id.", 7)},
)

bp = Blueprint("tokens_api", __name__, url_prefix="/api/v1/workspaces/<slug>/tokens")
shared_limit(bp)

own_bp = Blueprint("own_token_api", __name__, url_prefix="/api/v1/token")
shared_limit(own_bp)


@bp.get("")
@requires_token("read")
@endpoint(TOPIC, query=PageQuery, response=TokenList, errors=(422,))
def index(workspace: Workspace, query: PageQuery) -> TokenList:
    """List tokens

    Those in force, newest first, without their secrets.
    """
    tokens = list_tokens_before(workspace, before_id=query.start(read_id), count=query.per_page + 1)
    page = tokens[: query.per_page]
    more = encode_cursor(page[-1].id) if len(tokens) > len(page) else None
    return TokenList(data=[token_response(token) for token in page], next_cursor=more)


@own_bp.get("")
@requires_token("read")
@endpoint(TOPIC, response=OwnTokenResponse)
def show_own(workspace: Workspace) -> OwnTokenResponse:
    """Get the token that you use

    With the workspace that it opens, which other addresses are made of.
    """
    return own_token_response(get_token(workspace, g.token.id))


@bp.post("")
@requires_token("read-write")
@endpoint(TOPIC, body=NewToken, response=NewTokenResponse, status=201, errors=(409, 413, 415, 422))
def create(workspace: Workspace, payload: NewToken) -> NewTokenResponse:
    """Create a token

    The secret is in this answer only. The new token counts as made by the person who made the
    one that you use.
    """
    token, secret = create_token(
        workspace, name=payload.name, scope=payload.scope, by=current_actor()
    )
    return new_token_response(token, secret)


@bp.get("/<int:token_id>")
@requires_token("read")
@endpoint(TOPIC, response=TokenResponse)
def show(workspace: Workspace, token_id: int) -> TokenResponse:
    """Get a token"""
    return token_response(get_token(workspace, token_id))


@bp.delete("/<int:token_id>")
@requires_token("read-write")
@endpoint(TOPIC, status=204)
def delete(workspace: Workspace, token_id: int) -> None:
    """Revoke a token

    It stops working at once, also when it is the one that you use.
    """
    revoke_token(get_token(workspace, token_id), current_actor())
