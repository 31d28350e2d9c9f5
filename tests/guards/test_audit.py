"""Every address that changes something of a workspace leaves an entry in its audit log.

A new address needs an example: a request that really changes something, in the `changes.py` beside
its feature's tests.
"""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from pitchbar.events.models import AuditEntry
from pitchbar.extensions import db
from tests.support.addresses import build_path
from tests.support.browsing import FormClient, sign_in
from tests.support.changes import all_changes
from tests.support.factories import People, bearer, make_people, make_token

PREFIXES = ("/w/<slug>", "/api/v1/workspaces/<slug>", "/invitations/<token>")
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
CHANGES = all_changes()


def changing_addresses(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIXES):
            for method in sorted((rule.methods or set()) & CHANGING):
                yield f"{method} {rule.rule}", rule


def send(app: Flask, address: str, rule: Rule, people: People) -> int:
    """Sends the example, and returns the answer's status."""
    change, client = CHANGES[address], app.test_client()
    assert isinstance(client, FormClient)
    parts = change.parts(people)
    url = build_path(app, rule, {"slug": people.workspace.slug, **parts})
    sent = {name: value for name, value in parts.items() if name not in rule.arguments}
    if url.startswith("/api/"):
        method, headers = address.partition(" ")[0], bearer(make_token(people.workspace))
        body = {"json": {**change.values, **sent}} if change.values or sent else {}
        return client.open(url, method=method, headers=headers, **body).status_code
    if change.by:
        sign_in(client, getattr(people, change.by))
    return client.submit(url, {**change.values, **sent}).status_code


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
    assert sorted(known - set(CHANGES)) == [], "give each of these a valid request in changes.py"
    assert sorted(set(CHANGES) - known) == [], "these addresses are gone"


def test_every_change_stands_in_the_audit_log(app: Flask) -> None:
    silent, needless = [], []
    with_example = [pair for pair in changing_addresses(app) if pair[0] in CHANGES]
    for address, rule in with_example:
        status, entries = send_and_count(app, address, rule)
        assert status < 400, f"{address}: its example is refused with {status}"
        if not entries and not CHANGES[address].unaudited:
            silent.append(address)
        if entries and CHANGES[address].unaudited:
            needless.append(address)
    assert silent == [], "record an event there, or say with `unaudited` why not"
    assert needless == [], "these do write an entry: they are audited"
