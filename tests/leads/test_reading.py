"""Who reads what visitors left, by role: wherever it stands, and whichever way it leaves."""

import pytest

from pitchbar.accounts.models import Person
from pitchbar.extensions import db
from pitchbar.workspaces.roles import ROLES
from tests.agents.factories import make_agent
from tests.leads.factories import leave_address, make_conversation, say
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, bearer, make_code, make_token

EMAIL = "ada@mail.example"
NAME = "Ada of the lamps"
# As the table of the product says it: all see, these carry it out, these look somebody up.
EXPORTS = {"owner", "admin", "analyst"}
LOOKS_UP = {"owner", "admin"}


@pytest.fixture
def pages(client: FormClient, people: People) -> dict[str, str]:
    """Addresses of every page on which something of a lead stands, and what stands there of it."""
    make_agent(people.workspace)
    code = make_code(people.workspace)
    talk = make_conversation(people.workspace, code_id=code.id)
    say(talk, "May I order forty lamps?")
    lead = leave_address(talk, EMAIL, name=NAME)
    db.session.commit()
    base = f"/w/{people.workspace.slug}"
    return {
        f"{base}/leads": EMAIL,
        f"{base}/leads/board": NAME,
        f"{base}/leads/{lead.id}": EMAIL,
        f"{base}/visitors/leads/{lead.id}": EMAIL,
        f"{base}/visitors/{talk.id}": EMAIL,
        f"{base}/conversations?list=all": NAME,
        f"{base}/conversations/{talk.public_id}": EMAIL,
        f"{base}/codes/{code.id}": NAME,
    }


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_and_some_carry_it_out(
    client: FormClient, people: People, pages: dict[str, str], role: str
) -> None:
    person: Person = getattr(people, role)
    sign_in(client, person)
    for address, told in pages.items():
        answer = client.get(address)
        assert (address, answer.status_code) == (address, 200)
        assert told in answer.text, address
    base = f"/w/{people.workspace.slug}"
    may_export = role in EXPORTS
    assert ("Export CSV" in client.get(f"{base}/leads").text) == may_export
    leaving = {
        f"{base}/leads/exports": {"kind": "csv"},
        f"{base}/conversations/exports": {
            **dict.fromkeys(("agent", "first", "last", "status"), ""),
            "kind": "csv",
        },
    }
    for address, form in leaving.items():
        answer = client.submit(address, form)
        assert (answer.status_code == 403) != may_export, address
        assert (EMAIL in answer.text) == (may_export and "/leads/" in address)
    assert (client.get(f"{base}/exports").status_code == 200) == may_export
    looked_up = client.submit(f"{base}/privacy/look-ups", {"whom": EMAIL})
    assert (looked_up.status_code == 200) == (role in LOOKS_UP)


def test_others_see_none_of_it(client: FormClient, people: People, pages: dict[str, str]) -> None:
    elsewhere = bearer(make_token(people.elsewhere))
    api = f"/api/v1/workspaces/{people.workspace.slug}"
    for signed_in in (False, True):
        if signed_in:
            sign_in(client, people.outsider)
        for address in pages:
            answer = client.get(address)
            assert answer.status_code == (404 if signed_in else 302)
            assert EMAIL not in answer.text
            assert NAME not in answer.text
    for path in ("leads", "conversations"):
        assert client.get(f"{api}/{path}").status_code == 401
        assert client.get(f"{api}/{path}", headers=elsewhere).status_code == 404
