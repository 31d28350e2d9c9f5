from datetime import timedelta

from pitchbar.accounts.errors import AddressNotProven
from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.core.tokens import hash_secret, new_secret
from pitchbar.errors import Forbidden
from pitchbar.events.actors import SYSTEM, Actor
from pitchbar.events.services import record_event
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.errors import TooManyTokens
from pitchbar.workspaces.locking import lock_workspace
from pitchbar.workspaces.models import ApiToken, Workspace
from pitchbar.workspaces.queries import find_role
from pitchbar.workspaces.roles import role_may
from pitchbar.workspaces.settings import WorkspaceSettings
from pitchbar.workspaces.tokens.queries import count_tokens, list_tokens_made_by

# A token in steady use would otherwise cost one write for each request.
_LAST_USED_RESOLUTION = timedelta(minutes=1)
# `pb_live_` and four characters of 43: enough to tell tokens apart, and far too few to guess one.
_PREFIX_LENGTH = 12


def create_token(
    workspace: Workspace, *, name: str, scope: str, by: Actor = SYSTEM
) -> tuple[ApiToken, str]:
    """Returns the token and its secret, which is not kept and cannot be shown again.

    A token that another token makes belongs to the person behind that one.

    Raises:
        TooManyTokens
        AddressNotProven: the person behind it has not shown yet that their address is theirs.
        Forbidden: they may not make tokens any more, or the token that makes it was revoked.
    """
    # Together with `revoke_tokens_of`: no token is made past a revocation.
    lock_workspace(workspace.id)
    _require_room(workspace)
    secret = new_secret("pb_live")
    maker = _maker(by)
    _require_trustworthy(workspace, maker.created_by_id if maker else _person_id(by))
    token = ApiToken(
        workspace_id=workspace.id,
        name=name,
        scope=scope,
        token_hash=hash_secret(secret),
        prefix=secret[:_PREFIX_LENGTH],
        created_by_kind=maker.created_by_kind if maker else by.kind,
        created_by_id=maker.created_by_id if maker else by.id,
        created_by_name=maker.created_by_name if maker else by.name[:254],
    )
    db.session.add(token)
    db.session.flush()
    record_event("token.created", token, by=by, after=_described(token))
    return token, secret


def _maker(by: Actor) -> ApiToken | None:
    """The token that makes another one, as it is now."""
    if by.kind != "token":
        return None
    maker = db.session.get_one(ApiToken, by.id, populate_existing=True)
    if maker.revoked_at:
        raise Forbidden("This token was revoked.")
    return maker


def _person_id(by: Actor) -> int | None:
    return by.id if by.kind == "person" else None


def _require_trustworthy(workspace: Workspace, person_id: int | None) -> None:
    """Without a person it comes from the operator's command line."""
    person = db.session.get(Person, person_id) if person_id else None
    if person is None:
        return
    if not person.is_proven:
        raise AddressNotProven(person.email)
    if not role_may(find_role(workspace, person.id), "manage_tokens"):
        raise Forbidden("The person who made this token may not do this.")


def revoke_tokens_of(person_id: int, by: Actor, workspace_id: int | None = None) -> int:
    """All that the person made, and that their tokens made, in one workspace or everywhere;
    returns how many.
    """
    tokens = list_tokens_made_by(person_id, workspace_id)
    for token in tokens:
        revoke_token(token, by)
    return len(tokens)


def _require_room(workspace: Workspace) -> None:
    limit = current_settings()[WorkspaceSettings].tokens_per_workspace
    count = count_tokens(workspace)
    if count >= limit:
        raise TooManyTokens(limit, count)


def revoke_token(token: ApiToken, by: Actor) -> None:
    """From now on the token opens nothing."""
    token.revoked_at = clock.now()
    db.session.flush()
    record_event("token.revoked", token, by=by, before=_described(token))


def _described(token: ApiToken) -> dict[str, str]:
    """For the audit log; a token of before shows no prefix."""
    known = {"name": token.name, "scope": token.scope, "prefix": token.prefix}
    return {name: value for name, value in known.items() if value}


def touch_token(token: ApiToken) -> bool:
    """Remembers when the token was last used, to the minute; True when there is a commit to do."""
    now = clock.now()
    if token.last_used_at and now - token.last_used_at < _LAST_USED_RESOLUTION:
        return False
    token.last_used_at = now
    return True
