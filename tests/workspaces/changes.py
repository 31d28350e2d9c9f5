from typing import Any

from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken
from tests.support.changes import Change, Parts
from tests.support.factories import PASSWORD, People, make_token
from tests.support.members import make_invitation, make_offer, membership_of, path_of


def _member(people: People) -> dict[str, Any]:
    return {"member_id": membership_of(people.member, people.workspace).id}


def _invitation(people: People) -> dict[str, Any]:
    return {"invitation_id": make_invitation(people.workspace).id}


def _invited(email: str) -> Parts:
    def parts(people: People) -> dict[str, Any]:
        to = email or people.outsider.email
        return {"token": path_of(make_invitation(people.workspace, email=to)).rpartition("/")[2]}

    return parts


def _offer(people: People) -> dict[str, Any]:
    make_offer(people.workspace, people.admin)
    return {}


def _deletion(people: People) -> dict[str, Any]:
    people.workspace.deletion_asked_at = clock.now()
    return {}


def _token(people: People) -> dict[str, Any]:
    make_token(people.workspace, name="spare")
    query = select(ApiToken.id).where(ApiToken.workspace_id == people.workspace.id)
    return {"token_id": db.session.scalars(query.order_by(ApiToken.id.desc())).first()}


CHANGES = {
    "POST /api/v1/workspaces/<slug>/tokens": Change({"name": "New", "scope": "read"}),
    "DELETE /api/v1/workspaces/<slug>/tokens/<int:token_id>": Change(parts=_token),
    "POST /invitations/<token>/acceptance": Change(by="outsider", parts=_invited("")),
    "POST /invitations/<token>/account": Change(
        {"name": "Eve", "password": PASSWORD}, by="", parts=_invited("eve@pitchbar.example")
    ),
    "POST /w/<slug>/deletion": Change({"confirmation": "Corner Café"}),
    "POST /w/<slug>/guide/dismissal": Change(
        unaudited="hides a hint of our own; nothing of theirs changes"
    ),
    "POST /w/<slug>/invitations": Change({"email": "new@pitchbar.example", "role": "member"}),
    "POST /w/<slug>/invitations/<int:invitation_id>/delivery": Change(parts=_invitation),
    "POST /w/<slug>/invitations/<int:invitation_id>/revocation": Change(parts=_invitation),
    "POST /w/<slug>/leaving": Change(by="member"),
    "POST /w/<slug>/members/<int:member_id>/ownership": Change(
        {"confirmation": "Corner Café"}, parts=_member
    ),
    "POST /w/<slug>/members/<int:member_id>/removal": Change(parts=_member),
    "POST /w/<slug>/members/<int:member_id>/role": Change({"role": "editor"}, parts=_member),
    "POST /w/<slug>/ownership/acceptance": Change(by="admin", parts=_offer),
    "POST /w/<slug>/ownership/refusal": Change(by="admin", parts=_offer),
    "POST /w/<slug>/ownership/withdrawal": Change(parts=_offer),
    "POST /w/<slug>/restoration": Change(parts=_deletion),
    "POST /w/<slug>/settings": Change(
        {"name": "Corner Bar", "slug": "corner-bar", "time_zone": "UTC"}
    ),
    "POST /w/<slug>/tokens": Change({"name": "New", "scope": "read"}),
    "POST /w/<slug>/tokens/<int:token_id>/revocation": Change(parts=_token),
}
