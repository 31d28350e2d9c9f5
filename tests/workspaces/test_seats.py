import pytest
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.workspaces.models import Invitation
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import add_member, make_person, make_workspace
from tests.support.members import make_invitation


def all_invitations() -> list[Invitation]:
    return list(db.session.scalars(select(Invitation)))


class TestSeats:
    def test_free_plan_has_two(self, client: FormClient) -> None:
        owner = make_person()
        workspace = make_workspace(owner)
        sign_in(client, owner)
        url = f"/w/{workspace.slug}/invitations"
        first = client.submit(url, {"email": "a@pitchbar.example", "role": "member"})
        assert first.status_code == 303
        second = client.submit(url, {"email": "b@pitchbar.example", "role": "member"})
        assert second.status_code == 402
        assert "All 2 seats of the Free plan are in use. Remove somebody" in second.text
        assert 'value="b@pitchbar.example"' in second.text
        assert len(all_invitations()) == 1
        assert "<strong>2</strong> of 2 seats" in client.get(f"/w/{workspace.slug}/members").text

    @pytest.mark.parametrize("ending", ["revoked", "expired"])
    def test_ended_invitation_frees_its_seat(self, client: FormClient, ending: str) -> None:
        owner = make_person()
        workspace = make_workspace(owner)
        invitation = make_invitation(workspace)
        at = {"revoked": "revoked_at", "expired": "expires_at"}[ending]
        setattr(invitation, at, clock.now())
        sign_in(client, owner)
        data = {"email": "b@pitchbar.example", "role": "member"}
        assert client.submit(f"/w/{workspace.slug}/invitations", data).status_code == 303

    def test_expired_one_needs_a_free_seat_to_be_sent_again(self, client: FormClient) -> None:
        owner = make_person()
        workspace = make_workspace(owner)
        expired = make_invitation(workspace)
        expired.expires_at = clock.now()
        add_member(workspace, "editor")
        sign_in(client, owner)
        answer = client.submit(f"/w/{workspace.slug}/invitations/{expired.id}/delivery")
        assert answer.status_code == 402
        assert "All 2 seats" in answer.text
        assert expired.state == "expired"
