"""Makes what a test needs, with sensible values for all that it does not care about.

Each function commits, and needs the `app` fixture (or anything built on it).
"""

from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import select

from pitchbar.accounts.models import Person
from pitchbar.accounts.passwords.hashing import hash_password
from pitchbar.codes.models import Code
from pitchbar.codes.services import create_code
from pitchbar.core import clock
from pitchbar.events.actors import SYSTEM
from pitchbar.extensions import db
from pitchbar.settings import current_settings
from pitchbar.workspaces.models import Membership, Workspace
from pitchbar.workspaces.services import create_workspace
from pitchbar.workspaces.tokens.services import create_token

PASSWORD = "a quiet horse counts to nine"

_WORKSPACE = "Corner Café"

_numbers = count(1)


@dataclass(frozen=True)
class People:
    """One person of each role in one workspace, and an outsider with a workspace of their own."""

    owner: Person
    admin: Person
    editor: Person
    analyst: Person
    member: Person
    outsider: Person
    workspace: Workspace
    elsewhere: Workspace


def make_person(**fields: Any) -> Person:
    """A person whose password is `PASSWORD`, and whose address is proven; `verified_at=None` makes
    one who has not opened the mailed link yet.
    """
    number = next(_numbers)
    values: dict[str, Any] = {"name": f"Person {number}", "verified_at": clock.now()}
    values["email"] = f"person{number}@pitchbar.example"
    person = Person(**{**values, "password_hash": _hashed_password(), **fields})
    db.session.add(person)
    db.session.commit()
    return person


def make_workspace(owner: Person | None = None, **fields: Any) -> Workspace:
    values = {"name": f"Workspace {next(_numbers)}", "time_zone": "UTC"}
    workspace = create_workspace(owner=owner or make_person(), **{**values, **fields})
    db.session.commit()
    return workspace


def add_member(workspace: Workspace, role: str, person: Person | None = None) -> Person:
    """Gives a (new) person a role in the workspace, and returns the person."""
    person = person or make_person(name=f"The {role}")
    db.session.add(Membership(workspace_id=workspace.id, person_id=person.id, role=role))
    db.session.commit()
    return person


def make_code(workspace: Workspace, **fields: Any) -> Code:
    values = {
        "name": f"Poster {next(_numbers)}",
        "destination_url": "https://destination.example/menu",
    }
    settings = current_settings()
    code = create_code(workspace, SYSTEM, settings, **{**values, **fields})
    db.session.commit()
    return code


def make_token(workspace: Workspace, scope: str = "read-write", name: str = "test") -> str:
    """Returns the secret, as a program would send it."""
    _, secret = create_token(workspace, name=name, scope=scope)
    db.session.commit()
    return secret


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def make_people() -> People:
    owner, outsider = make_person(name="The owner"), make_person(name="The outsider")
    workspace = make_workspace(owner, name=_WORKSPACE, plan="growth")
    others = {role: add_member(workspace, role) for role in ("admin", "editor", "analyst")}
    return People(
        owner=owner,
        member=add_member(workspace, "member"),
        outsider=outsider,
        workspace=workspace,
        elsewhere=make_workspace(outsider, name="Elsewhere"),
        **others,
    )


def find_people() -> People | None:
    """Those that the test's database came with, if it did."""
    workspace = db.session.scalar(select(Workspace).where(Workspace.name == _WORKSPACE))
    if workspace is None:
        return None
    query = select(Membership).where(Membership.workspace_id == workspace.id)
    by_role = {one.role: one.person for one in db.session.scalars(query)}
    outsider = db.session.scalars(select(Person).where(Person.name == "The outsider")).one()
    elsewhere = db.session.scalars(select(Workspace).where(Workspace.name == "Elsewhere")).one()
    return People(outsider=outsider, workspace=workspace, elsewhere=elsewhere, **by_role)


@cache
def _hashed_password() -> str:
    return hash_password(PASSWORD)
