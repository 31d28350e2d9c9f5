from datetime import timedelta

from pitchbar.core import clock
from pitchbar.core.tokens import hash_secret, new_secret
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.errors import TooManyTokens
from pitchbar.workspaces.members.services import lock_workspace
from pitchbar.workspaces.models import ApiToken, Workspace
from pitchbar.workspaces.settings import WorkspaceSettings
from pitchbar.workspaces.tokens.queries import count_tokens

# A token in steady use would otherwise cost one write for each request.
_LAST_USED_RESOLUTION = timedelta(minutes=1)


def create_token(
    workspace: Workspace, *, name: str, scope: str, by: Actor = SYSTEM
) -> tuple[ApiToken, str]:
    """Returns the token and its secret, which is not kept and cannot be shown again.

    A token that another token makes belongs to the person behind that one.

    Raises:
        TooManyTokens
    """
    _require_room(workspace)
    secret = new_secret("pb_live")
    maker = db.session.get(ApiToken, by.id) if by.kind == "token" else None
    token = ApiToken(
        workspace_id=workspace.id,
        name=name,
        scope=scope,
        token_hash=hash_secret(secret),
        created_by_kind=maker.created_by_kind if maker else by.kind,
        created_by_id=maker.created_by_id if maker else by.id,
        created_by_name=maker.created_by_name if maker else by.name[:254],
    )
    db.session.add(token)
    db.session.flush()
    record_event("token.created", token, by=by, after={"name": name, "scope": scope})
    return token, secret


def _require_room(workspace: Workspace) -> None:
    lock_workspace(workspace)
    limit = current_settings()[WorkspaceSettings].tokens_per_workspace
    count = count_tokens(workspace)
    if count >= limit:
        raise TooManyTokens(limit, count)


def revoke_token(token: ApiToken, by: Actor) -> None:
    """From now on the token opens nothing."""
    token.revoked_at = clock.now()
    db.session.flush()
    before = {"name": token.name, "scope": token.scope}
    record_event("token.revoked", token, by=by, before=before)


def touch_token(token: ApiToken) -> bool:
    """Remembers when the token was last used, to the minute; True when there is a commit to do."""
    now = clock.now()
    if token.last_used_at and now - token.last_used_at < _LAST_USED_RESOLUTION:
        return False
    token.last_used_at = now
    return True
