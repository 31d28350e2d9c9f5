"""Every address that changes something of a workspace leaves an entry in its audit log.

A new address needs an example here: a request that really changes something.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from pitchbar.codes.services import archive_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from pitchbar.workspaces.models import ApiToken
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import PASSWORD, People, bearer, make_code, make_people, make_token
from tests.support.members import make_invitation, make_offer, membership_of, path_of

PREFIXES = ("/w/<slug>", "/api/v1/workspaces/<slug>", "/invitations/<token>")
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}

# What leaves none, and why.
UNAUDITED = {
    "POST /w/<slug>/guide/dismissal": "hides a hint of our own; nothing of theirs changes",
}

Parts = Callable[[People], dict[str, Any]]


def _none(_people: People) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Example:
    """A valid request: what is sent, by whom, and the parts of its address, made beforehand."""

    values: dict[str, Any] = field(default_factory=dict)
    by: str = "owner"
    parts: Parts = _none


def _code(people: People) -> dict[str, Any]:
    return {"code_id": make_code(people.workspace, name="Menu").id}


def _archived_code(people: People) -> dict[str, Any]:
    code = make_code(people.workspace)
    archive_code(code, SYSTEM)
    return {"code_id": code.id}


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


_NEW_CODE = {"name": "Menu", "destination_url": "https://destination.example/menu"}
_TAGS = {"default_utm_source": "print", "default_error_correction": "Q", "fallback_url": ""}

EXAMPLES = {
    "POST /api/v1/workspaces/<slug>/codes": Example(_NEW_CODE),
    "PATCH /api/v1/workspaces/<slug>/codes/<int:code_id>": Example({"notes": "n"}, parts=_code),
    "DELETE /api/v1/workspaces/<slug>/codes/<int:code_id>": Example(parts=_code),
    "POST /api/v1/workspaces/<slug>/tokens": Example({"name": "New", "scope": "read"}),
    "DELETE /api/v1/workspaces/<slug>/tokens/<int:token_id>": Example(parts=_token),
    "POST /invitations/<token>/acceptance": Example(by="outsider", parts=_invited("")),
    "POST /invitations/<token>/account": Example(
        {"name": "Eve", "password": PASSWORD}, by="", parts=_invited("eve@pitchbar.example")
    ),
    "POST /w/<slug>/codes": Example(_NEW_CODE),
    "POST /w/<slug>/codes/<int:code_id>": Example({**_NEW_CODE, "name": "Card"}, parts=_code),
    "POST /w/<slug>/codes/<int:code_id>/archival": Example(parts=_code),
    "POST /w/<slug>/codes/<int:code_id>/restoration": Example(parts=_archived_code),
    "POST /w/<slug>/codes/<int:code_id>/deletion": Example({"confirmation": "Menu"}, parts=_code),
    "POST /w/<slug>/deletion": Example({"confirmation": "Corner Café"}),
    "POST /w/<slug>/guide/dismissal": Example(),
    "POST /w/<slug>/invitations": Example({"email": "new@pitchbar.example", "role": "member"}),
    "POST /w/<slug>/invitations/<int:invitation_id>/delivery": Example(parts=_invitation),
    "POST /w/<slug>/invitations/<int:invitation_id>/revocation": Example(parts=_invitation),
    "POST /w/<slug>/leaving": Example(by="member"),
    "POST /w/<slug>/members/<int:member_id>/ownership": Example(
        {"confirmation": "Corner Café"}, parts=_member
    ),
    "POST /w/<slug>/members/<int:member_id>/removal": Example(parts=_member),
    "POST /w/<slug>/members/<int:member_id>/role": Example({"role": "editor"}, parts=_member),
    "POST /w/<slug>/ownership/acceptance": Example(by="admin", parts=_offer),
    "POST /w/<slug>/ownership/refusal": Example(by="admin", parts=_offer),
    "POST /w/<slug>/ownership/withdrawal": Example(parts=_offer),
    "POST /w/<slug>/restoration": Example(parts=_deletion),
    "POST /w/<slug>/settings": Example(
        {"name": "Corner Bar", "slug": "corner-bar", "time_zone": "UTC"}
    ),
    "POST /w/<slug>/settings/codes": Example(_TAGS),
    "POST /w/<slug>/tokens": Example({"name": "New", "scope": "read"}),
    "POST /w/<slug>/tokens/<int:token_id>/revocation": Example(parts=_token),
}


def changing_addresses(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIXES):
            for method in sorted((rule.methods or set()) & CHANGING):
                yield f"{method} {rule.rule}", rule


def send(app: Flask, address: str, rule: Rule, people: People) -> int:
    """Sends the example, and returns the answer's status."""
    example, client = EXAMPLES[address], app.test_client()
    assert isinstance(client, FormClient)
    values = {"slug": people.workspace.slug, **example.parts(people)}
    asked = {name: values[name] for name in rule.arguments}
    url = urlsplit(app.url_map.bind("pitchbar.test").build(rule.endpoint, asked)).path
    if url.startswith("/api/"):
        method, headers = address.partition(" ")[0], bearer(make_token(people.workspace))
        body = {"json": example.values} if example.values else {}
        return client.open(url, method=method, headers=headers, **body).status_code
    if example.by:
        sign_in(client, getattr(people, example.by))
    return client.submit(url, example.values).status_code


def send_and_count(app: Flask, address: str, rule: Rule) -> tuple[int, int]:
    """The status, and how many entries the request wrote."""
    people = make_people()
    before = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    status = send(app, address, rule, people)
    # What the example needs beforehand is made by the system.
    newest = select(AuditEntry).where(
        AuditEntry.workspace_id == people.workspace.id, AuditEntry.id > before
    )
    entries = [entry for entry in db.session.scalars(newest) if entry.actor_kind != "system"]
    return status, len(entries)


def test_every_changing_address_has_an_example(app: Flask) -> None:
    known = {address for address, _ in changing_addresses(app)}
    assert sorted(known - set(EXAMPLES)) == [], "give each of these a valid request in EXAMPLES"
    assert sorted(set(EXAMPLES) - known) == [], "these addresses are gone"


def test_every_change_stands_in_the_audit_log(app: Flask) -> None:
    silent, needless = [], []
    for address, rule in changing_addresses(app):
        status, entries = send_and_count(app, address, rule)
        assert status < 400, f"{address}: its example is refused with {status}"
        if not entries and address not in UNAUDITED:
            silent.append(address)
        if entries and address in UNAUDITED:
            needless.append(address)
    assert silent == [], "record an event there, or say in UNAUDITED why not"
    assert needless == [], "these do write an entry: take them out of UNAUDITED"
