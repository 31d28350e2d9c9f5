from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.core.mail_addresses import with_ascii_domain
from pitchbar.extensions import db
from pitchbar.workspaces.errors import RoleNotAssignable
from pitchbar.workspaces.models import Invitation
from tests.support.browsing import FormClient, sign_in
from tests.support.factories import People
from tests.support.mailbox import link_in, sent_mails
from tests.support.members import audit_entries_of, copied_path_of, make_invitation, path_of


def send(client: FormClient, people: People, **data: str) -> tuple[int, str]:
    values = {"email": "new@pitchbar.example", "role": "editor", **data}
    answer = client.submit(f"/w/{people.workspace.slug}/invitations", values)
    return answer.status_code, answer.get_data(as_text=True)


def all_invitations() -> list[Invitation]:
    return list(db.session.scalars(select(Invitation).order_by(Invitation.id)))


class TestInviting:
    def test_person_gets_a_mail_with_their_link(self, client: FormClient, people: People) -> None:
        sign_in(client, people.admin)
        assert send(client, people)[0] == 303
        [invitation] = all_invitations()
        [mail] = sent_mails()
        assert mail.to == "new@pitchbar.example"
        assert mail.subject == "The admin invites you to Corner Café"
        assert link_in(mail) == path_of(invitation)
        assert path_of(invitation) in mail.html
        assert "7 days" in mail.text
        assert invitation.expires_at - clock.now() > timedelta(days=6, hours=23)
        assert invitation.invited_by_id == people.admin.id
        assert audit_entries_of(people.workspace)[0].after == {
            "email": "new@pitchbar.example",
            "role": "editor",
        }

    @pytest.mark.settings(invitation_days=2)
    def test_days_are_a_setting(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        send(client, people)
        [invitation] = all_invitations()
        assert timedelta(days=1) < invitation.expires_at - clock.now() <= timedelta(days=2)

    @pytest.mark.parametrize(
        "app_env",
        [
            pytest.param("production", marks=pytest.mark.settings(app_env="production")),
            "development",
        ],
    )
    def test_whose_own_address_is_not_proven_writes_to_nobody(
        self, client: FormClient, people: People, app_env: str
    ) -> None:
        people.owner.verified_at = None
        db.session.commit()
        sign_in(client, people.owner)
        status, page = send(client, people)
        if app_env == "development":
            assert status == 303
            return
        assert status == 403
        assert "Prove your address first" in page
        assert all_invitations() == []
        assert sent_mails() == []

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("Ada+QR@Pitchbar.Example", "ada+qr@pitchbar.example"),
            ("  ada@pitchbar.example ", "ada@pitchbar.example"),
            ("grüße@pitchbar.example", "grüße@pitchbar.example"),
            ("ada@bücher.example", "ada@bücher.example"),
        ],
    )
    def test_address_is_kept_in_one_form(
        self, client: FormClient, people: People, typed: str, kept: str
    ) -> None:
        sign_in(client, people.owner)
        assert send(client, people, email=typed)[0] == 303
        assert [one.email for one in all_invitations()] == [kept]
        assert [mail.to for mail in sent_mails()] == [with_ascii_domain(kept)]

    @pytest.mark.parametrize(
        "email",
        [
            "",
            "ada",
            "ada@",
            "ada@pitchbar",
            "a" * 250 + "@pitchbar.example",
            "a\x00@b.example",
            "ada@pitchbar.example\r\nBcc: eve@pitchbar.example",
            "a@b.example, c@d.example",
        ],
    )
    def test_what_is_no_address_is_refused_at_its_field(
        self, client: FormClient, people: People, email: str
    ) -> None:
        sign_in(client, people.owner)
        status, page = send(client, people, email=email, role="analyst")
        assert status == 422
        assert 'id="email-error"' in page
        assert '<option selected value="analyst">' in page
        assert all_invitations() == []
        assert sent_mails() == []

    @pytest.mark.parametrize(
        ("by", "role"), [("owner", "owner"), ("admin", "owner"), ("admin", "admin"), ("owner", "x")]
    )
    def test_role_out_of_reach_cannot_be_given(
        self, client: FormClient, people: People, by: str, role: str
    ) -> None:
        sign_in(client, getattr(people, by))
        status, page = send(client, people, role=role)
        assert status == 422
        assert 'id="role-error"' in page
        assert all_invitations() == []

    @pytest.mark.parametrize(
        ("by_role", "role"), [("owner", "owner"), ("admin", "admin"), ("editor", "member")]
    )
    def test_rule_holds_without_the_form_too(self, people: People, by_role: str, role: str) -> None:
        with pytest.raises(RoleNotAssignable):
            make_invitation(people.workspace, by_role=by_role, role=role)

    def test_fields_of_the_row_cannot_be_set(self, client: FormClient, people: People) -> None:
        """Whatever else a form brings along is not looked at."""
        sign_in(client, people.owner)
        more = {"workspace_id": str(people.elsewhere.id), "expires_at": "2099-01-01", "key": "k"}
        send(client, people, accepted_at="2020-01-01", invited_by_id="1", **more)
        [invitation] = all_invitations()
        assert invitation.workspace_id == people.workspace.id
        assert (invitation.accepted_at, invitation.key != "k") == (None, True)
        assert invitation.expires_at.year < 2099

    def test_member_is_not_invited(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        status, page = send(client, people, email=people.editor.email.upper())
        assert status == 422
        assert "is in this workspace already" in page

    def test_second_invitation_of_one_person_points_to_the_first(
        self, client: FormClient, people: People
    ) -> None:
        make_invitation(people.workspace)
        sign_in(client, people.owner)
        status, page = send(client, people, email="New@pitchbar.example")
        assert status == 422
        assert "has an open invitation already" in page
        assert len(all_invitations()) == 1

    def test_expired_invitation_comes_to_life_with_the_new_role(
        self, client: FormClient, people: People
    ) -> None:
        old = make_invitation(people.workspace)
        old.expires_at = clock.now() - timedelta(days=1)
        sign_in(client, people.owner)
        assert send(client, people, role="analyst")[0] == 303
        [invitation] = all_invitations()
        assert (invitation.state, invitation.role) == ("open", "analyst")

    def test_one_address_may_be_invited_to_two_workspaces(
        self, client: FormClient, people: People
    ) -> None:
        make_invitation(people.elsewhere)
        sign_in(client, people.owner)
        assert send(client, people)[0] == 303

    def test_fragment_request_gets_the_form_back(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/invitations"
        answer = client.submit(url, {"email": "ada@", "role": "member"}, fragment=True)
        assert answer.status_code == 422
        assert "<html" not in answer.text
        assert 'id="invite-form"' in answer.text
        assert 'value="ada@"' in answer.text

    @pytest.mark.settings(ratelimit_enabled=True, ratelimit_invitation="2/hour")
    def test_mail_to_strangers_is_limited(self, client: FormClient, people: People) -> None:
        sign_in(client, people.owner)
        answers = [send(client, people, email=f"a{n}@pitchbar.example")[0] for n in range(3)]
        assert answers == [303, 303, 429]


class TestAfterwards:
    def test_sent_again_it_is_valid_for_the_whole_time(
        self, client: FormClient, people: People
    ) -> None:
        invitation = make_invitation(people.workspace)
        invitation.expires_at = clock.now() - timedelta(days=1)
        path = path_of(invitation)
        sign_in(client, people.admin)
        url = f"/w/{people.workspace.slug}/invitations/{invitation.id}/delivery"
        assert client.submit(url).status_code == 303
        assert invitation.state == "open"
        assert [link_in(mail) for mail in sent_mails()] == [path, path]
        assert audit_entries_of(people.workspace)[0].action == "invitation.resent"

    def test_revoked_link_is_dead(self, client: FormClient, people: People) -> None:
        invitation = make_invitation(people.workspace)
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/invitations/{invitation.id}"
        assert client.submit(f"{url}/revocation").status_code == 303
        assert invitation.state == "revoked"
        assert client.submit(f"{url}/revocation").status_code == 410
        assert client.submit(f"{url}/delivery").status_code == 410
        assert len(sent_mails()) == 1
        assert audit_entries_of(people.workspace)[0].action == "invitation.revoked"

    @pytest.mark.parametrize("act", ["delivery", "revocation"])
    def test_admin_cannot_touch_an_invitation_of_an_admin(
        self, client: FormClient, people: People, act: str
    ) -> None:
        invitation = make_invitation(people.workspace, role="admin")
        sign_in(client, people.admin)
        url = f"/w/{people.workspace.slug}/invitations/{invitation.id}/{act}"
        assert client.submit(url).status_code == 403
        assert invitation.state == "open"
        page = client.get(f"/w/{people.workspace.slug}/members").text
        assert copied_path_of(invitation) not in page

    @pytest.mark.parametrize("act", ["delivery", "revocation"])
    def test_invitation_of_another_workspace_is_not_there(
        self, client: FormClient, people: People, act: str
    ) -> None:
        invitation = make_invitation(people.elsewhere)
        sign_in(client, people.owner)
        url = f"/w/{people.workspace.slug}/invitations/{invitation.id}/{act}"
        assert client.submit(url).status_code == 404
        assert invitation.state == "open"

    def test_page_shows_every_state(self, client: FormClient, people: People) -> None:
        states = {"open": {}, "expired": {"expires_at": clock.now()}}
        states |= {"accepted": {"accepted_at": clock.now()}, "revoked": {"revoked_at": clock.now()}}
        for state, values in states.items():
            invitation = make_invitation(people.workspace, email=f"{state}@pitchbar.example")
            for name, value in values.items():
                setattr(invitation, name, value)
        sign_in(client, people.owner)
        page = client.get(f"/w/{people.workspace.slug}/members").text
        for words in ("7 days left", ">Expired<", ">Accepted<", ">Revoked<"):
            assert words in page
        [open_one, *others] = all_invitations()
        assert f'data-copy="http://pitchbar.test{copied_path_of(open_one)}"' in page
        assert not any(copied_path_of(other) in page for other in others)
