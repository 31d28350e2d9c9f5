"""Links that lead nowhere: closed, cut, or made by somebody else."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pitchbar.accounts.models import Person
from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.workspaces.models import Invitation
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People, make_person
from tests.support.members import make_invitation, path_of, role_of

ACCOUNT = {"name": "Nia", "password": "nine quiet horses"}


@pytest.fixture
def invitation(people: People) -> Invitation:
    return make_invitation(people.workspace)


def count_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def end(invitation: Invitation, state: str) -> None:
    fields = {"expired": "expires_at", "revoked": "revoked_at", "accepted": "accepted_at"}
    setattr(invitation, fields[state], clock.now() - timedelta(seconds=1))
    db.session.commit()


class TestClosedLink:
    @pytest.mark.parametrize("state", ["expired", "revoked", "accepted"])
    def test_says_why_and_lets_nobody_in(
        self, client: FormClient, people: People, invitation: Invitation, state: str
    ) -> None:
        end(invitation, state)
        sentences = {
            "expired": "This invitation has expired.",
            "revoked": "This invitation was withdrawn.",
            "accepted": "This invitation was accepted already.",
        }
        path, before = path_of(invitation), count_people()
        answer = client.get(path)
        assert (answer.status_code, sentences[state] in answer.text) == (410, True)
        joined = client.submit(path + "/account", ACCOUNT)
        assert (joined.status_code, sentences[state] in joined.text) == (410, True)
        assert count_people() == before
        person = make_person(email="new@pitchbar.example")
        sign_in(client, person)
        assert client.submit(path + "/acceptance").status_code == 410
        assert role_of(person, people.workspace) is None

    def test_removed_member_cannot_use_the_old_link_again(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        client.submit(path_of(invitation) + "/account", ACCOUNT)
        client.submit(f"/w/{people.workspace.slug}/leaving")
        assert client.submit(path_of(invitation) + "/acceptance").status_code == 410

    def test_workspace_that_goes_takes_nobody_in(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        people.workspace.deletion_asked_at = clock.now()
        assert client.get(path_of(invitation)).status_code == 410
        assert client.submit(path_of(invitation) + "/account", ACCOUNT).status_code == 410


class TestTamperedLink:
    @pytest.mark.parametrize(
        "change",
        [
            lambda token: token[:-1],
            # Not the last character: some of its bits mean nothing.
            lambda token: token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1],
            lambda token: "x" + token,
            lambda token: token.split(".")[0],
            lambda token: token + ".x",
            lambda token: "WzEsImEiXQ." + token.split(".")[1],
            lambda token: "%00",
            lambda token: "a" * 5000,
        ],
    )
    def test_is_no_invitation(self, client: FormClient, invitation: Invitation, change) -> None:  # type: ignore[no-untyped-def]
        path = "/invitations/" + change(path_of(invitation).rpartition("/")[2])
        for answer in (client.get(path), client.submit(path + "/account", ACCOUNT)):
            assert answer.status_code == 404
        assert invitation.state == "open"

    def test_signature_is_for_this_row_only(
        self, client: FormClient, people: People, invitation: Invitation
    ) -> None:
        """A number that is given out again must not wake an old link."""
        path = path_of(invitation)
        invitation.key = "another"
        assert client.get(path).status_code == 404

    def test_other_signed_things_are_no_invitation(self, client: FormClient) -> None:
        token = client.csrf_token()
        assert client.get(f"/invitations/{token}").status_code == 404
